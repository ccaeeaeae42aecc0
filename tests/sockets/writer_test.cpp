// Posts through a whole node, where they are written many at once.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <set>

#include "persistence/sql.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "tests/sockets/live_node.hpp"
#include "tests/support/gathering.hpp"

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
    const std::string nowhere = "/groups/nowhere/threads/" + cast.thread + "/posts";
    BOOST_TEST(node.request("POST", nowhere, cast.member, {{"body", "Au nord."}}).status == cast.member.post(nowhere, {{"body", "Au nord."}}).status);
}

BOOST_AUTO_TEST_CASE(a_discussion_that_somebody_holds_keeps_no_other_waiting) {
    Instance instance;
    Cast cast(instance);
    const std::string other = cast.member.post(cast.path + "/threads", {{"title", "Autre"}, {"body", "Ailleurs."}}).json()["id"];
    LiveNode node(instance);
    const auto say = [&](const std::string& thread, const Client& who) {
        return node.request("POST", cast.path + "/threads/" + thread + "/posts", who, {{"body", "Au nord."}}).status;
    };
    persistence::Connection connection(instance.database.app_url());
    persistence::Transaction holder(connection, persistence::Access::write);
    holder.enter(sha256(cast.moderator.cookie.substr(cast.moderator.cookie.find('=') + 1)), cast.group);
    persistence::run(holder, "SELECT FROM margelle.threads WHERE group_id = $1 AND thread_id = $2 FOR UPDATE", cast.group, cast.thread);
    std::atomic<int> held = 0;
    std::thread waiting([&] { held = say(cast.thread, cast.member); });
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 5; ++i) BOOST_TEST(say(other, cast.moderator) == 201);
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(1) * slowness()));
    BOOST_TEST(held == 0);
    holder.commit();
    waiting.join();
    BOOST_TEST(held == 201);
}

BOOST_AUTO_TEST_CASE(what_waits_is_bounded_and_everything_that_was_taken_is_answered_once) {
    Instance instance;
    Cast cast(instance);
    Request request;
    request.verb = Verb::post;
    request.inputs.headers = {{"origin", instance.config.public_url}, {"content-type", "application/json"}};
    read_target("/api/v1" + cast.path + "/threads/" + cast.thread + "/posts", request);
    request.body = R"({"body":"Au nord."})";
    const auto prepared = instance.app.prepare(request);
    const persistence::posts::New post{sha256("nobody's"), cast.group, cast.thread, new_id(), std::string(1024 * 1024, 'x'), "", std::nullopt, {}};
    int taken = 0;
    std::atomic<int> answered = 0;
    {
        Gathering gathering(instance);
        for (int i = 0; i < 200; ++i) taken += gathering.writer().submit({prepared, post, [&](Response) { ++answered; }});
        BOOST_TEST(taken < 200);
    }
    BOOST_TEST(answered == taken);
}

BOOST_AUTO_TEST_CASE(connections_that_died_while_idle_cost_nobody_their_post) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    const auto say = [&](const Client& who) { return node.request("POST", posts, who, {{"body", "Au nord."}}).status; };
    for (int i = 0; i < 2; ++i) BOOST_REQUIRE(say(cast.member) == 201);
    instance.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'margelle_app' AND application_name <> 'margelle notifications'");
    for (int i = 0; i < 2; ++i)
        for (const Client* who : {&cast.member, &cast.moderator}) BOOST_TEST(say(*who) == 201);
}

BOOST_AUTO_TEST_SUITE_END()
