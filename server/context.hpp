#pragma once
// The only input of a handler: the request, who acts, the open transaction, and what is to be announced after it.
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/readings.hpp"
#include "server/route.hpp"
#include "server/services.hpp"

namespace margelle {

class Context {
public:
    // Begins the transaction, enters, and passes the route's gate. Throws Error.
    Context(const Services& services, const Request& request, const Route& route, const nlohmann::json& body,
            persistence::Connection& connection);

    const Services& services;
    const Request& request;

    persistence::Transaction& transaction() { return *transaction_; }
    const persistence::Entrance& who() const { return transaction_->who(); }

    const std::string& path(std::string_view name) const;
    std::optional<std::string> query(std::string_view name) const;
    int number(std::string_view name, int otherwise) const;
    std::int64_t big_number(std::string_view name, std::int64_t otherwise) const;
    int limit() const { return number("limit", 50); }
    // The parsed body, checked against the contract.
    const nlohmann::json& body() const { return body_; }
    std::string text(const char* member) const;
    std::vector<std::string> texts(const char* member) const;               // absent: none
    std::optional<std::string> maybe_text(const char* member) const;        // absent and null are the same
    // The revision that If-Match names; 0 when it names none, which no row has.
    int if_match() const;

    // Enters as another session or group within the same transaction.
    void enter(const std::optional<std::string>& token_hash, const std::optional<std::string>& group);

    // Does something slow with no transaction open: commits, runs it, begins, enters and passes the gate anew.
    void outside(const std::function<void()>& slow);

    void commit() { transaction_->commit(); }

    const std::optional<std::string>& token_hash() const { return token_hash_; }

    // The id of what the handler created, kept under the request's Idempotency-Key.
    std::string created;

    // Posts that the answer carries. Kept before it leaves, where the group records who reads what.
    std::vector<persistence::readings::Sent> sent;

    // To be told after the commit.
    std::vector<Feed> changed;
    std::vector<std::string> ended_sessions;
    bool mail_queued = false;
    void touch(std::string feed) { changed.push_back({*who().group, std::move(feed)}); }
    void touch_group() { touch(*who().group); }

private:
    void begin();
    // As whom the caller wants to read (header Read-As), recorded before anything is read.
    std::optional<std::string> reads_as();

    const Gate gate_;
    const Scope scope_;
    const nlohmann::json& body_;
    persistence::Connection& connection_;
    const bool reads_;
    persistence::Access access_;
    std::optional<std::string> token_hash_;
    std::optional<std::string> group_;
    std::unique_ptr<persistence::Transaction> transaction_;
};

}  // namespace margelle
