// Bots at a node that listens: the long poll, and what ends it.
#include <boost/test/unit_test.hpp>

#include <future>

#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;
using namespace std::chrono_literals;

namespace {

struct World {
    Instance instance;
    Cast cast{instance};
    LiveNode node{instance};

    std::string head() { return instance.sql("SELECT last_seq FROM margelle.feed_heads WHERE feed_id = '" + cast.group + "'"); }
    // Waits for what comes next in the log, and is waiting when this returns, as far as can be told from outside.
    std::future<Answer> wait(const Client& bot) {
        auto answer = std::async(std::launch::async, [this, &bot, after = head()] { return node.request("GET", cast.path + "/events?wait=30&after=" + after, bot); });
        std::this_thread::sleep_for(300ms * slowness());
        return answer;
    }
    template <class Change>
    Answer after(const Client& bot, Change&& change) {
        auto answer = wait(bot);
        BOOST_TEST((answer.wait_for(0s) == std::future_status::timeout));
        change();
        const auto changed = std::chrono::steady_clock::now();
        const Answer got = answer.get();
        BOOST_TEST((std::chrono::steady_clock::now() - changed < 1s * slowness()));
        return got;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bots)

BOOST_AUTO_TEST_CASE(a_bot_that_waits_is_told_when_something_happens) {
    World w;
    const Client bot = w.cast.bot({"events:read"});
    const Answer told = w.after(bot, [&] { BOOST_TEST(w.node.request("POST", w.cast.path + "/threads/" + w.cast.thread + "/posts", w.cast.member, {{"body", "Au nord."}}).status == 201); });
    BOOST_TEST(told.status == 200);
    BOOST_TEST(told.items()[0]["kind"] == "post.created");
    BOOST_TEST(told.body.find("nord") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bot_that_waits_is_turned_away_when_its_key_or_its_owners_access_ends) {
    World w;
    Client &moderator = w.cast.moderator, &member = w.cast.member;
    const auto told = [&](const Client& bot, const std::string& method, const std::string& path, const Json& body = nullptr) {
        return w.after(bot, [&] { BOOST_TEST(w.node.request(method, w.cast.path + path, moderator, body).status < 300); }).problem();
    };
    const Client first = w.cast.bot({"events:read"});
    const std::string key = moderator.get(w.cast.path + "/bots/" + first.member).json()["keys"][0]["id"];
    BOOST_TEST(told(first, "DELETE", "/bots/" + first.member + "/keys/" + key) == "unauthenticated");
    const Client second = w.cast.bot({"events:read"});
    BOOST_TEST(told(second, "DELETE", "/bots/" + second.member) == "unauthenticated");
    const Client third = w.cast.bot({"events:read"}, &member);
    BOOST_TEST(told(third, "PUT", "/suspension", {{"suspended", true}, {"reason", "Fuite"}}) == "read-only");
    w.node.request("PUT", w.cast.path + "/suspension", moderator, {{"suspended", false}, {"reason", "Fin"}});
    BOOST_TEST(told(third, "PATCH", "/members/" + member.member, {{"state", "removed"}}) == "not-found");
}

BOOST_AUTO_TEST_CASE(a_bot_posts_among_people_who_post) {
    World w;
    const Client bot = w.cast.bot({"threads:write"});
    const std::string posts = w.cast.path + "/threads/" + w.cast.thread + "/posts";
    const Headers key{{"idempotency-key", "nuit"}};
    for (const Client* who : {&std::as_const(w.cast.member), &bot, &std::as_const(w.cast.moderator)}) BOOST_TEST(w.node.request("POST", posts, *who, {{"body", "Bonjour"}}).status == 201);
    const Answer first = w.node.request("POST", posts, bot, {{"body", "Une fois"}}, key), again = w.node.request("POST", posts, bot, {{"body", "Une fois"}}, key);
    BOOST_TEST(first.json()["author"]["bot"] == true);
    BOOST_TEST(again.json()["id"] == first.json()["id"]);
    BOOST_TEST(w.node.request("GET", posts, bot, nullptr, {{"if-none-match", w.cast.member.get(posts).etag()}}).problem() == "out-of-scope");
}

BOOST_AUTO_TEST_CASE(a_key_opens_no_stream_and_none_comes_with_a_session) {
    World w;
    Client bot = w.cast.bot();
    BOOST_TEST(Stream(w.node, bot).status == 403);
    bot.cookie = w.cast.moderator.cookie;
    BOOST_TEST(Stream(w.node, bot).status == 403);
    const Answer both = w.node.request("GET", w.cast.path + "/datasets", w.cast.member, nullptr, {{"authorization", "Bearer " + bot.key}});
    BOOST_TEST(both.problem() == "two-credentials");
}

BOOST_AUTO_TEST_SUITE_END()
