#include "tests/support/database.hpp"

#include <pqxx/pqxx>
#include <cstdlib>
#include <stdexcept>

#include "persistence/migrations.hpp"
#include "protocol/ids.hpp"

namespace margelle::tests {
namespace {

std::string url_of(const std::string& database, const std::string& role) {
    const char* host = std::getenv("MARGELLE_TEST_PGHOST");
    if (!host) throw std::runtime_error("MARGELLE_TEST_PGHOST is not set: run scripts/test");
    return "postgresql:///" + database + "?host=" + host + "&user=" + role;
}

// Made once per process; test programs that run side by side each have their own.
const std::string& template_database() {
    static const std::string name = [] {
        const std::string fresh = "template_" + new_id().substr(24);
        pqxx::connection connection(url_of("postgres", "postgres"));
        pqxx::nontransaction session(connection);
        // Roles are the cluster's: the lock keeps test programs from making them at the same time.
        session.exec("SELECT pg_advisory_lock(1)");
        session.exec("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'margelle_owner') THEN"
                     " CREATE ROLE margelle_owner LOGIN CREATEROLE; END IF; END $$");
        session.exec("CREATE DATABASE \"" + fresh + "\" OWNER margelle_owner");
        persistence::migrate(url_of(fresh, "margelle_owner"));
        return fresh;
    }();
    return name;
}

}  // namespace

ScratchDatabase::ScratchDatabase() : name_("test_" + new_id().substr(24)) {
    const std::string& from = template_database();
    pqxx::connection connection(url_of("postgres", "postgres"));
    pqxx::nontransaction session(connection);
    session.exec("CREATE DATABASE \"" + name_ + "\" TEMPLATE \"" + from + "\" OWNER margelle_owner STRATEGY file_copy");
}

ScratchDatabase::~ScratchDatabase() {
    try {
        pqxx::connection connection(url_of("postgres", "postgres"));
        pqxx::nontransaction session(connection);
        session.exec("DROP DATABASE IF EXISTS \"" + name_ + "\" WITH (FORCE)");
    } catch (const std::exception&) {
        // The scratch cluster is thrown away as a whole.
    }
}

std::string ScratchDatabase::url(const std::string& role) const { return url_of(name_, role); }

}  // namespace margelle::tests
