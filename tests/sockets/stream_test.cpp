// The live stream over real sockets: who gets what, in which order, and who no longer does.
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <set>
#include <sstream>

#include "persistence/accounts.hpp"
#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;
using namespace std::chrono_literals;

namespace {

std::int64_t head_of(Cast& cast) { return cast.member.get(cast.path).json()["head"]; }

Answer say(LiveNode& node, Cast& cast, const Client& who, const std::string& text) {
    return node.request("POST", cast.path + "/threads/" + cast.thread + "/posts", who, {{"body", text}});
}

// From now on; answered before anything else happens.
void follow(Stream& stream, Cast& cast) {
    stream.subscribe(cast.group, head_of(cast));
    BOOST_REQUIRE(stream.next_of("subscribed"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(another_members_post_arrives_rendered) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    BOOST_REQUIRE(stream.status == 101);
    const auto head = head_of(cast);
    stream.subscribe(cast.group, head);
    const auto subscribed = stream.next();
    BOOST_REQUIRE(subscribed);
    BOOST_TEST(subscribed->at("type") == "subscribed");
    BOOST_TEST(subscribed->at("head") == head);
    BOOST_REQUIRE(say(node, cast, cast.moderator, "Près de la **cour**.").status == 201);
    const auto event = stream.next_of("event");
    BOOST_REQUIRE(event);
    BOOST_TEST(event->at("seq") == head + 1);
    BOOST_TEST(event->at("kind") == "post.created");
    const Json& post = event->at("data").at("post");
    BOOST_TEST(post.at("body_html") == "<p>Près de la <strong>cour</strong>.</p>\n");
    BOOST_TEST(!instance.app.contract().find_fault("getPost", 200, "application/json", post.dump()));
}

BOOST_AUTO_TEST_CASE(where_reading_is_recorded_each_asks_for_the_text) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path, {{"records_reading", true}}, {{"if-match", cast.moderator.get(cast.path).etag()}}).status == 200);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    stream.subscribe(cast.group, head_of(cast));
    BOOST_REQUIRE(say(node, cast, cast.moderator, "Près de la cour.").status == 201);
    const auto event = stream.next_of("event");
    BOOST_REQUIRE(event);
    BOOST_TEST(event->at("kind") == "post.created");
    BOOST_TEST(!event->at("data").contains("post"));
}

BOOST_AUTO_TEST_CASE(whoever_was_away_catches_up_without_gap_or_double) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const auto head = head_of(cast);
    for (int i = 0; i < 30; ++i) BOOST_REQUIRE(say(node, cast, cast.moderator, "avant " + std::to_string(i)).status == 201);
    Stream stream(node, cast.member);
    stream.subscribe(cast.group, head);
    std::thread writer([&] {
        for (int i = 0; i < 30; ++i) say(node, cast, cast.moderator, "pendant " + std::to_string(i));
    });
    for (std::int64_t expected = head + 1; expected <= head + 60; ++expected) {
        const auto event = stream.next_of("event", 5s);
        BOOST_REQUIRE(event);
        BOOST_REQUIRE_EQUAL(event->at("seq").get<std::int64_t>(), expected);
    }
    writer.join();
    BOOST_TEST(!stream.next(200ms).has_value());
}

BOOST_AUTO_TEST_CASE(withdrawn_access_ends_the_stream_within_a_second_and_nothing_later_is_delivered) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    std::vector<std::unique_ptr<Stream>> streams;
    for (int i = 0; i < 10; ++i) {
        streams.push_back(std::make_unique<Stream>(node, cast.member));
        follow(*streams.back(), cast);
    }
    const auto answer = node.request("PATCH", cast.path + "/members/" + cast.member.member, cast.moderator, {{"state", "removed"}});
    BOOST_REQUIRE(answer.status == 200);
    const auto removed = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) BOOST_REQUIRE(say(node, cast, cast.moderator, "secret " + std::to_string(i)).status == 201);
    for (auto& stream : streams) {
        bool revoked = false;
        while (const auto message = stream->next(revoked ? 50ms : 1000ms)) {
            BOOST_TEST(message->dump().find("secret") == std::string::npos);
            if (message->at("type") == "revoked") revoked = true;
            BOOST_TEST(!(revoked && message->at("type") == "event"));
        }
        BOOST_TEST(revoked);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - removed < 3s * slowness()));
    BOOST_TEST(node.request("GET", cast.path + "/threads", cast.member).status == 404);
}

