// One's own profile, organisations, and the end of an account.
#include <boost/test/unit_test.hpp>

#include "protocol/receipt.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

BOOST_AUTO_TEST_SUITE(me)

BOOST_AUTO_TEST_CASE(a_profile_changes_with_the_etag_that_was_read) {
    Instance instance;
    Client account = instance.person("Anne");
    const std::string etag = account.get("/me").etag();
    const Answer changed = account.patch("/me", {{"name", "Anne Archer"}, {"language", "en"}, {"time_zone", "Indian/Reunion"}, {"notice", "off"}}, {{"if-match", etag}});
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.etag() != etag);
    const Json profile = account.get("/me").json();
    BOOST_TEST(profile["name"] == "Anne Archer");
    BOOST_TEST(profile["language"] == "en");
    BOOST_TEST(profile["time_zone"] == "Indian/Reunion");
    BOOST_TEST(profile["notice"] == "off");
}

BOOST_AUTO_TEST_CASE(a_stale_etag_gets_412_and_none_428) {
    Instance instance;
    Client account = instance.person("Anne");
    const std::string etag = account.get("/me").etag();
    BOOST_REQUIRE(account.patch("/me", {{"language", "en"}}, {{"if-match", etag}}).status == 200);
    BOOST_TEST(account.patch("/me", {{"language", "fr"}}, {{"if-match", etag}}).status == 412);
    for (const char* odd : {"*", "", "\"r\"", "W/\"r2\"", "\"r2x\"", "r2", "\"r99999999999999999999\""}) BOOST_TEST(account.patch("/me", {{"language", "fr"}}, {{"if-match", odd}}).status == 412, odd);
    BOOST_TEST(account.patch("/me", {{"language", "fr"}}).status == 428);
    BOOST_TEST(account.get("/me").json()["language"] == "en");
}

BOOST_AUTO_TEST_CASE(an_unknown_time_zone_is_named) {
    Instance instance;
    Client account = instance.person("Anne");
    const Answer refused = account.patch("/me", {{"time_zone", "Mars/Olympus"}}, {{"if-match", "\"r1\""}});
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/time_zone");
}

BOOST_AUTO_TEST_CASE(one_belongs_to_any_number_of_organisations) {
    Instance instance;
    Client account = instance.person("Anne");
    BOOST_TEST(account.get("/me").json()["organisations"].empty());
    const Json first = account.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}, {"siret", "12345678901234"}, {"themes", {"energie"}}}}, {"title", "Directrice"}}).json();
    BOOST_TEST(first["organisations"][0]["title"] == "Directrice");
    BOOST_TEST(first["organisations"][0]["organisation"]["state"] == "declared");
    BOOST_TEST(account.post("/me/organisations", {{"new", {{"name", "Amis de la forêt"}, {"category", "association"}}}}).json()["organisations"].size() == 2u);
    const std::string id = first["organisations"][0]["organisation"]["id"];
    BOOST_TEST(account.remove("/me/organisations/" + id).status == 204);
    BOOST_TEST(account.remove("/me/organisations/" + id).status == 404);
    BOOST_TEST(account.get("/me").json()["organisations"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_organisation_is_one_record_for_all) {
    Instance instance;
    Client first = instance.person("Anne"), second = instance.person("Bruno");
    const Json described = {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}, {"siret", "12345678901234"}}}};
    const std::string id = first.post("/me/organisations", described).json()["organisations"][0]["organisation"]["id"];
    BOOST_TEST(second.post("/me/organisations", described).json()["organisations"][0]["organisation"]["id"] == id);
    const Json found = second.get("/organisations?q=bois").json()["items"];
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0]["id"] == id);
    BOOST_TEST(found[0]["siret"] == "12345678901234");
    Client third = instance.person("Chloé");
    BOOST_TEST(third.post("/me/organisations", {{"organisation_id", id}}).status == 201);
}

BOOST_AUTO_TEST_CASE(a_verified_organisation_shows_its_state) {
    Instance instance;
    Client account = instance.person("Anne");
    account.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}});
    instance.sql("UPDATE margelle.organisations SET state = 'verified'");
    BOOST_TEST(account.get("/me").json()["organisations"][0]["organisation"]["state"] == "verified");
    BOOST_TEST(account.get("/organisations?q=r%C3%A9gie").json()["items"][0]["state"] == "verified");
}

