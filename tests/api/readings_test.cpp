// Recorded reading: a group's choice, told to all, kept before the answer leaves.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Readings : Cast {
    explicit Readings(Instance& instance) : Cast(instance), instance(instance) {}
    void record(bool on) { BOOST_REQUIRE(moderator.patch(path, {{"records_reading", on}}, {{"if-match", moderator.get(path).etag()}}).status == 200); }
    std::string posts() const { return path + "/threads/" + thread + "/posts"; }
    std::string say(const std::string& body) { return moderator.post(posts(), {{"body", body}}).json()["id"]; }
    // Who was sent the thread, or one of its messages, by then.
    std::string sent(const std::string& query = "") {
        std::string all;
        const Json items = moderator.get(path + "/threads/" + thread + "/readers" + query).items();
        for (const Json& one : items)
            if (!one["read_at"].is_null()) all += (all.empty() ? "" : ", ") + one["member"]["name"].get<std::string>();
        return all;
    }
    Instance& instance;
};

}  // namespace

// Times are compared in brackets: left to itself, Boost.Test takes the shorter text for the earlier one.
BOOST_AUTO_TEST_SUITE(readings)

BOOST_AUTO_TEST_CASE(nothing_is_recorded_unless_the_group_chose_to) {
    Instance instance;
    Readings r(instance);
    r.member.get(r.posts());
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.readings") == "0");
    BOOST_TEST(r.moderator.get(r.path + "/threads/" + r.thread + "/readers").json()["recorded"] == false);
    BOOST_TEST(r.observer.get(r.path).json()["records_reading"] == false);
}

BOOST_AUTO_TEST_CASE(whoever_is_sent_a_message_is_on_record_from_the_first_time_on) {
    Instance instance;
    Readings r(instance);
    r.record(true);
    BOOST_TEST(r.observer.get(r.path).json()["records_reading"] == true, "everybody is told");
    r.member.get(r.posts());
    const std::string once = instance.sql("SELECT string_agg(at::text, '') FROM margelle.readings");
    r.member.get(r.posts());
    BOOST_TEST(instance.sql("SELECT string_agg(at::text, '') FROM margelle.readings") == once);
    BOOST_TEST(r.sent() == "Mehdi Member");
    const std::string later = r.say("Plus tard");
    BOOST_TEST(r.sent("?post=" + later) == "");
    r.observer.get(r.path + "/posts/" + later);
    BOOST_TEST(r.sent("?post=" + later) == "Odile Observer");
    BOOST_TEST(r.sent() == "Mehdi Member, Odile Observer");
    r.member.get(r.path + "/posts/" + later + "/revisions");
    BOOST_TEST(r.sent("?post=" + later) == "Mehdi Member, Odile Observer");
    // A HEAD carries no message.
    Request head;
    head.verb = Verb::get;
    head.head = true;
    head.inputs.headers = {{"cookie", r.moderator.cookie}};
    read_target("/api/v1" + r.posts(), head);
    BOOST_TEST(instance.app.serve(head, instance.connection).status == 200);
    BOOST_TEST(r.sent() == "Mehdi Member, Odile Observer");
    r.record(false);
    r.moderator.get(r.posts());
    BOOST_TEST(r.sent() == "Mehdi Member, Odile Observer", "what was recorded stays, nothing is added");
}

BOOST_AUTO_TEST_CASE(a_release_is_read_like_the_messages_in_it) {
    Instance instance;
    Readings r(instance);
    r.record(true);
    const std::string releases = r.path + "/releases";
    const std::string release = r.member.post(releases, {{"title", "Bilan"}, {"thread", r.thread}, {"posts", {r.post}}}).json()["id"];
    BOOST_TEST(r.sent("?post=" + r.post) == "Mehdi Member");
    r.observer.get(releases);
    BOOST_TEST(r.sent("?post=" + r.post) == "Mehdi Member, Odile Observer");
    r.moderator.get(releases + "/" + release);
    BOOST_TEST(r.sent("?post=" + r.post) == "Mehdi Member, Mona Moderator, Odile Observer");
}

