#pragma once
// Connections and transactions. A transaction's first statement is `enter`; without it there is nothing to see.
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace margelle::persistence {

// A statement that PostgreSQL refused, or a connection that broke. `state` is the SQLSTATE (PostgreSQL, appendix A),
// "in_doubt" when nobody knows whether a commit went through.
class SqlFailure : public std::runtime_error {
public:
    SqlFailure(std::string state, const std::string& message) : std::runtime_error(message), state(std::move(state)) {}
    std::string state;
};

// Rights in the group changed since the transaction entered: roll back, enter again, check again.
class RightsChanged : public std::exception {
public:
    const char* what() const noexcept override { return "rights in the group changed meanwhile"; }
};

// `each`: every statement commits by itself, and none needs an `enter`: one trip to the database instead of three.
enum class Access { read, write, each };

// What `enter` found out (persistence/migrations/0003_gate.sql).
struct Entrance {
    std::optional<std::string> member;      // nobody is signed in when absent
    std::string session;                    // or access key
    std::string authentication;             // how the session was opened: password, link, invitation; key: there is none
    std::optional<std::string> scopes;      // of a bot, with spaces between them; people have none
    std::string language;
    bool administrator = false;
    bool stale = false;                     // the session's last use was noted over a minute ago
    std::optional<std::string> group;
    std::optional<std::string> standing;    // stranger, invited, requested, lobby, in; absent: must look like no group
    std::optional<std::string> role;        // in the lobby and in
    bool may_write = false;
    bool frozen = false;
    bool records_reading = false;           // the group keeps who was sent which post
    std::int64_t access_epoch = 0;
    std::optional<int> nda_version;         // newest, in the lobby and in
};

// One connection, used by one thread. Reconnects by itself after a break. When `prepared` is false it uses unnamed
// statements only, for poolers in transaction mode.
class Connection {
public:
    explicit Connection(std::string url, bool prepared = true);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

// Rolled back unless committed. Reading is REPEATABLE READ READ ONLY, writing READ COMMITTED; both with a
// statement_timeout of 10 seconds.
class Transaction {
public:
    Transaction(Connection& connection, Access access);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // Says who acts (SHA-256 of the session's token, or of the access key), in which group, from which network address (for the audit), and as
    // whom they read, if not as themself ("member:<id>", "category:<category>", "public"). May be called again: a refused
    // call leaves nothing of an earlier one.
    const Entrance& enter(const std::optional<std::string>& token_hash, const std::optional<std::string>& group, const std::string& address = "",
                          const std::optional<std::string>& as = std::nullopt);
    const Entrance& who() const { return who_; }

    // Throws SqlFailure; "in_doubt" when the connection broke during the commit. Does nothing for `each`, where a statement that broke
    // off ("08006") is in doubt itself.
    void commit();

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
    Entrance who_;
};

}  // namespace margelle::persistence
