// Changing who reads a thread: it leaves one log and arrives in another, with all that it holds.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// The moderator and the observer are in the circle; the thread is still the group's, with a row of every kind.
struct Labelled : Cast {
    explicit Labelled(Instance& instance) : Cast(instance), circle(circle_of({&moderator, &observer})), thread_path(path + "/threads/" + thread), posts_path(thread_path + "/posts") {
        member.patch(path + "/posts/" + post, {{"body", "Où mettre le grand silo ?"}}, {{"if-match", member.get(path + "/posts/" + post).etag()}});
        moderator.post(posts_path, {{"body", "Au nord. Qu’en dit [@Odile](mention:" + observer.member + ") ?"}, {"reply_to", post}});
        observer.put(thread_path + "/read-mark", {{"number", 1}});
        moderator.put(path + "/posts/" + post + "/reactions/agree");
    }
    Answer label(Client& who, const Json& to, const std::string& reason = "Il y est question d’argent") { return who.put(thread_path + "/label", {{"circle", to}, {"reason", reason}}); }
    Json events(Client& who, const std::string& feed) { return who.get(path + "/events?limit=100" + (feed == group ? "" : "&circle=" + feed)).json()["items"]; }
    std::string circle, thread_path, posts_path;
};

std::string feeds(Instance& instance, const std::string& group) {
    return instance.sql("SELECT string_agg(DISTINCT feed_id::text, ' ') FROM (SELECT group_id, feed_id FROM margelle.threads UNION ALL SELECT group_id, feed_id FROM margelle.posts"
                        " UNION ALL SELECT group_id, feed_id FROM margelle.post_revisions UNION ALL SELECT group_id, feed_id FROM margelle.reactions"
                        " UNION ALL SELECT group_id, feed_id FROM margelle.addressed) x WHERE group_id = '" + group + "'");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(labels)

BOOST_AUTO_TEST_CASE(a_thread_moves_into_a_circle_with_all_that_it_holds) {
    Instance instance;
    Labelled l(instance);
    BOOST_TEST(l.member.get(l.path).json()["news"]["replies"] == 1);
    const Answer moved = l.label(l.moderator, l.circle);
    BOOST_TEST(moved.json()["label"] == "circle");
    BOOST_TEST(moved.json()["circle"]["id"] == l.circle);
    BOOST_TEST(feeds(instance, l.group) == l.circle);
    BOOST_TEST(l.observer.get(l.posts_path).items().size() == 2u);
    BOOST_TEST(l.observer.get(l.thread_path).json()["read_count"] == 1);
    BOOST_TEST(l.observer.get(l.path).json()["news"]["mentions"] == 1);
    for (const std::string& gone : {l.thread_path, l.posts_path, l.path + "/posts/" + l.post, l.path + "/posts/" + l.post + "/revisions"}) BOOST_TEST(l.member.get(gone).status == 404, gone);
    BOOST_TEST(l.member.get(l.path + "/threads").items().empty());
    BOOST_TEST(l.member.get(l.path).json()["news"]["replies"] == 0);
    BOOST_TEST(l.member.get("/groups").items()[0]["news"]["replies"] == 0);
    BOOST_TEST(instance.recorder.changes.size() >= 2u);
}

BOOST_AUTO_TEST_CASE(the_old_log_keeps_husks_without_gap_and_the_new_one_says_what_arrived) {
    Instance instance;
    Labelled l(instance);
    const Json before = l.events(l.member, l.group);
    l.label(l.moderator, l.circle);
    const Json after = l.events(l.member, l.group);
    BOOST_REQUIRE(after.size() == before.size() + 1);
    std::int64_t expected = 0;
    int husks = 0;
    for (const Json& event : after) {
        BOOST_TEST(event["seq"] == ++expected);
        if (event["kind"] != "withdrawn") continue;
        ++husks;
        BOOST_TEST(event["data"].empty());
        BOOST_TEST(event["actor"].is_null());
    }
    BOOST_TEST(husks == 4);         // started, edited, answered, reacted to
    BOOST_TEST(after.back()["kind"] == "thread.withdrawn");
    BOOST_TEST(after.back()["data"]["thread_id"] == l.thread);
    BOOST_TEST(l.events(l.observer, l.circle).back()["kind"] == "thread.arrived");
    BOOST_TEST(l.events(l.observer, l.circle).back()["data"]["thread_id"] == l.thread);
}

BOOST_AUTO_TEST_CASE(a_thread_comes_back_to_the_group) {
    Instance instance;
    Labelled l(instance);
    l.label(l.moderator, l.circle);
    l.moderator.post(l.posts_path, {{"body", "Réglé."}});
    BOOST_TEST(l.label(l.moderator, nullptr, "C’est réglé").json()["label"] == "group");
    BOOST_TEST(feeds(instance, l.group) == l.group);
    BOOST_TEST(l.member.get(l.posts_path).items().size() == 3u);
    BOOST_TEST(l.member.post(l.posts_path, {{"body", "Merci."}}).status == 201);
    BOOST_TEST(l.events(l.observer, l.circle).back()["kind"] == "thread.withdrawn");
}

BOOST_AUTO_TEST_CASE(a_label_is_given_by_moderators_to_circles_of_theirs) {
    Instance instance;
    Labelled l(instance);
    const std::string other = l.circle_of({&l.member}, "Technique");
    BOOST_TEST(l.label(l.member, nullptr).problem() == "moderators-only");
    for (const std::string& id : {other, new_id()}) BOOST_TEST(l.label(l.moderator, id).json()["errors"][0]["pointer"] == "/circle");
    BOOST_TEST(l.label(l.moderator, l.circle, std::string(501, 'a')).status == 422);
    const std::string hidden = l.thread_in(other, l.member);
    BOOST_TEST(l.moderator.put(l.path + "/threads/" + hidden + "/label", {{"circle", nullptr}, {"reason", "Curiosité"}}).status == 404);
    BOOST_TEST(l.label(l.moderator, nullptr).status == 200);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'thread.labelled'") == "0");
}

BOOST_AUTO_TEST_CASE(a_label_is_recorded_with_its_reason) {
    Instance instance;
    Labelled l(instance);
    l.label(l.moderator, l.circle);
    const Json data = Json::parse(instance.sql("SELECT data FROM margelle.audit_entries WHERE kind = 'thread.labelled' AND object_id = '" + l.thread + "'"));
    BOOST_TEST(data == Json({{"from", l.group}, {"to", l.circle}, {"reason", "Il y est question d’argent"}}));
}

BOOST_AUTO_TEST_SUITE_END()
