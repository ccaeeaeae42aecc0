// Joining on request, roles, leaving, and access withdrawn.
#include <boost/test/unit_test.hpp>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

BOOST_AUTO_TEST_SUITE(memberships)

BOOST_AUTO_TEST_CASE(a_request_waits_until_a_moderator_accepts_it) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    BOOST_TEST(cast.requester.get(cast.path).json()["standing"] == "requested");
    BOOST_TEST(cast.requester.get(cast.path + "/nda").status == 404);
    const Json requests = cast.moderator.get(cast.path + "/join-requests").json()["items"];
    BOOST_REQUIRE(requests.size() == 1u);
    BOOST_TEST(requests[0]["member"]["name"] == "Rémi Requester");
    BOOST_TEST(cast.moderator.patch(cast.path + "/join-requests/" + cast.requester.member, {{"decision", "accept"}}).status == 204);
    BOOST_TEST(cast.requester.get(cast.path).json()["standing"] == "lobby");
    cast.accept(cast.requester);
    BOOST_TEST(cast.requester.get(cast.path + "/threads").status == 200);
    BOOST_TEST(cast.moderator.patch(cast.path + "/join-requests/" + cast.requester.member, {{"decision", "accept"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_declined_request_may_be_made_again) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    BOOST_TEST(cast.moderator.patch(cast.path + "/join-requests/" + cast.requester.member, {{"decision", "decline"}}).status == 204);
    BOOST_TEST(cast.requester.get(cast.path).json()["standing"] == "stranger");
    BOOST_TEST(cast.requester.post(cast.path + "/join-requests", {{"category", "user"}, {"message", "J’habite à côté."}}).status == 202);
    BOOST_TEST(cast.moderator.get(cast.path + "/join-requests").json()["items"][0]["message"] == "J’habite à côté.");
}

BOOST_AUTO_TEST_CASE(a_request_may_be_taken_back) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    BOOST_TEST(cast.requester.remove(cast.path + "/membership").status == 204);
    BOOST_TEST(cast.moderator.get(cast.path + "/join-requests").json()["items"].empty());
}

BOOST_AUTO_TEST_CASE(withdrawn_access_ends_at_once) {
    Instance instance;
    Cast cast(instance);
    const std::string sees = cast.path + "/threads/" + cast.thread + "/posts";
    BOOST_TEST(cast.observer.get(sees).status == 200);
    const Answer removed = cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"state", "removed"}});
    BOOST_TEST(removed.json()["state"] == "removed");
    BOOST_TEST(cast.observer.get(sees).status == 404);
    BOOST_TEST(cast.observer.get("/groups").json()["items"].empty());
    BOOST_TEST(instance.recorder.changes.back().group == cast.group);
    BOOST_TEST(cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"state", "removed"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_change_of_role_holds_at_once) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"role", "member"}}).json()["role"] == "member");
    BOOST_TEST(cast.observer.post(posts, {{"body", "Bonjour"}}).status == 201);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "observer"}}).status == 200);
    BOOST_TEST(cast.member.post(posts, {{"body", "Bonjour"}}).problem() == "read-only");
}

BOOST_AUTO_TEST_CASE(a_group_keeps_its_last_moderator) {
    Instance instance;
    Cast cast(instance);
    const std::string self = cast.path + "/members/" + cast.moderator.member;
    BOOST_TEST(cast.moderator.patch(self, {{"role", "member"}}).problem() == "last-moderator");
    BOOST_TEST(cast.moderator.patch(self, {{"state", "removed"}}).problem() == "last-moderator");
    BOOST_TEST(cast.moderator.remove(cast.path + "/membership").problem() == "last-moderator");
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    BOOST_TEST(cast.moderator.remove(cast.path + "/membership").status == 204);
    BOOST_TEST(cast.member.get(cast.path).json()["role"] == "moderator");
}

BOOST_AUTO_TEST_CASE(leaving_is_open_to_those_who_have_not_accepted) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.newcomer.remove(cast.path + "/membership").status == 204);
    BOOST_TEST(cast.newcomer.get(cast.path).status == 404);
}

BOOST_AUTO_TEST_CASE(whoever_leaves_keeps_their_receipt) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.member.remove(cast.path + "/membership").status == 204);
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 404);
    BOOST_TEST(cast.member.get(cast.path + "/nda/acceptances/" + cast.member.member + "/receipt").status == 200);
}

BOOST_AUTO_TEST_CASE(one_takes_part_on_behalf_of_ones_own_organisations_alone) {
    Instance instance;
    Cast cast(instance);
    const std::string id = cast.member.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}, {"title", "Directeur"}}).json()["organisations"][0]["organisation"]["id"];
    BOOST_TEST(cast.member.patch(cast.path + "/membership", {{"organisation_id", id}}).status == 204);
    const auto seen = [&] {
        for (const Json& one : cast.observer.get(cast.path + "/members").items())
            if (one["member"]["id"] == cast.member.member) return one;
        return Json();
    };
    BOOST_TEST(seen()["organisation"]["name"] == "Régie du bois");
    BOOST_TEST(seen()["title"] == "Directeur");
    BOOST_TEST(cast.observer.patch(cast.path + "/membership", {{"organisation_id", id}}).json()["errors"][0]["pointer"] == "/organisation_id");
    BOOST_TEST(cast.member.patch(cast.path + "/membership", {{"organisation_id", nullptr}}).status == 204);
    BOOST_TEST(seen()["organisation"].is_null());
}

BOOST_AUTO_TEST_CASE(the_members_page_says_who_has_accepted) {
    Instance instance;
    Cast cast(instance);
    int accepted = 0, open = 0;
    for (const Json& member : cast.member.get(cast.path + "/members").items()) ++(member["accepted"] ? accepted : open);
    BOOST_TEST(accepted == 3);
    BOOST_TEST(open == 2);
}

BOOST_AUTO_TEST_SUITE_END()
