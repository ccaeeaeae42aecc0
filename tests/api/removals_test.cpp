// Access withdrawn from several at once, and what goes with it.
#include <boost/test/unit_test.hpp>

#include <set>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Answer withdraw(Cast& cast, const Json& whom) {
    Json body = whom;
    body["reason"] = "La convention a pris fin";
    return cast.moderator.post(cast.path + "/removals", body);
}

std::string on_behalf_of_one(Cast& cast, std::initializer_list<Client*> those) {
    std::string id;
    for (Client* one : those) {
        const Json organisation = id.empty() ? Json{{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}} : Json{{"organisation_id", id}};
        id = one->post("/me/organisations", organisation).json()["organisations"][0]["organisation"]["id"];
        BOOST_REQUIRE(one->patch(cast.path + "/membership", {{"organisation_id", id}}).status == 204);
    }
    return id;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(removals)

BOOST_AUTO_TEST_CASE(several_members_lose_access_at_once) {
    Instance instance;
    Cast cast(instance);
    const Answer removed = withdraw(cast, {{"members", {cast.member.member, cast.observer.member, cast.outsider.member, cast.revoked.member}}});
    BOOST_TEST(removed.status == 200);
    BOOST_TEST((removed.json()["removed"].get<std::set<std::string>>() == std::set<std::string>{cast.member.member, cast.observer.member}));
    for (Client* one : {&cast.member, &cast.observer}) BOOST_TEST(one->get(cast.path).status == 404);
    BOOST_TEST(cast.newcomer.get(cast.path).status == 200);
    BOOST_TEST(instance.recorder.changes.back().group == cast.group);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'member.removed' AND group_id = '" + cast.group + "'") == "3");
    BOOST_TEST(instance.sql("SELECT data ->> 'reason' FROM margelle.audit_entries WHERE kind = 'members.removed'") == "La convention a pris fin");
    BOOST_TEST(withdraw(cast, {{"members", {cast.member.member}}}).status == 404);
}

BOOST_AUTO_TEST_CASE(everybody_who_takes_part_for_an_organisation_loses_access) {
    Instance instance;
    Cast cast(instance);
    const std::string organisation = on_behalf_of_one(cast, {&cast.member, &cast.newcomer});
    BOOST_TEST(withdraw(cast, {{"organisation", organisation}}).json()["removed"].size() == 2u);
    BOOST_TEST(cast.member.get(cast.path).status == 404);
    BOOST_TEST(cast.newcomer.get(cast.path).status == 404);
    BOOST_TEST(cast.observer.get(cast.path).status == 200);
    BOOST_TEST(withdraw(cast, {{"organisation", new_id()}}).status == 404);
}

BOOST_AUTO_TEST_CASE(the_whole_act_is_refused_where_the_last_moderator_would_go) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(withdraw(cast, {{"members", {cast.member.member, cast.moderator.member}}}).problem() == "last-moderator");
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'members.removed'") == "0");
}

BOOST_AUTO_TEST_CASE(a_removal_names_members_or_an_organisation) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(withdraw(cast, Json::object()).status == 422);
    BOOST_TEST(withdraw(cast, {{"members", {cast.member.member}}, {"organisation", new_id()}}).status == 422);
    BOOST_TEST(withdraw(cast, {{"members", Json::array()}}).status == 422);
    BOOST_TEST(cast.member.post(cast.path + "/removals", {{"members", {cast.observer.member}}, {"reason", "Non"}}).problem() == "moderators-only");
}

BOOST_AUTO_TEST_CASE(with_access_go_the_invitations_that_one_sent_and_the_mails_that_wait) {
    Instance instance;
    Cast cast(instance);
    for (Client* one : {&cast.member, &cast.observer}) BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + one->member, {{"role", "moderator"}}).status == 200);
    const auto invite = [&](Client& who, const char* email) { return who.post(cast.path + "/invitations", {{"invitations", {{{"email", email}}}}}).items()[0]["id"].get<std::string>(); };
    const std::string first = invite(cast.member, "first@example.org"), second = invite(cast.observer, "second@example.org");
    const std::string token = instance.invitation_token(first);
    BOOST_REQUIRE(cast.member.post(cast.path + "/nda/refusal", {{"version", 2}, {"later", true}}).status == 204);
    const auto waiting = [&] { return instance.sql("SELECT string_agg(kind, ' ') FROM margelle.outbox WHERE member_id = '" + cast.member.member + "' AND group_id IS NOT NULL AND sent_at IS NULL"); };
    BOOST_TEST(waiting() == "nda_copy");
    BOOST_REQUIRE(withdraw(cast, {{"members", {cast.member.member}}}).status == 200);
    BOOST_TEST(waiting() == "access_ended");
    BOOST_TEST(instance.sql("SELECT state FROM margelle.invitations WHERE invitation_id = '" + first + "'") == "withdrawn");
    BOOST_TEST(cast.anonymous.post("/invitations/lookup", {{"token", token}}).status == 404);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(instance.sql("SELECT state FROM margelle.invitations WHERE invitation_id = '" + second + "'") == "withdrawn");
    BOOST_TEST(instance.sql("SELECT state FROM margelle.invitations WHERE email = '" + cast.invited.email + "'") == "pending");
}

BOOST_AUTO_TEST_SUITE_END()
