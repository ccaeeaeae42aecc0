// A key tells a request that is sent again from one that is made again.
#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "server/route.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Headers key{{"idempotency-key", "a key"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(idempotency)

BOOST_AUTO_TEST_CASE(the_same_request_gets_its_first_answer_and_happens_once) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    const Answer first = cast.member.post(posts, {{"body", "Une fois"}}, key), again = cast.member.post(posts, {{"body", "Une fois"}}, key);
    BOOST_TEST(again.status == 201);
    BOOST_TEST(again.body == first.body);
    BOOST_TEST((again.headers == first.headers));
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.posts WHERE body = 'Une fois'") == "1");
}

BOOST_AUTO_TEST_CASE(every_operation_that_takes_a_key_answers_it_again) {
    Instance instance;
    Cast cast(instance);
    const std::string plan = cast.path + "/documents/" + cast.document(cast.moderator, "Plan.txt", "Le plan."),
                      sketch = cast.path + "/documents/" + cast.document(cast.moderator, "Croquis.txt", "Le croquis.");
    const std::map<std::string, std::pair<std::string, Json>> creations{
        {"addMyOrganisation", {"/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "association"}}}}}},
        {"createGroup", {"/groups", {{"name", "Autre"}, {"confidentiality", "light"}}}},
        {"createInvitations", {cast.path + "/invitations", {{"invitations", {{{"email", "a@example.org"}}, {{"email", "b@example.org"}}}}}}},
        {"publishNda", {cast.path + "/nda/versions", {{"kind", "minor"}, {"text", "Bis."}, {"summary", "Bis."}}}},
        {"createCircle", {cast.path + "/circles", {{"name", "Financement"}, {"members", {cast.member.member}}}}},
        {"proposeRelease", {cast.path + "/releases", {{"title", "Bilan"}, {"summary", "En bref."}}}},
        {"createThread", {cast.path + "/threads", {{"title", "Autre"}, {"body", "Autre"}}}},
        {"createPost", {cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Autre"}}}},
        {"createDocument", {cast.path + "/documents", {{"upload_id", cast.upload(cast.moderator, "Autre.")}, {"name", "Autre.txt"}}}},
        {"addVersion", {plan + "/versions", {{"upload_id", cast.upload(cast.moderator, "Bis.")}, {"base", 1}}}},
        {"createBot", {cast.path + "/bots", {{"name", "Moissonneur"}, {"scopes", {"datasets:write"}}}}},
        {"issueKey", {cast.path + "/bots/" + cast.bot().member + "/keys", {{"name", "printemps"}}}},
        {"createSubscription", {cast.path + "/subscriptions", {{"kind", "ckan"}, {"portal", "https://ckan.example.org"}}}},
        {"restoreVersion", {sketch + "/versions/1/restoration", {{"base", 1}}}}};
    for (const Route& route : routes()) {
        if (!route.replay) continue;
        const auto found = creations.find(std::string(route.operation));
        BOOST_REQUIRE_MESSAGE(found != creations.end(), route.operation << " takes a key");
        const auto& [path, body] = found->second;
        const Answer first = cast.moderator.post(path, body, key), again = cast.moderator.post(path, body, key);
        BOOST_TEST(first.status == 201, route.operation << " " << first.body);
        BOOST_TEST(again.status == 201, route.operation << " " << again.body);
        Json expected = first.json();
        if (route.operation == "issueKey") expected["key"] = nullptr;      // a secret is shown once
        BOOST_TEST(again.json() == expected, route.operation);
    }
}

BOOST_AUTO_TEST_CASE(another_body_under_the_same_key_is_refused) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    cast.member.post(posts, {{"body", "Une fois"}}, key);
    BOOST_TEST(cast.member.post(posts, {{"body", "Autre"}}, key).problem() == "key-reused");
    const std::string other = cast.member.post(cast.path + "/threads", {{"title", "Autre"}, {"body", "Autre"}}).json()["id"];
    BOOST_TEST(cast.member.post(cast.path + "/threads/" + other + "/posts", {{"body", "Une fois"}}, key).problem() == "key-reused");
}

BOOST_AUTO_TEST_CASE(a_key_is_its_callers_own) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    const Answer first = cast.member.post(posts, {{"body", "Une fois"}}, key), other = cast.moderator.post(posts, {{"body", "Une fois"}}, key);
    BOOST_TEST(other.status == 201);
    BOOST_TEST(other.json()["id"] != first.json()["id"]);
}

BOOST_AUTO_TEST_CASE(a_key_belongs_to_one_operation) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.member.post(cast.path + "/threads", {{"title", "Autre"}, {"body", "Autre"}}, key).status == 201);
    BOOST_TEST(cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Autre"}}, key).status == 201);
}

BOOST_AUTO_TEST_CASE(a_refused_request_leaves_its_key_free) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    BOOST_TEST(cast.member.post(posts, {{"body", "a"}, {"reply_to", cast.thread}}, key).status == 422);
    BOOST_TEST(cast.member.post(posts, {{"body", "a"}}, key).status == 201);
}

BOOST_AUTO_TEST_CASE(a_key_is_forgotten_after_a_day) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    cast.member.post(posts, {{"body", "Une fois"}}, key);
    instance.sql("UPDATE margelle.idempotency_keys SET at = at - interval '24 hours'");
    BOOST_TEST(cast.member.post(posts, {{"body", "Autre"}}, key).status == 201);
}

BOOST_AUTO_TEST_CASE(a_key_shows_nothing_to_whoever_lost_their_access) {
    Instance instance;
    Cast cast(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    cast.member.post(posts, {{"body", "Une fois"}}, key);
    cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"state", "removed"}});
    BOOST_TEST(cast.member.post(posts, {{"body", "Une fois"}}, key).status == 404);
}

BOOST_AUTO_TEST_CASE(a_key_whose_first_request_still_runs_gets_409) {
    Instance instance;
    Cast cast(instance);
    pqxx::connection connection(instance.database.superuser_url());
    pqxx::work running(connection);
    running.exec_params("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' createPost a key', 0))", cast.member.member);
    BOOST_TEST(cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Une fois"}}, key).problem() == "still-running");
}

BOOST_AUTO_TEST_SUITE_END()
