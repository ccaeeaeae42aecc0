// The WebSocket's messages, both ways, against protocol/asyncapi.yaml.
#include <boost/test/unit_test.hpp>

#include "protocol/problem.hpp"
#include "server/live/commands.hpp"
#include "server/live/frames.hpp"
#include "tests/support/messages.hpp"

using namespace margelle;
using margelle::tests::Messages;
using Json = nlohmann::json;

namespace {

// What a frame of the server holds, below 64 KiB (RFC 6455 §5.2).
std::string text_of(const Frame& frame) { return frame->substr((*frame)[1] == 126 ? 4 : 2); }

const std::string group = "01890000-0000-7000-8000-000000000001", circle = "01890000-0000-7000-8000-000000000002";

}  // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(every_message_that_the_server_sends_is_as_described) {
    const Messages described;
    const persistence::live::Event event{7, R"("seq":7,"kind":"post.deleted","at":"2026-01-31T12:00:00Z","actor":null,"data":{})"};
    const std::string problem = problem_json(Error(Code::not_found), Language::french, "");
    std::set<std::string> sent;
    for (const Feed& feed : {Feed{group, group}, Feed{group, circle}})
        for (const Frame& frame : {frames::subscribed(feed, 7), frames::event(feed, event), frames::behind(feed, 7), frames::revoked(feed),
                                   frames::error(problem, feed), frames::error(problem, {})}) {
            const Json message = Json::parse(text_of(frame));
            BOOST_TEST(!described.find_fault(message), text_of(frame) << ": " << described.find_fault(message).value_or(""));
            sent.insert(message.at("type").get<std::string>());
        }
    BOOST_TEST((sent == described.from_server));
}

BOOST_AUTO_TEST_CASE(what_is_described_is_understood_and_nothing_else) {
    const Messages described;
    const Json subscribe = {{"type", "subscribe"}, {"group", group}, {"after", 41}}, unsubscribe = {{"type", "unsubscribe"}, {"group", group}};
    const auto with = [](Json message, const char* member, const Json& value) {
        message[member] = value;
        return message;
    };
    const auto without = [](Json message, const char* member) {
        message.erase(member);
        return message;
    };
    for (const Json& command : {subscribe, unsubscribe, with(subscribe, "circle", circle), with(unsubscribe, "circle", circle), with(subscribe, "after", 0),
                                with(subscribe, "after", 9000000000000000)}) {
        BOOST_TEST(!described.find_fault(command), command.dump());
        BOOST_TEST(read_command(command.dump()).has_value(), command.dump());
    }
    for (const Json& odd : {Json(), Json::array(), Json::object(), Json("subscribe"), with(subscribe, "type", "dance"), without(subscribe, "group"), without(subscribe, "after"),
                            without(unsubscribe, "group"), with(subscribe, "group", "elsewhere"), with(subscribe, "circle", "elsewhere"), with(subscribe, "circle", nullptr),
                            with(subscribe, "after", -1), with(subscribe, "after", 9000000000000001), with(subscribe, "after", 1.5), with(subscribe, "after", "41"),
                            with(subscribe, "before", 50), with(unsubscribe, "after", 41)}) {
        BOOST_TEST(described.find_fault(odd).has_value(), odd.dump());
        BOOST_TEST(!read_command(odd.dump()).has_value(), odd.dump());
    }
}

BOOST_AUTO_TEST_SUITE_END()
