// margelle member and margelle organisation, and what they change for the app.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/commands/program.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Outcome {
    int status;
    std::string output, errors;
};

Outcome run(const Instance& instance, const std::vector<std::string>& arguments, const std::string& input = "", const Environment& more = {}) {
    Program program(instance.database, arguments, input, more);
    const int status = program.wait();
    return {status, program.output(), program.errors()};
}

std::string accounts(Instance& instance) { return instance.sql("SELECT count(*) FROM margelle.accounts"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(member)

BOOST_AUTO_TEST_CASE(an_account_with_a_password_from_standard_input_signs_in) {
    Instance instance;
    const Outcome added = run(instance, {"member", "add", "anne@example.org", "--name", "Anne Archer", "--admin"}, "neuf pommes vertes\n");
    BOOST_TEST(added.status == 0);
    BOOST_TEST(is_id(added.output.substr(0, 36)));
    BOOST_TEST(added.output.size() == 37u, "more than the id: " << added.output);
    Client browser = instance.stranger();
    const Answer answer = browser.post("/session", {{"email", "anne@example.org"}, {"password", "neuf pommes vertes"}});
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.json()["id"] == added.output.substr(0, 36));
    BOOST_TEST(answer.json()["name"] == "Anne Archer");
    BOOST_TEST(answer.json()["administrator"] == true);
}

BOOST_AUTO_TEST_CASE(whoever_has_an_account_becomes_an_administrator_and_keeps_their_password) {
    Instance instance;
    BOOST_REQUIRE(run(instance, {"member", "add", "anne@example.org", "--name", "Anne"}, "neuf pommes vertes\n").status == 0);
    BOOST_TEST(run(instance, {"member", "add", "anne@example.org", "--name", "Anne"}, "").status == 2);
    BOOST_TEST(run(instance, {"member", "add", "Anne@example.org", "--name", "Anne", "--admin"}, "autre chose\n").status == 0);
    const Answer answer = instance.stranger().post("/session", {{"email", "anne@example.org"}, {"password", "neuf pommes vertes"}});
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.json()["administrator"] == true);
    BOOST_TEST(accounts(instance) == "1");
}