BOOST_AUTO_TEST_CASE(withdrawn_access_ends_the_stream_on_another_node_too) {
    Instance instance;
    Cast cast(instance);
    LiveNode here(instance), there(instance);
    Stream stream(there, cast.member);
    follow(stream, cast);
    BOOST_REQUIRE(say(here, cast, cast.moderator, "d’ici").status == 201);
    BOOST_TEST(stream.next_of("event", 1s).has_value());
    BOOST_REQUIRE(here.request("PATCH", cast.path + "/members/" + cast.member.member, cast.moderator, {{"state", "removed"}}).status == 200);
    BOOST_TEST(stream.next_of("revoked", 1s).has_value());
}

BOOST_AUTO_TEST_CASE(an_agreement_whose_day_has_come_closes_the_streams_of_whoever_has_not_accepted_it) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.post(cast.path + "/nda/versions", {{"kind", "material"}, {"text", "Troisième."}, {"summary", "Bref."},
        {"holds_from", instance.sql("SELECT current_date + 1")}}).status == 201);
    LiveNode here(instance), there(instance);
    Stream one(here, cast.member), other(there, cast.member);
    for (Stream* stream : {&one, &other}) follow(*stream, cast);
    instance.sql("ALTER TABLE margelle.nda_versions DISABLE TRIGGER immutable; UPDATE margelle.nda_versions SET holds_from = current_date,"
                 " published_at = published_at - interval '1 day' WHERE number = 3; ALTER TABLE margelle.nda_versions ENABLE TRIGGER immutable");
    for (Stream* stream : {&one, &other}) BOOST_TEST(stream->next_of("revoked", 1s).has_value());
}

BOOST_AUTO_TEST_CASE(locking_an_account_closes_its_streams_on_every_node) {
    Instance instance;
    Cast cast(instance);
    LiveNode here(instance), there(instance);
    Stream one(here, cast.member), other(there, cast.member);
    for (Stream* stream : {&one, &other}) follow(*stream, cast);
    BOOST_REQUIRE(persistence::accounts::set_locked(instance.database.owner_url(), cast.member.email, true));
    for (Stream* stream : {&one, &other}) {
        BOOST_TEST(!stream->next(1s));
        BOOST_TEST(stream->close_code.value_or(0) == 1008);
    }
    BOOST_TEST(here.request("GET", cast.path + "/threads", cast.member).status == 401);
}

BOOST_AUTO_TEST_CASE(a_session_that_ended_while_notifications_were_interrupted_ends_its_streams_once_they_are_back) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    follow(stream, cast);
    instance.sql("DELETE FROM margelle.sessions WHERE member_id = '" + cast.member.member + "';"
                 " SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'margelle notifications'");
    BOOST_TEST(!stream.next(3s));
    BOOST_TEST(stream.close_code.value_or(0) == 1008);
}

BOOST_AUTO_TEST_CASE(a_new_material_version_closes_every_stream_of_the_group) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    follow(stream, cast);
    BOOST_REQUIRE(node.request("POST", cast.path + "/nda/versions", cast.moderator, {{"kind", "material"}, {"text", "Troisième."}, {"summary", "Bref."}}).status == 201);
    BOOST_TEST(stream.next_of("revoked", 1s).has_value());
}

BOOST_AUTO_TEST_CASE(signing_out_closes_the_socket) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    follow(stream, cast);
    BOOST_REQUIRE(node.request("DELETE", "/session", cast.member).status == 204);
    BOOST_TEST(!stream.next(1s).has_value());
    BOOST_TEST(stream.close_code.has_value());
}

BOOST_AUTO_TEST_CASE(signing_out_closes_a_socket_that_follows_nothing) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    stream.send({{"type", "dance"}});
    BOOST_REQUIRE(stream.next_of("error"));
    BOOST_REQUIRE(node.request("DELETE", "/session", cast.member).status == 204);
    BOOST_TEST(!stream.next(1s).has_value());
    BOOST_TEST(stream.close_code.has_value());
}

