#pragma once
// For the files of this folder only: how they run statements. What would differ with libpqxx 7 stands here.
#include <functional>
#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "protocol/digest.hpp"

namespace margelle::persistence {

struct Connection::Impl {
    std::string url;
    bool prepared;
    std::unique_ptr<pqxx::connection> connection;
    std::map<const char*, std::string> names;       // of prepared statements, by the address of their text
    bool times_out = false;                         // by the role's own statement_timeout

    pqxx::connection& open();
};

struct Transaction::Impl {
    Connection::Impl& connection;
    std::unique_ptr<pqxx::transaction_base> transaction;
};

[[noreturn]] void rethrow_as_failure();

// A time as RFC 3339 where a statement builds JSON itself; elsewhere rows.hpp writes it.
#define UTC_TEXT(time) "to_char((" time ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

// Runs a statement, prepared at its first use on the connection. `statement` is a constant: its text is never built
// from input. Throws SqlFailure.
template <class... Arguments>
pqxx::result run(Transaction& t, const char* statement, const Arguments&... arguments) try {
    auto& [connection, transaction] = t.impl();
    if (!connection.prepared) return transaction->exec_params(statement, arguments...);
    auto& name = connection.names[statement];
    if (name.empty()) {
        std::string fresh = "s" + std::to_string(connection.names.size());
        connection.connection->prepare(fresh, statement);
        name = std::move(fresh);
    }
    return transaction->exec_prepared(name, arguments...);
} catch (...) {
    rethrow_as_failure();
}

// A bytea parameter, in PostgreSQL's hexadecimal input format (chapter 8.4).
inline std::string bytes(const std::string& value) { return "\\x" + to_hex(value); }
inline std::optional<std::string> bytes(const std::optional<std::string>& value) {
    return value ? std::optional<std::string>(bytes(*value)) : std::nullopt;
}

// NULL becomes nothing.
inline std::optional<std::string> text_or_null(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional<std::string>(field.as<std::string>());
}

// An array literal (PostgreSQL, chapter 8.15) of texts, to be cast in the statement; nothing becomes NULL.
std::string array_literal(const std::vector<std::string>& values);
std::string array_literal(const std::vector<std::optional<std::string>>& values);

}  // namespace margelle::persistence