BOOST_AUTO_TEST_CASE(without_a_database_nothing_is_tried) {
    Instance instance;
    const Outcome lost = run(instance, {"member", "add", "anne@example.org", "--name", "Anne"}, "", {{"DATABASE_URL", ""}});
    BOOST_TEST(lost.status == 2);
    BOOST_TEST(lost.errors.find("database-url") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_password_the_printed_link_sets_one_once) {
    Instance instance;
    const Outcome added = run(instance, {"member", "add", "anne@example.org", "--name", "Anne"}, "", {{"MARGELLE_PUBLIC_URL", "https://margelle.example/"}});
    BOOST_TEST(added.status == 0);
    const std::string page = "https://margelle.example/mot-de-passe#token=";
    const std::size_t at = added.output.find(page);
    BOOST_REQUIRE(at != std::string::npos);
    const std::string token = added.output.substr(at + page.size(), 43);
    const auto redeem = [&] { return instance.stranger().post("/password-resets/redemption", {{"token", token}, {"new_password", "neuf pommes vertes"}}); };
    BOOST_TEST(instance.stranger().post("/session", {{"email", "anne@example.org"}, {"password", "neuf pommes vertes"}}).status == 422);
    const Answer set = redeem();
    BOOST_TEST(set.status == 200);
    BOOST_TEST(set.json()["administrator"] == false);
    BOOST_TEST(redeem().problem() == "wrong-credentials");
    BOOST_TEST(instance.stranger().post("/session", {{"email", "anne@example.org"}, {"password", "neuf pommes vertes"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_added_leaves_no_account) {
    Instance instance;
    for (const char* password : {"short\n", "password1\n"}) BOOST_TEST(run(instance, {"member", "add", "anne@example.org", "--name", "Anne"}, password).status == 2, password);
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"member", "add", "anne@example.org"}, {"member", "add", "anne", "--name", "Anne"},
                                                      {"member", "add", "anne@example.org", "--name", "Anne", "--king"}, {"member", "crown", "anne@example.org"}})
        BOOST_TEST(run(instance, arguments).status == 2, arguments.back());
    const Outcome homeless = run(instance, {"member", "add", "anne@example.org", "--name", "Anne", "--admin"}, "", {{"MARGELLE_MIGRATION_URL", ""}});
    BOOST_TEST(homeless.status == 2);
    BOOST_TEST(homeless.errors == "margelle: migration-url is missing\n");
    BOOST_TEST(accounts(instance) == "0");
    BOOST_REQUIRE(run(instance, {"member", "add", "anne@example.org", "--name", "Anne"}).status == 0);
    BOOST_TEST(run(instance, {"member", "add", "ANNE@example.org", "--name", "Autre"}).errors == "margelle: ANNE@example.org has an account already\n");
    BOOST_TEST(accounts(instance) == "1");
}

BOOST_AUTO_TEST_CASE(a_locked_account_is_out_until_it_is_unlocked) {
    Instance instance;
    Client account = instance.person("Anne");
    BOOST_TEST(run(instance, {"member", "lock", account.email}).output == "locked " + account.email + "\n");
    BOOST_TEST(account.get("/me").status == 401);
    BOOST_TEST(run(instance, {"member", "unlock", account.email}).status == 0);
    Client again = instance.stranger();
    BOOST_TEST(again.post("/sign-in-links/redemption", {{"token", instance.mail_token("sign_in", account.member)}}).status == 200);
    BOOST_TEST(run(instance, {"member", "lock", "nobody@example.org"}).status == 2);
}

BOOST_AUTO_TEST_CASE(an_account_with_many_sessions_is_locked_too) {
    Instance instance;
    Client account = instance.person("Anne");
    instance.sql("INSERT INTO margelle.sessions (session_id, member_id, token_hash, authentication, expires_at)"
                 " SELECT gen_random_uuid(), '" + account.member + "', sha256(n::text::bytea), 'link', now() + interval '1 day' FROM generate_series(1, 400) n");
    BOOST_TEST(run(instance, {"member", "lock", account.email}).status == 0);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.sessions") == "0");
}

BOOST_AUTO_TEST_CASE(locking_waits_for_no_reader) {
    Instance instance;
    Client account = instance.person("Anne");
    persistence::Transaction reading(instance.connection, persistence::Access::read);
    reading.enter(std::nullopt, std::nullopt);
    BOOST_TEST(run(instance, {"member", "lock", account.email}).status == 0);
}

BOOST_AUTO_TEST_CASE(an_operator_verifies_an_organisation_and_who_is_of_it) {
    Instance instance;
    Client account = instance.person("Anne");
    const Json mine = account.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}}).json()["organisations"][0];
    const std::string id = mine["organisation"]["id"];
    const auto state = [&] { return account.get("/me").json()["organisations"][0]["state"].get<std::string>(); };
    BOOST_TEST(run(instance, {"organisation", "list"}).output == id + " declared Régie du bois\n");
    BOOST_TEST(run(instance, {"organisation", "verify", id, "--domain", "Bois.example"}).status == 0);
    BOOST_TEST(run(instance, {"organisation", "list"}).output == id + " verified Régie du bois @bois.example\n");
    BOOST_TEST(state() == "declared");
    BOOST_TEST(run(instance, {"organisation", "confirm", id, account.email}).status == 0);
    BOOST_TEST(state() == "verified");
    BOOST_TEST(run(instance, {"organisation", "confirm", id, "nobody@example.org"}).status == 2);
    for (const char* odd : {"elsewhere", "01890000-0000-7000-8000-000000000001"}) BOOST_TEST(run(instance, {"organisation", "verify", odd}).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