BOOST_AUTO_TEST_CASE(a_session_has_a_bounded_number_of_sockets) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    std::vector<std::unique_ptr<Stream>> streams;
    for (int i = 0; i < 21; ++i) streams.push_back(std::make_unique<Stream>(node, cast.member));
    BOOST_TEST(!streams.back()->next(1s).has_value());
    BOOST_TEST(streams.back()->close_code.has_value());
    BOOST_TEST(!streams.front()->next(50ms).has_value());
    BOOST_TEST(!streams.front()->close_code.has_value());
}

BOOST_AUTO_TEST_CASE(only_own_pages_with_a_session_may_open_it) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    BOOST_TEST(Stream(node, cast.member, "https://evil.example").status == 403);
    BOOST_TEST(Stream(node, cast.member, "").status == 403);
    BOOST_TEST(Stream(node, cast.anonymous).status == 401);
}

BOOST_AUTO_TEST_CASE(outsiders_are_refused_as_if_there_were_no_group) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    for (const Client* who : {&cast.outsider, &cast.revoked, &cast.invited}) {
        Stream stream(node, *who);
        stream.subscribe(cast.group, 0);
        const auto refusal = stream.next_of("error");
        BOOST_REQUIRE(refusal);
        BOOST_TEST(refusal->at("problem").at("status") == 404);
    }
    Stream stream(node, cast.newcomer);
    stream.subscribe(cast.group, 0);
    BOOST_TEST(stream.next_of("error")->at("problem").at("status") == 403);
}

BOOST_AUTO_TEST_CASE(whoever_does_not_read_is_told_to_catch_up_and_holds_nobody_up) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stalled(node, cast.observer), reader(node, cast.member);
    const auto head = head_of(cast);
    for (Stream* stream : {&stalled, &reader}) {
        stream->subscribe(cast.group, head);
        BOOST_REQUIRE(stream->next_of("subscribed"));
    }
    constexpr int count = 700;      // of 19 kB each: more than the outbox and the kernel's buffers hold
    const std::string text(19000, 'a');
    std::thread writer([&] {
        for (int i = 0; i < count; ++i) say(node, cast, cast.moderator, text);
    });
    for (int i = 1; i <= count; ++i) {
        const auto event = reader.next_of("event", 10s);
        BOOST_REQUIRE(event);
        BOOST_REQUIRE_EQUAL(event->at("seq").get<std::int64_t>(), head + i);
    }
    writer.join();
    std::int64_t last = head;
    for (auto message = stalled.next(20s);; message = stalled.next(20s)) {
        BOOST_REQUIRE(message);
        if (message->at("type") == "behind") break;
        if (message->at("type") == "event") BOOST_REQUIRE_EQUAL(message->at("seq").get<std::int64_t>(), ++last);
    }
    BOOST_TEST(last < head + count);
}

BOOST_AUTO_TEST_CASE(whoever_falls_behind_in_one_log_is_told_so_in_all_of_theirs) {
    Instance instance;
    Cast cast(instance);
    const std::string circle = cast.circle_of({&cast.observer, &cast.moderator}), inside = cast.thread_in(circle, cast.moderator);
    LiveNode node(instance);
    Stream stalled(node, cast.observer);
    stalled.subscribe(cast.group, head_of(cast));
    BOOST_REQUIRE(stalled.next_of("subscribed"));
    stalled.send({{"type", "subscribe"}, {"group", cast.group}, {"circle", circle}, {"after", 1000}});
    BOOST_REQUIRE(stalled.next_of("subscribed"));
    const std::string text(19000, 'a');
    for (int i = 0; i < 700; ++i) say(node, cast, cast.moderator, text);
    std::set<std::string> behind;
    while (const auto message = stalled.next(2s))
        if (message->at("type") == "behind") behind.insert(message->value("circle", message->at("group").get<std::string>()));
    BOOST_TEST((behind == std::set<std::string>{cast.group, circle}));
}