BOOST_AUTO_TEST_CASE(that_somebody_is_not_on_record_proves_something_only_where_recording_had_no_break) {
    Instance instance;
    Readings r(instance);
    const auto recorded = [&](const std::string& post, const std::string& at = "") {
        const std::string query = "?at=" + (at.empty() ? "2999-01-01T00:00:00Z" : at) + (post.empty() ? "" : "&post=" + post);
        return r.moderator.get(r.path + "/threads/" + r.thread + "/readers" + query).json()["recorded"].get<bool>();
    };
    const auto now = [&] { return instance.sql("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"); };
    const std::string before = now();
    r.record(true);
    BOOST_TEST(!recorded(""), "it could be read before");
    BOOST_TEST(!recorded(r.post));
    BOOST_TEST(!recorded(r.post, before));
    const std::string post = r.say("Enregistré"), within = now();
    BOOST_TEST(recorded(post));
    BOOST_TEST(!recorded(post, before), "it was not there yet");
    r.record(false);
    r.member.get(r.posts());        // nobody is told of that
    BOOST_TEST(!recorded(post));
    r.record(true);
    BOOST_TEST(!recorded(post), "somebody may have read it in the meantime");
    BOOST_TEST(recorded(post, within));
    BOOST_TEST(recorded(r.say("Après")));
    // Whoever reads a circle finds the thread there only from when it arrived.
    const std::string circle = r.circle_of({&r.moderator, &r.member});
    BOOST_REQUIRE(r.moderator.put(r.path + "/threads/" + r.thread + "/label", {{"circle", circle}, {"reason", "Argent"}}).status == 200);
    BOOST_TEST(recorded(post));
    BOOST_TEST(recorded(""));
    BOOST_TEST(recorded(post, within));
    r.record(false);
    BOOST_TEST(!recorded(""));
}

BOOST_AUTO_TEST_CASE(whoever_is_refused_reads_nothing) {
    Instance instance;
    Readings r(instance);
    r.record(true);
    for (Client* who : {&r.outsider, &r.newcomer, &r.outdated, &r.revoked}) who->get(r.posts());
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.readings") == "0");
}

BOOST_AUTO_TEST_CASE(reading_as_another_is_reading_oneself) {
    Instance instance;
    Readings r(instance);
    r.record(true);
    r.moderator.get(r.posts(), {{"read-as", "member:" + r.member.member}});
    BOOST_TEST(r.sent() == "Mona Moderator");
}

BOOST_AUTO_TEST_CASE(a_message_is_asked_for_where_it_stands_and_from_when_it_was_written) {
    Instance instance;
    Readings r(instance);
    const std::string elsewhere = r.member.post(r.path + "/threads", {{"title", "Autre"}, {"body", "Ailleurs"}}).json()["id"];
    const std::string other = r.member.get(r.path + "/threads/" + elsewhere + "/posts").items()[0]["id"];
    BOOST_TEST(r.moderator.get(r.path + "/threads/" + r.thread + "/readers?post=" + other).status == 404);
    BOOST_TEST(r.moderator.get(r.path + "/threads/" + r.thread + "/readers?post=" + new_id()).status == 404);
    const std::string before = instance.sql("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    const std::string post = r.say("Après");
    BOOST_TEST(r.moderator.get(r.path + "/threads/" + r.thread + "/readers?post=" + post + "&at=" + before).items().empty());
    const Json now = r.moderator.get(r.path + "/threads/" + r.thread + "/readers?post=" + post).items();
    BOOST_TEST(now.size() == 3u);
    BOOST_TEST((now[0]["since"].get<std::string>() > before));
}

BOOST_AUTO_TEST_CASE(what_was_read_goes_with_its_thread_into_a_circle) {
    Instance instance;
    Readings r(instance);
    BOOST_REQUIRE(r.moderator.patch(r.path + "/members/" + r.observer.member, {{"role", "moderator"}}).status == 200);
    r.record(true);
    r.member.get(r.posts());
    const std::string circle = r.circle_of({&r.moderator});
    BOOST_REQUIRE(r.moderator.put(r.path + "/threads/" + r.thread + "/label", {{"circle", circle}, {"reason", "Argent"}}).status == 200);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.readings WHERE feed_id = '" + circle + "'") == "1");
    BOOST_TEST(r.observer.get(r.path + "/threads/" + r.thread + "/readers").status == 404);
}

BOOST_AUTO_TEST_CASE(choosing_it_is_on_record) {
    Instance instance;
    Readings r(instance);
    r.record(true);
    r.record(true);
    r.record(false);
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ', ' ORDER BY entry) FROM margelle.audit_entries WHERE kind LIKE 'group.reading%'") ==
               "group.reading_recorded, group.reading_unrecorded");
}

BOOST_AUTO_TEST_SUITE_END()
