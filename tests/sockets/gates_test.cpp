// What a node gathers from many requests (posts, pages that are known already) is answered by a gate of its own: here each caller of the
// access matrix gets from it what a request alone gets, which enters the group.
#include <boost/test/unit_test.hpp>

#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const std::map<std::string, Client Cast::*> callers{
    {"anonymous", &Cast::anonymous}, {"outsider", &Cast::outsider}, {"invited", &Cast::invited}, {"requester", &Cast::requester}, {"newcomer", &Cast::newcomer},
    {"outdated", &Cast::outdated}, {"observer", &Cast::observer}, {"member", &Cast::member}, {"moderator", &Cast::moderator}, {"revoked", &Cast::revoked}};

// A member's own tag, and that of somebody who may read: neither lets anybody in, nor tells them anything.
void check_page(LiveNode& node, Client& who, const std::string& path, const std::vector<std::string>& tags, const std::string& name) {
    for (const std::string& tag : tags) {
        const Headers headers{{"if-none-match", tag}};
        const Answer alone = who.get(path, headers), gathered = node.request("GET", path, who, nullptr, headers);
        BOOST_TEST(gathered.status == alone.status, name << ", " << path << ": " << gathered.status << " instead of " << alone.status);
        BOOST_TEST(gathered.etag() == alone.etag());
        if (alone.status < 400) BOOST_TEST(gathered.body == alone.body);
    }
}

void check_post(LiveNode& node, Client& who, const std::string& path, const std::string& name) {
    const Json body{{"body", "Au nord."}};
    const Answer alone = who.post(path, body), gathered = node.request("POST", path, who, body);
    BOOST_TEST(gathered.status == alone.status, name << ", " << path << ": " << gathered.status << " instead of " << alone.status);
    BOOST_TEST(gathered.problem() == alone.problem());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gates)

BOOST_AUTO_TEST_CASE(everybody_gets_from_a_batch_what_they_would_get_alone) {
    for (const std::string listing : {"hidden", "listed"}) {
        Instance instance;
        Cast cast(instance, "nda", listing);
        const std::string circle = cast.circle_of({&cast.member, &cast.observer}), inside = cast.thread_in(circle, cast.member);
        const std::string elsewhere = "/groups/" + cast.outsider.get("/groups").items()[0]["id"].get<std::string>();
        const std::string known = cast.path + "/threads/" + cast.thread + "/posts", hidden = cast.path + "/threads/" + inside + "/posts";
        LiveNode node(instance);
        const auto check = [&] {
            for (const auto& [name, client] : callers) {
                Client& who = cast.*client;
                for (const std::string& path : {known, hidden, elsewhere + "/threads/" + cast.thread + "/posts"}) {
                    check_page(node, who, path, {who.get(path).etag(), cast.member.get(path).etag(), "\"p\""}, name);
                    check_post(node, who, path, name);
                }
            }
        };
        check();
        BOOST_REQUIRE(cast.moderator.put(cast.path + "/suspension", {{"suspended", true}, {"reason", "Relecture."}}).status < 300);
        check();
    }
}

BOOST_AUTO_TEST_CASE(a_page_is_known_until_something_changes_and_whoever_lost_their_access_learns_nothing) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const std::string path = cast.path + "/threads/" + cast.thread + "/posts";
    const auto again = [&](const std::string& tag) { return node.request("GET", path, cast.member, nullptr, {{"if-none-match", tag}}); };
    std::string tag = node.request("GET", path, cast.member).etag();
    const Answer same = again(tag);
    BOOST_TEST(same.status == 304);
    BOOST_TEST(same.body == "");
    BOOST_TEST(same.etag() == tag);
    BOOST_TEST(node.request("GET", path + "?limit=1", cast.member, nullptr, {{"if-none-match", tag}}).status == 200);
    BOOST_TEST(cast.moderator.post(path, {{"body", "Au nord."}}).status == 201);
    const Answer changed = again(tag);
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.items().size() == 2u);
    tag = changed.etag();
    BOOST_TEST(again(tag).status == 304);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(again(tag).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
