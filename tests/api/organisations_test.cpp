// Which organisations are what they say, and who is of them.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// A group whose member takes part on behalf of an organisation that they declared, and an administrator outside.
struct Affiliated : Cast {
    explicit Affiliated(Instance& instance) : Cast(instance), administrator(instance.person("Aude Administrator")) {
        instance.sql("UPDATE margelle.accounts SET administrator = true WHERE member_id = '" + administrator.member + "'");
        organisation = member.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}}).json()["organisations"][0]["organisation"]["id"];
        BOOST_REQUIRE(member.patch(path + "/membership", {{"organisation_id", organisation}}).status == 204);
    }
    Answer say(const Json& change) { return administrator.patch("/organisations/" + organisation, change); }
    Answer confirm(const std::string& email) { return administrator.post("/organisations/" + organisation + "/confirmations", {{"email", email}}); }
    // What others read beside the member's name, and the member in their own profile.
    std::string shown() {
        const Json members = moderator.get(path + "/members").items();
        for (const Json& one : members)
            if (one["member"]["id"] == member.member) {
                BOOST_TEST(member.get("/me").json()["organisations"][0]["state"] == one["organisation"]["state"]);
                return one["organisation"]["state"];
            }
        return "";
    }
    Client administrator;
    std::string organisation;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(organisations)

BOOST_AUTO_TEST_CASE(an_administrator_verifies_an_organisation_and_may_take_it_back) {
    Instance instance;
    Affiliated cast(instance);
    const Answer verified = cast.say({{"state", "verified"}, {"email_domain", "Bois.Example"}});
    BOOST_TEST(verified.status == 200);
    BOOST_TEST(verified.json()["state"] == "verified");
    BOOST_TEST(verified.json()["email_domain"] == "bois.example");
    BOOST_TEST(cast.member.get("/organisations?q=bois").json()["items"][0]["state"] == "verified");
    BOOST_TEST(cast.say({{"state", "declared"}}).json()["email_domain"] == "bois.example");
    BOOST_TEST(cast.say({{"email_domain", nullptr}}).json()["email_domain"].is_null());
    BOOST_TEST(cast.member.get("/organisations?q=bois").json()["items"][0]["state"] == "declared");
    for (const Json& odd : {Json::object(), Json{{"state", "royal"}}, Json{{"email_domain", "bois"}}, Json{{"email_domain", "a@bois.example"}}, Json{{"name", "Autre"}}})
        BOOST_TEST(cast.say(odd).status == 422, odd.dump());
    BOOST_TEST(cast.administrator.patch("/organisations/" + new_id(), {{"state", "verified"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(nobody_is_shown_as_of_a_verified_organisation_for_saying_so) {
    Instance instance;
    Affiliated cast(instance);
    BOOST_TEST(cast.shown() == "declared");
    BOOST_REQUIRE(cast.say({{"state", "verified"}, {"email_domain", "bois.example"}}).status == 200);
    BOOST_TEST(cast.shown() == "declared");
}

BOOST_AUTO_TEST_CASE(whoever_has_an_address_at_its_domain_is_of_it) {
    Instance instance;
    Affiliated cast(instance);
    BOOST_REQUIRE(cast.say({{"email_domain", "example.org"}}).status == 200);
    BOOST_TEST(cast.shown() == "declared");
    BOOST_REQUIRE(cast.say({{"state", "verified"}}).status == 200);
    BOOST_TEST(cast.shown() == "verified");
    instance.sql("UPDATE margelle.accounts SET email = 'mehdi@evil-example.org' WHERE member_id = '" + cast.member.member + "'");
    BOOST_TEST(cast.shown() == "declared");
    instance.sql("UPDATE margelle.accounts SET email = 'mehdi@sub.example.org' WHERE member_id = '" + cast.member.member + "'");
    BOOST_TEST(cast.shown() == "declared");
}

BOOST_AUTO_TEST_CASE(whoever_an_administrator_confirms_is_of_it) {
    Instance instance;
    Affiliated cast(instance);
    BOOST_REQUIRE(cast.confirm(cast.member.email).status == 204);
    BOOST_TEST(cast.shown() == "declared");
    BOOST_REQUIRE(cast.say({{"state", "verified"}}).status == 200);
    BOOST_TEST(cast.shown() == "verified");
    // Who leaves it and comes back is to be confirmed again.
    BOOST_REQUIRE(cast.member.remove("/me/organisations/" + cast.organisation).status == 204);
    BOOST_REQUIRE(cast.member.post("/me/organisations", {{"organisation_id", cast.organisation}}).status == 201);
    BOOST_TEST(cast.shown() == "declared");
    BOOST_TEST(cast.confirm(cast.observer.email).json()["errors"][0]["pointer"] == "/email");
    BOOST_TEST(cast.administrator.post("/organisations/" + new_id() + "/confirmations", {{"email", cast.member.email}}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_request_to_join_shows_it_too) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    BOOST_REQUIRE(cast.requester.remove(cast.path + "/membership").status == 204);
    const std::string id = cast.requester.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}}).json()["organisations"][0]["organisation"]["id"];
    BOOST_REQUIRE(cast.requester.post(cast.path + "/join-requests", {{"category", "social_economy"}, {"organisation_id", id}}).status == 202);
    instance.sql("UPDATE margelle.organisations SET state = 'verified'");
    BOOST_TEST(cast.moderator.get(cast.path + "/join-requests").json()["items"][0]["organisation"]["state"] == "declared");
    instance.sql("UPDATE margelle.organisations SET email_domain = 'example.org'");
    BOOST_TEST(cast.moderator.get(cast.path + "/join-requests").json()["items"][0]["organisation"]["state"] == "verified");
}

BOOST_AUTO_TEST_SUITE_END()