BOOST_AUTO_TEST_CASE(catching_up_brings_as_much_text_as_is_light_and_no_more) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const auto head = head_of(cast);
    for (int i = 0; i < 5; ++i) BOOST_REQUIRE(say(node, cast, cast.moderator, std::string(19000, 'a')).status == 201);
    Stream stream(node, cast.member);
    stream.subscribe(cast.group, head);
    int with_text = 0;
    for (int i = 0; i < 5; ++i) {
        const auto event = stream.next_of("event");
        BOOST_REQUIRE(event);
        with_text += event->at("data").contains("post");
    }
    BOOST_TEST(with_text == 3);
}

// As when a network swallows what comes: the connection is there, and silent.
BOOST_AUTO_TEST_CASE(a_node_that_hears_nothing_any_more_asks_for_itself) {
    Instance instance;
    Cast cast(instance);
    LiveNode here(instance);
    const auto pids = [&] {
        std::istringstream words(instance.sql("SELECT coalesce(string_agg(pid::text, ' '), '') FROM pg_stat_activity WHERE datname = current_database()"
                                              " AND application_name = 'margelle notifications'"));
        std::set<int> found;
        for (int pid; words >> pid;) found.insert(pid);
        return found;
    };
    const auto of_here = pids();
    LiveNode there(instance);
    Stream stream(there, cast.member);
    follow(stream, cast);
    std::vector<int> stopped;
    for (const int pid : pids())
        if (!of_here.contains(pid)) stopped.push_back(pid);
    BOOST_REQUIRE(!stopped.empty());
    for (const int pid : stopped) BOOST_REQUIRE(kill(pid, SIGSTOP) == 0);
    const auto ended = std::chrono::steady_clock::now();
    BOOST_TEST(here.request("DELETE", "/session", cast.member).status == 204);
    while (stream.next(8s)) {}
    BOOST_TEST(stream.close_code.value_or(0) == 1008);
    BOOST_TEST((std::chrono::steady_clock::now() - ended < 20s), "before all sessions are looked at anyway");
    for (const int pid : stopped) kill(pid, SIGCONT);
}

BOOST_AUTO_TEST_CASE(nonsense_is_answered_and_a_flood_is_cut) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    stream.send({{"type", "dance"}});
    BOOST_TEST(stream.next_of("error").has_value());
    for (int i = 0; i < 60; ++i) {
        try {
            stream.send({{"type", "dance"}});
        } catch (const std::exception&) {
            break;
        }
    }
    while (stream.next(1s)) {}
    BOOST_TEST(stream.close_code.has_value());
}

BOOST_AUTO_TEST_CASE(stopping_closes_streams_with_1001) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    Stream stream(node, cast.member);
    stream.subscribe(cast.group, 0);
    BOOST_REQUIRE(stream.next_of("subscribed"));
    std::thread stopper([&] { node.stop(); });
    while (stream.next(2s)) {}
    stopper.join();
    BOOST_REQUIRE(stream.close_code.has_value());
    BOOST_TEST(*stream.close_code == 1001);
}

BOOST_AUTO_TEST_CASE(a_long_poll_answers_as_soon_as_there_is_something) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const auto head = head_of(cast);
    std::thread writer([&] {
        std::this_thread::sleep_for(300ms);
        say(node, cast, cast.moderator, "enfin");
    });
    const auto begun = std::chrono::steady_clock::now();
    const Answer answer = node.request("GET", cast.path + "/events?after=" + std::to_string(head) + "&wait=10", cast.member);
    const auto took = std::chrono::steady_clock::now() - begun;
    writer.join();
    BOOST_TEST(answer.json()["items"].size() == 1u);
    BOOST_TEST((took > 250ms && took < 3s * slowness()));
}

BOOST_AUTO_TEST_CASE(a_long_poll_of_someone_removed_meanwhile_ends_in_404) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    std::thread remover([&] {
        std::this_thread::sleep_for(300ms);
        node.request("PATCH", cast.path + "/members/" + cast.member.member, cast.moderator, {{"state", "removed"}});
    });
    const Answer answer = node.request("GET", cast.path + "/events?after=" + std::to_string(head_of(cast)) + "&wait=10", cast.member);
    remover.join();
    BOOST_TEST(answer.status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
