#include "persistence/database.hpp"

#include "persistence/sql.hpp"

namespace margelle::persistence {
namespace {

using Read = pqxx::transaction<pqxx::isolation_level::repeatable_read, pqxx::readwrite_policy::read_only>;
using Write = pqxx::transaction<pqxx::isolation_level::read_committed, pqxx::readwrite_policy::read_write>;

// A transaction that is refused at its beginning met a connection that died while idle: one fresh try.
std::unique_ptr<pqxx::transaction_base> begin(Connection::Impl& connection, Access access) {
    for (int attempt = 0;; ++attempt) {
        try {
            pqxx::connection& open = connection.open();
            std::unique_ptr<pqxx::transaction_base> transaction;
            if (access == Access::read) {
                transaction = std::make_unique<Read>(open);
            } else if (access == Access::each && connection.times_out) {
                open.get_notifs();      // reads what the server sent: that it is gone shows before a statement is in doubt
                transaction = std::make_unique<pqxx::nontransaction>(open);
            } else {
                transaction = std::make_unique<Write>(open);
            }
            if (!connection.times_out) transaction->exec("SET LOCAL statement_timeout = '10s'");
            return transaction;
        } catch (const pqxx::broken_connection&) {
            connection.connection.reset();
            if (attempt > 0) throw;
        }
    }
}

}  // namespace

Connection::Connection(std::string url, bool prepared)
    : impl_(std::make_unique<Impl>(Impl{std::move(url), prepared, nullptr, {}, false})) {}
Connection::~Connection() = default;

pqxx::connection& Connection::Impl::open() {
    if (connection && !connection->is_open()) connection.reset();
    if (!connection) {
        names.clear();
        connection = std::make_unique<pqxx::connection>(url);
        connection->set_client_encoding("UTF8");
        // Details of an error may quote the row, and errors are logged.
        connection->set_verbosity(pqxx::connection_base::terse);
        pqxx::nontransaction session(*connection);
        session.exec("SET timezone = 'UTC'; SET datestyle = 'ISO'; SET bytea_output = 'hex'");
        times_out = session.exec("SHOW statement_timeout")[0][0].as<std::string>() == "10s";
    }
    return *connection;
}

namespace {

// libpqxx 6 turns many SQLSTATEs into exception types and forgets the code.
std::string state_of(const pqxx::sql_error& error) {
    if (!error.sqlstate().empty()) return error.sqlstate();
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&error)) return "42501";
    if (dynamic_cast<const pqxx::unique_violation*>(&error)) return "23505";
    if (dynamic_cast<const pqxx::foreign_key_violation*>(&error)) return "23503";
    if (dynamic_cast<const pqxx::check_violation*>(&error)) return "23514";
    if (dynamic_cast<const pqxx::not_null_violation*>(&error)) return "23502";
    if (dynamic_cast<const pqxx::data_exception*>(&error)) return "22000";
    if (dynamic_cast<const pqxx::insufficient_resources*>(&error)) return "53000";
    return "XX000";
}

}  // namespace

void rethrow_as_failure() {
    try {
        throw;
    } catch (const pqxx::in_doubt_error& error) {
        throw SqlFailure("in_doubt", error.what());
    } catch (const pqxx::broken_connection& error) {
        throw SqlFailure("08006", error.what());
    } catch (const pqxx::deadlock_detected& error) {
        throw SqlFailure("40P01", error.what());
    } catch (const pqxx::transaction_rollback& error) {
        throw SqlFailure("40001", error.what());
    } catch (const pqxx::sql_error& error) {
        throw SqlFailure(state_of(error), error.what());
    }
}

namespace {

void append_element(std::string& array, const std::string* value) {
    if (array.size() > 1) array += ',';
    if (!value) {
        array += "NULL";
        return;
    }
    array += '"';
    for (const char c : *value) {
        if (c == '"' || c == '\\') array += '\\';
        array += c;
    }
    array += '"';
}

}  // namespace

std::string array_literal(const std::vector<std::string>& values) {
    std::string array = "{";
    for (const auto& value : values) append_element(array, &value);
    return array + "}";
}

std::string array_literal(const std::vector<std::optional<std::string>>& values) {
    std::string array = "{";
    for (const auto& value : values) append_element(array, value ? &*value : nullptr);
    return array + "}";
}

Transaction::Transaction(Connection& connection, Access access) try
    : impl_(std::make_unique<Impl>(Impl{connection.impl(), begin(connection.impl(), access)})) {
} catch (...) {
    rethrow_as_failure();
}

Transaction::~Transaction() = default;

const Entrance& Transaction::enter(const std::optional<std::string>& token_hash, const std::optional<std::string>& group, const std::string& address,
                                   const std::optional<std::string>& as) {
    const pqxx::row row = run(*this, "SELECT * FROM margelle.enter($1, $2, $3, $4)", bytes(token_hash), group, address, as).at(0);
    who_ = {};
    who_.member = text_or_null(row["member_id"]);
    who_.group = group;
    if (who_.member) {
        who_.session = row["session_id"].as<std::string>();
        who_.authentication = row["authentication"].as<std::string>();
        who_.language = row["language"].as<std::string>();
        who_.scopes = text_or_null(row["scopes"]);
        who_.administrator = row["administrator"].as<bool>();
        who_.stale = row["stale"].as<bool>();
    }
    who_.standing = text_or_null(row["standing"]);
    who_.role = text_or_null(row["role"]);
    who_.may_write = row["may_write"].as<bool>(false);
    who_.frozen = row["frozen"].as<bool>(false);
    who_.records_reading = row["records_reading"].as<bool>(false);
    who_.access_epoch = row["access_epoch"].as<std::int64_t>(0);
    if (!row["nda_version"].is_null()) who_.nda_version = row["nda_version"].as<int>();
    return who_;
}

void Transaction::commit() try {
    impl_->transaction->commit();
} catch (...) {
    rethrow_as_failure();
}

}  // namespace margelle::persistence
