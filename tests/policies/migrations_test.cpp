#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "persistence/migrations.hpp"
#include "tests/support/database.hpp"

using margelle::persistence::migrate;
using margelle::persistence::verify_schema;
using margelle::tests::ScratchDatabase;

namespace {

void as_superuser(const ScratchDatabase& database, const char* statement) {
    pqxx::connection connection(database.superuser_url());
    pqxx::work work(connection);
    work.exec(statement);
    work.commit();
}

auto saying(const std::string& words) {
    return [words](const std::exception& error) {
        const std::string line = error.what();
        BOOST_TEST_MESSAGE(line);
        return line.find(words) != std::string::npos && line.find('\n') == std::string::npos;
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(migrations)

BOOST_AUTO_TEST_CASE(applying_twice_applies_nothing) {
    const ScratchDatabase database;
    BOOST_TEST(migrate(database.owner_url()) == 0);
    BOOST_CHECK_NO_THROW(verify_schema(database.app_url()));
}

BOOST_AUTO_TEST_CASE(a_changed_old_file_refuses) {
    const ScratchDatabase database;
    as_superuser(database, "UPDATE margelle.migrations SET checksum = 'other' WHERE name = (SELECT min(name) FROM margelle.migrations)");
    BOOST_CHECK_EXCEPTION(migrate(database.owner_url()), std::runtime_error, saying("0001_foundation.sql differs from the one that was applied"));
    BOOST_CHECK_EXCEPTION(verify_schema(database.app_url()), std::runtime_error, saying("differs from the one that was applied"));
}

BOOST_AUTO_TEST_CASE(a_newer_database_refuses) {
    const ScratchDatabase database;
    as_superuser(database, "INSERT INTO margelle.migrations (name, checksum) VALUES ('9999_later.sql', '')");
    BOOST_CHECK_EXCEPTION(migrate(database.owner_url()), std::runtime_error, saying("the database is newer than this program"));
    BOOST_CHECK_EXCEPTION(verify_schema(database.app_url()), std::runtime_error, saying("the database is newer than this program"));
}

BOOST_AUTO_TEST_CASE(an_older_database_is_not_served) {
    const ScratchDatabase database;
    as_superuser(database, "DELETE FROM margelle.migrations WHERE name = (SELECT max(name) FROM margelle.migrations)");
    BOOST_CHECK_EXCEPTION(verify_schema(database.app_url()), std::runtime_error, saying("run margelle migrate"));
}

BOOST_AUTO_TEST_CASE(an_empty_database_is_not_served) {
    const ScratchDatabase database;
    as_superuser(database, "DROP SCHEMA margelle CASCADE");
    BOOST_CHECK_EXCEPTION(verify_schema(database.app_url()), std::runtime_error, saying("the database is empty: run margelle migrate"));
}

BOOST_AUTO_TEST_CASE(the_owner_does_not_serve) {
    const ScratchDatabase database;
    BOOST_CHECK_EXCEPTION(verify_schema(database.owner_url()), std::runtime_error, saying("margelle_owner, which owns the tables; use margelle_app"));
}

BOOST_AUTO_TEST_CASE(a_superuser_does_not_serve) {
    const ScratchDatabase database;
    BOOST_CHECK_EXCEPTION(verify_schema(database.superuser_url()), std::runtime_error, saying("postgres, which bypasses row-level security; use margelle_app"));
}

BOOST_AUTO_TEST_SUITE_END()