BOOST_AUTO_TEST_CASE(an_organisation_is_known_or_described) {
    Instance instance;
    Client account = instance.person("Anne");
    BOOST_TEST(account.post("/me/organisations", Json::object()).status == 422);
    const Answer unknown = account.post("/me/organisations", {{"organisation_id", account.member}});
    BOOST_TEST(unknown.status == 422);
    BOOST_TEST(unknown.json()["errors"][0]["pointer"] == "/organisation_id");
    const Answer category = account.post("/me/organisations", {{"new", {{"name", "Régie"}, {"category", "kings"}}}});
    BOOST_TEST(category.status == 422);
    BOOST_TEST(category.json()["errors"][0]["pointer"] == "/new/category");
}

BOOST_AUTO_TEST_CASE(erasing_an_account_asks_for_its_address) {
    Instance instance;
    Client account = instance.person("Anne");
    const Answer refused = account.remove("/me", {{"confirm_email", "other@example.org"}});
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/confirm_email");
    BOOST_TEST(account.get("/me").status == 200);
}

BOOST_AUTO_TEST_CASE(an_erased_person_leaves_a_pseudonym_their_posts_and_their_acceptance) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.member.remove("/me", {{"confirm_email", cast.member.email}}).status == 204);
    BOOST_TEST(cast.member.get("/me").status == 401);
    const Json post = cast.moderator.get(cast.path + "/posts/" + cast.post).json();
    BOOST_TEST(post["author"]["name"] == "—");
    BOOST_TEST(post["body"] == "Où mettre le silo ?");
    const Answer receipt = cast.moderator.get(cast.path + "/nda/acceptances/" + cast.member.member + "/receipt");
    BOOST_TEST(receipt.status == 200);
    BOOST_TEST(verify_receipt(receipt.json(), instance.keys.front().public_pem()));
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.accounts WHERE lower(email) = '" + cast.member.email + "'") == "0");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.sessions WHERE member_id = '" + cast.member.member + "'") == "0");
    for (const Json& member : cast.moderator.get(cast.path + "/members").items()) BOOST_TEST(member["member"]["id"] != cast.member.member);
    const Json last = cast.moderator.get(cast.path + "/events").json()["items"].back();
    BOOST_TEST(last["kind"] == "membership.changed");
    BOOST_TEST(last["data"]["state"] == "left");
}

BOOST_AUTO_TEST_CASE(the_last_moderator_of_a_group_is_not_erased) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.moderator.remove("/me", {{"confirm_email", cast.moderator.email}}).problem() == "last-moderator");
    BOOST_TEST(cast.moderator.get(cast.path + "/threads").status == 200);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    BOOST_TEST(cast.moderator.remove("/me", {{"confirm_email", cast.moderator.email}}).status == 204);
}

BOOST_AUTO_TEST_CASE(an_erased_address_may_open_a_new_account) {
    Instance instance;
    Cast cast(instance, "light");
    BOOST_REQUIRE(cast.observer.remove("/me", {{"confirm_email", cast.observer.email}}).status == 204);
    const Answer invited = cast.moderator.post(cast.path + "/invitations", {{"invitations", {{{"email", cast.observer.email}}}}});
    BOOST_REQUIRE(invited.status == 201);
    Client browser = instance.stranger();
    const Answer joined = browser.post("/invitations/acceptance", {{"token", instance.invitation_token(invited.json()["items"][0]["id"])}, {"name", "Odile"}, {"category", "resident"}});
    BOOST_TEST(joined.status == 200);
    BOOST_TEST(joined.json()["me"]["id"] != cast.observer.member);
}

BOOST_AUTO_TEST_CASE(a_stop_link_stops_notices_and_may_be_clicked_twice) {
    Instance instance;
    Client account = instance.person("Anne");
    const std::string token = instance.mail_token("stop_notices", account.member);
    Client browser = instance.stranger();
    BOOST_TEST(browser.post("/notice-stops", {{"token", token}}).status == 204);
    BOOST_TEST(account.get("/me").json()["notice"] == "off");
    BOOST_TEST(browser.post("/notice-stops", {{"token", token}}).status == 204);
}

BOOST_AUTO_TEST_CASE(a_mail_program_stops_notices_in_one_click_without_an_origin) {
    Instance instance;
    Client account = instance.person("Anne");
    Client program = instance.stranger();
    const Answer answer = program.send_raw(Verb::post, "/notice-stops/" + instance.mail_token("stop_notices", account.member), "List-Unsubscribe=One-Click",
                                           {{"content-type", "application/x-www-form-urlencoded"}, {"origin", ""}});
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(account.get("/me").json()["notice"] == "off");
}

BOOST_AUTO_TEST_SUITE_END()
