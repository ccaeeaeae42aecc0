// A circle's log over real sockets, and access withdrawn on two nodes.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;
using namespace std::chrono_literals;

namespace {

// The member and the observer are in the circle; the moderator who made it stays outside.
struct Circle : Cast {
    explicit Circle(Instance& instance) : Cast(instance), circle(circle_of({&member, &observer})), hidden(thread_in(circle, member)) {}
    void follow(Stream& stream, const std::string& which) { stream.send({{"type", "subscribe"}, {"group", group}, {"circle", which}, {"after", head()}}); }
    std::int64_t head() { return member.get(path + "/circles/" + circle).json()["head"]; }
    Answer say(LiveNode& node, const Client& who, const std::string& text) { return node.request("POST", path + "/threads/" + hidden + "/posts", who, {{"body", text}}); }
    std::string circle, hidden;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(circle_stream)

BOOST_AUTO_TEST_CASE(a_post_in_a_circle_arrives_there_and_nowhere_else) {
    Instance instance;
    Circle c(instance);
    LiveNode node(instance);
    Stream within(node, c.observer), beside(node, c.observer), outside(node, c.moderator);
    c.follow(within, c.circle);
    const auto subscribed = within.next_of("subscribed");
    BOOST_REQUIRE(subscribed);
    BOOST_TEST(subscribed->at("circle") == c.circle);
    for (Stream* stream : {&beside, &outside}) {
        stream->subscribe(c.group, c.member.get(c.path).json()["head"]);
        BOOST_REQUIRE(stream->next_of("subscribed"));
    }
    BOOST_REQUIRE(c.say(node, c.member, "Trop cher").status == 201);
    const auto event = within.next_of("event");
    BOOST_REQUIRE(event);
    BOOST_TEST(event->at("circle") == c.circle);
    BOOST_TEST(event->at("data").at("post").at("body_html") == "<p>Trop cher</p>\n");
    BOOST_TEST(!beside.next(200ms).has_value());
    BOOST_TEST(!outside.next(200ms).has_value());
}

BOOST_AUTO_TEST_CASE(outside_of_a_circle_it_looks_as_if_there_were_none) {
    Instance instance;
    Circle c(instance);
    LiveNode node(instance);
    const std::string other = c.circle_of({&c.observer}, "Technique");
    const auto refusal = [&](const Client& who, const std::string& circle) {
        Stream stream(node, who);
        c.follow(stream, circle);
        auto answer = stream.next_of("error");
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->at("problem").at("status") == 404);
        BOOST_TEST(answer->at("circle") == circle);
        answer->erase("circle");
        return *answer;
    };
    BOOST_TEST(refusal(c.moderator, c.circle) == refusal(c.moderator, new_id()));
    BOOST_TEST(refusal(c.member, other) == refusal(c.member, new_id()));
}

BOOST_AUTO_TEST_CASE(whoever_is_removed_from_a_circle_gets_nothing_more_of_it) {
    Instance instance;
    Circle c(instance);
    LiveNode node(instance), there(instance);
    Stream here_removed(node, c.observer), there_removed(there, c.observer), stays(node, c.member), group(node, c.observer);
    for (Stream* stream : {&here_removed, &there_removed, &stays}) {
        c.follow(*stream, c.circle);
        BOOST_REQUIRE(stream->next_of("subscribed"));
    }
    group.subscribe(c.group, c.member.get(c.path).json()["head"]);
    BOOST_REQUIRE(group.next_of("subscribed"));
    BOOST_REQUIRE(node.request("DELETE", c.path + "/circles/" + c.circle + "/members/" + c.observer.member, c.moderator).status == 204);
    for (int i = 0; i < 20; ++i) BOOST_REQUIRE(c.say(node, c.member, "secret " + std::to_string(i)).status == 201);
    for (Stream* stream : {&here_removed, &there_removed}) {
        bool revoked = false;
        while (const auto message = stream->next(revoked ? 50ms : 1000ms)) {
            BOOST_TEST(message->dump().find("secret") == std::string::npos);
            if (message->at("type") == "revoked") {
                revoked = true;
                BOOST_TEST(message->at("circle") == c.circle);
            }
        }
        BOOST_TEST(revoked);
    }
    for (int i = 0; i < 21; ++i) BOOST_REQUIRE(stays.next_of("event"));
    BOOST_TEST(!group.next(100ms).has_value());
    BOOST_TEST(node.request("POST", c.path + "/threads/" + c.thread + "/posts", c.moderator, {{"body", "à tous"}}).status == 201);
    BOOST_TEST(group.next_of("event").has_value());
}

BOOST_AUTO_TEST_CASE(a_relabelled_thread_is_withdrawn_from_one_stream_and_arrives_in_the_other) {
    Instance instance;
    Circle c(instance);
    LiveNode node(instance);
    const std::string own = c.circle_of({&c.moderator, &c.observer}, "Technique");
    Stream group(node, c.member), circle(node, c.observer);
    group.subscribe(c.group, c.member.get(c.path).json()["head"]);
    circle.send({{"type", "subscribe"}, {"group", c.group}, {"circle", own}, {"after", 3}});
    for (Stream* stream : {&group, &circle}) BOOST_REQUIRE(stream->next_of("subscribed"));
    BOOST_REQUIRE(node.request("PUT", c.path + "/threads/" + c.thread + "/label", c.moderator, {{"circle", own}, {"reason", "Technique"}}).status == 200);
    const auto left = group.next_of("event"), came = circle.next_of("event");
    BOOST_REQUIRE((left && came));
    BOOST_TEST(left->at("kind") == "thread.withdrawn");
    BOOST_TEST(came->at("kind") == "thread.arrived");
    BOOST_REQUIRE(node.request("POST", c.path + "/threads/" + c.thread + "/posts", c.moderator, {{"body", "entre nous"}}).status == 201);
    BOOST_TEST(circle.next_of("event").has_value());
    BOOST_TEST(!group.next(200ms).has_value());
}

BOOST_AUTO_TEST_CASE(a_long_poll_waits_for_a_circles_log) {
    Instance instance;
    Circle c(instance);
    LiveNode node(instance);
    const auto head = c.head();
    std::thread writer([&] {
        std::this_thread::sleep_for(300ms);
        c.say(node, c.member, "enfin");
    });
    const auto begun = std::chrono::steady_clock::now();
    const Answer answer = node.request("GET", c.path + "/events?circle=" + c.circle + "&after=" + std::to_string(head) + "&wait=10", c.observer);
    const auto took = std::chrono::steady_clock::now() - begun;
    writer.join();
    BOOST_TEST(answer.json()["items"].size() == 1u);
    BOOST_TEST((took > 250ms && took < 3s * slowness()));
}

BOOST_AUTO_TEST_CASE(several_removals_end_streams_and_reading_on_every_node_within_a_second) {
    Instance instance;
    Circle c(instance);
    LiveNode here(instance), there(instance);
    std::vector<std::unique_ptr<Stream>> streams;
    for (LiveNode* node : {&here, &there})
        for (const Client* who : {&c.member, &c.observer}) {
            streams.push_back(std::make_unique<Stream>(*node, *who));
            streams.back()->subscribe(c.group, c.member.get(c.path).json()["head"]);
            BOOST_REQUIRE(streams.back()->next_of("subscribed"));
            streams.push_back(std::make_unique<Stream>(*node, *who));
            c.follow(*streams.back(), c.circle);
            BOOST_REQUIRE(streams.back()->next_of("subscribed"));
        }
    const Json whom = {{"members", {c.member.member, c.observer.member}}, {"reason", "La convention a pris fin"}};
    BOOST_REQUIRE(here.request("POST", c.path + "/removals", c.moderator, whom).status == 200);
    for (LiveNode* node : {&here, &there})
        for (const Client* who : {&c.member, &c.observer})
            for (const std::string& path : {std::string("/threads"), "/threads/" + c.hidden}) BOOST_TEST(node->request("GET", c.path + path, *who).status == 404);
    BOOST_REQUIRE(there.request("POST", c.path + "/threads/" + c.thread + "/posts", c.moderator, {{"body", "secret"}}).status == 201);
    for (auto& stream : streams) {
        bool revoked = false;
        while (const auto message = stream->next(revoked ? 50ms : 1000ms)) {
            BOOST_TEST(message->dump().find("secret") == std::string::npos);
            if (message->at("type") == "revoked") revoked = true;
        }
        BOOST_TEST(revoked);
    }
}

BOOST_AUTO_TEST_SUITE_END()
