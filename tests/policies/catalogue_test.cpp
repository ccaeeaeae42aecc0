// What PostgreSQL's own catalogue says of the schema: who owns what, who may do what, what is forced.
#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "tests/support/database.hpp"

using margelle::tests::ScratchDatabase;

namespace {

// The first column of a query, joined: tests compare it with what should be there, mostly nothing.
std::string found(const char* query) {
    static const ScratchDatabase database;
    pqxx::connection connection(database.superuser_url());
    pqxx::nontransaction session(connection);
    std::string all;
    for (const auto& row : session.exec(query)) all += (all.empty() ? "" : " ") + row[0].as<std::string>();
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalogue)

BOOST_AUTO_TEST_CASE(every_table_with_a_group_id_has_row_security_enabled_and_forced) {
    BOOST_TEST(found("SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'group_id' AND NOT a.attisdropped"
                     " WHERE c.relnamespace = 'margelle'::regnamespace AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)") == "");
}

BOOST_AUTO_TEST_CASE(every_other_table_has_row_security_too_but_for_reference_lists_attempts_and_migrations) {
    BOOST_TEST(found("SELECT relname FROM pg_class WHERE relnamespace = 'margelle'::regnamespace AND relkind IN ('r', 'p') AND NOT relrowsecurity ORDER BY relname") ==
               "actor_categories attempts migrations phases territories themes");
}

BOOST_AUTO_TEST_CASE(a_table_with_a_group_id_begins_its_primary_key_with_it) {
    BOOST_TEST(found("SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'group_id'"
                     "  JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
                     " WHERE c.relnamespace = 'margelle'::regnamespace AND i.indkey[0] <> a.attnum AND c.relname <> 'outbox'") == "");
}

BOOST_AUTO_TEST_CASE(the_application_role_owns_nothing) {
    BOOST_TEST(found("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'margelle_app'"
                     " UNION ALL SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = 'margelle_app'"
                     " UNION ALL SELECT nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = 'margelle_app'") == "");
}

BOOST_AUTO_TEST_CASE(the_application_role_bypasses_nothing_and_belongs_to_no_other_role) {
    BOOST_TEST(found("SELECT rolname FROM pg_roles WHERE rolname = 'margelle_app' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)") == "");
    BOOST_TEST(found("SELECT roleid::regrole FROM pg_auth_members WHERE member = 'margelle_app'::regrole") == "");
}

BOOST_AUTO_TEST_CASE(the_application_role_may_neither_truncate_nor_refer_to_nor_trigger_on_a_table) {
    BOOST_TEST(found("SELECT c.relname FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege"
                     " WHERE c.relnamespace = 'margelle'::regnamespace AND c.relkind IN ('r', 'p') AND has_table_privilege('margelle_app', c.oid, privilege)") == "");
}

BOOST_AUTO_TEST_CASE(the_application_role_creates_nothing_in_the_schema) {
    BOOST_TEST(found("SELECT nspname FROM pg_namespace WHERE nspname = 'margelle' AND has_schema_privilege('margelle_app', oid, 'CREATE')") == "");
}

BOOST_AUTO_TEST_CASE(secrets_are_not_even_readable_as_hashes) {
    BOOST_TEST(found("SELECT attrelid::regclass || '.' || attname FROM pg_attribute WHERE attname = 'token_hash'"
                     " AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'margelle'::regnamespace AND relkind = 'r')"
                     " AND has_column_privilege('margelle_app', attrelid, attname, 'SELECT')") == "");
}

BOOST_AUTO_TEST_CASE(every_definer_function_belongs_to_the_gate_and_searches_the_catalogue_alone) {
    BOOST_TEST(found("SELECT proname FROM pg_proc WHERE pronamespace = 'margelle'::regnamespace AND prosecdef"
                     " AND (pg_get_userbyid(proowner) <> 'margelle_gate' OR proconfig[1] IS DISTINCT FROM 'search_path=pg_catalog')") == "");
    BOOST_TEST(found("SELECT count(*) > 10 FROM pg_proc WHERE pronamespace = 'margelle'::regnamespace AND prosecdef") == "t");
}

BOOST_AUTO_TEST_CASE(no_definer_function_is_open_to_the_public) {
    BOOST_TEST(found("SELECT proname FROM pg_proc p WHERE pronamespace = 'margelle'::regnamespace AND prosecdef"
                     " AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))") == "");
}

BOOST_AUTO_TEST_CASE(the_gate_cannot_log_in_and_bypasses_nothing) {
    BOOST_TEST(found("SELECT rolname FROM pg_roles WHERE rolname = 'margelle_gate' AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole)") == "");
    BOOST_TEST(found("SELECT nspname FROM pg_namespace WHERE nspname = 'margelle' AND has_schema_privilege('margelle_gate', oid, 'CREATE')") == "");
}

BOOST_AUTO_TEST_CASE(no_view_shows_what_its_owner_sees) {
    BOOST_TEST(found("SELECT relname FROM pg_class WHERE relnamespace = 'margelle'::regnamespace"
                     " AND (relkind = 'm' OR (relkind = 'v' AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)))") == "");
}

BOOST_AUTO_TEST_CASE(every_policy_is_for_the_application_or_the_gate) {
    BOOST_TEST(found("SELECT polrelid::regclass || '.' || polname FROM pg_policy"
                     " WHERE polroles <> ARRAY['margelle_app'::regrole::oid] AND polroles <> ARRAY['margelle_gate'::regrole::oid]") == "");
}

// A policy compares with what margelle.enter has set, read once a statement: "(SELECT margelle.current_group())". Read in any other way it
// would be read once a row.
BOOST_AUTO_TEST_CASE(no_policy_looks_into_a_table_or_reads_a_setting_for_each_row) {
    BOOST_TEST(found("WITH policy AS (SELECT polrelid::regclass || '.' || polname AS name, regexp_replace(coalesce(pg_get_expr(polqual, polrelid), '') ||"
                     "  coalesce(pg_get_expr(polwithcheck, polrelid), ''), '\\( SELECT margelle\\.[\\w\"]+\\(\\) AS [\\w\"]+\\)', '', 'g') AS rest FROM pg_policy)"
                     " SELECT name FROM policy WHERE rest ~* 'select|margelle\\.\\w+\\('") == "");
}

BOOST_AUTO_TEST_CASE(the_owner_meets_an_error_rather_than_silence_in_a_migration) {
    const ScratchDatabase database;
    pqxx::connection connection(database.owner_url());
    pqxx::work work(connection);
    work.exec("SET LOCAL row_security = off");
    BOOST_CHECK_THROW(work.exec("SELECT * FROM margelle.posts"), pqxx::sql_error);
}

BOOST_AUTO_TEST_SUITE_END()
