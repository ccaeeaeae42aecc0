// The marker hunt on the live stream: each outsider asks for the group's log and the circle's, from the beginning, while
// members write marks into both.
#include <boost/test/unit_test.hpp>

#include "tests/sockets/live_node.hpp"
#include "tests/support/marks.hpp"

using namespace margelle;
using namespace margelle::tests;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(marker_hunt)

BOOST_AUTO_TEST_CASE(no_frame_shows_an_outsider_what_a_group_or_a_circle_holds) {
    MarkedWorld world;
    LiveNode node(world.instance);
    Channel frames("frames of the stream");
    std::vector<std::pair<const Hunter*, std::unique_ptr<Stream>>> streams;
    for (const Hunter& hunter : hunters()) {
        auto stream = std::make_unique<Stream>(node, world.cast.*hunter.client);
        if (stream->status != 101) continue;        // not signed in: no stream at all
        stream->subscribe(world.cast.group, 0);
        stream->send({{"type", "subscribe"}, {"group", world.cast.group}, {"circle", world.circle}, {"after", 0}});
        streams.emplace_back(&hunter, std::move(stream));
    }
    BOOST_TEST(streams.size() == hunters().size() - 1);
    Stream within(node, world.cast.observer);
    within.send({{"type", "subscribe"}, {"group", world.cast.group}, {"circle", world.circle}, {"after", 0}});
    for (const auto& [thread, mark] : {std::pair(world.cast.thread, in_content), std::pair(world.circle_thread, in_circle)})
        BOOST_REQUIRE(node.request("POST", world.cast.path + "/threads/" + thread + "/posts", world.cast.member, {{"body", mark + " en direct"}}).status == 201);

    std::string seen;
    while (seen.find(in_circle + " en direct") == std::string::npos) {
        const auto message = within.next();
        BOOST_REQUIRE_MESSAGE(message, "the mark does not even reach a member of the circle: the hunt would prove nothing");
        seen += message->dump();
    }
    for (auto& [hunter, stream] : streams)
        while (const auto message = stream->next(200ms)) frames.search(hunter->name, message->dump(), hunter->forbidden);
    BOOST_TEST(frames.searched() >= 2 * static_cast<int>(streams.size()));
}

BOOST_AUTO_TEST_SUITE_END()
