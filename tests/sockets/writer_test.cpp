// Posts through a whole node, where they are written many at once.
#include <boost/test/unit_test.hpp>

#include <set>

#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;

BOOST_AUTO_TEST_SUITE(writer)

BOOST_AUTO_TEST_CASE(everybody_who_posts_at_once_gets_an_answer_of_their_own) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    struct Sender {
        const Client* who;
        int expected;
        std::vector<Answer> answers = {};
    };
    std::vector<Sender> senders;
    for (int i = 0; i < 3; ++i)
        for (const auto& [who, expected] : {std::pair{&cast.member, 201}, {&cast.moderator, 201}, {&cast.observer, 403}, {&cast.newcomer, 403}, {&cast.outsider, 404}, {&cast.anonymous, 401}})
            senders.push_back({who, expected});
    std::vector<std::thread> threads;
    for (Sender& sender : senders)
        threads.emplace_back([&] {
            for (int i = 0; i < 10; ++i) sender.answers.push_back(node.request("POST", posts, *sender.who, {{"body", "Au nord."}}));
        });
    for (std::thread& thread : threads) thread.join();
    std::set<int> numbers;
    for (const Sender& sender : senders)
        for (const Answer& answer : sender.answers) {
            BOOST_TEST(answer.status == sender.expected);
            if (answer.status == 201) numbers.insert(answer.json()["number"].get<int>());
        }
    BOOST_TEST(numbers.size() == 60u);
    BOOST_TEST(cast.member.get(cast.path + "/threads/" + cast.thread).json()["post_count"] == *numbers.rbegin());
    BOOST_TEST(*numbers.rbegin() - *numbers.begin() == 59);
}

BOOST_AUTO_TEST_SUITE_END()
