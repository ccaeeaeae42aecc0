// What a group has its bots look for.
#include <boost/test/unit_test.hpp>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Json run = {{"started_at", "2026-11-27T06:00:00Z"}, {"finished_at", "2026-11-27T06:01:00Z"}, {"created", 3}, {"changed", 1}, {"unchanged", 8}, {"skipped", 2},
    {"errors", {"Le portail ne répond pas."}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(subscriptions)

BOOST_AUTO_TEST_CASE(a_bot_reads_what_a_moderator_subscribed_the_group_to_and_says_how_it_went) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot({"subscriptions:read", "subscriptions:report"});
    const std::string path = cast.path + "/subscriptions";
    BOOST_TEST(bot.get(path).items().empty());
    const Answer made = cast.moderator.post(path, {{"kind", "udata"}, {"portal", "https://www.data.gouv.fr"}, {"query", "silo"}, {"territories", {"commune:65440"}}, {"themes", {"energie"}}});
    BOOST_TEST(made.status == 201);
    const Json read = bot.get(path).items()[0];
    BOOST_TEST(read == made.json());
    BOOST_TEST(read["limit"] == 50);
    BOOST_TEST(read["paused"] == false);
    BOOST_TEST(read["last_run"].is_null());
    const std::string one = path + "/" + read["id"].get<std::string>();
    BOOST_TEST(bot.post(one + "/runs", run).status == 204);
    BOOST_TEST(cast.member.get(one).json()["last_run"] == run);
    Json next = run;
    next.erase("errors");
    BOOST_TEST(bot.post(one + "/runs", next).status == 204);
    next["errors"] = Json::array();
    BOOST_TEST(cast.member.get(one).json()["last_run"] == next);
}

BOOST_AUTO_TEST_CASE(a_run_of_nothing_is_not_found) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    BOOST_TEST(bot.post(cast.path + "/subscriptions/01a20c84-b96f-7529-8ef6-c9f7baf62008/runs", run).status == 404);
}

BOOST_AUTO_TEST_CASE(a_subscription_is_changed_and_ended) {
    Instance instance;
    Cast cast(instance);
    const std::string path = cast.path + "/subscriptions";
    const Answer made = cast.moderator.post(path, {{"kind", "ckan"}, {"portal", "https://ckan.example.org"}, {"organization", "tarbes"}});
    const std::string one = path + "/" + made.json()["id"].get<std::string>();
    const Answer changed = cast.moderator.patch(one, {{"paused", true}, {"limit", 10}, {"organization", nullptr}}, {{"if-match", made.etag()}});
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.json()["paused"] == true);
    BOOST_TEST(changed.json()["limit"] == 10);
    BOOST_TEST(changed.json()["organization"].is_null());
    BOOST_TEST(changed.json()["portal"] == "https://ckan.example.org");
    BOOST_TEST(cast.moderator.patch(one, {{"paused", false}}, {{"if-match", made.etag()}}).status == 412);
    BOOST_TEST(cast.moderator.remove(one).status == 204);
    BOOST_TEST(cast.moderator.get(one).status == 404);
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY entry) FROM margelle.audit_entries WHERE kind LIKE 'subscription.%'") ==
               "subscription.created subscription.changed subscription.deleted");
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM margelle.events WHERE kind LIKE 'subscription.%'") ==
               "subscription.created subscription.changed subscription.deleted");
}

BOOST_AUTO_TEST_CASE(a_portal_is_an_address_on_the_web_without_secrets) {
    Instance instance;
    Cast cast(instance);
    for (const char* portal : {"", "data.gouv.fr", "ftp://example.org", "file:///etc/passwd", "https://user:secret@example.org", "https://"})
        BOOST_TEST(cast.moderator.post(cast.path + "/subscriptions", {{"kind", "udata"}, {"portal", portal}}).status == 422, portal);
}

BOOST_AUTO_TEST_SUITE_END()
