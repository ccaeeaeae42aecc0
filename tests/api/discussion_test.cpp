// Threads and posts: replies, edits and their history, tombstones, mentions, reactions, what is unread.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Discussion : Cast {
    explicit Discussion(Instance& instance) : Cast(instance, "light"), thread_path(path + "/threads/" + thread), posts_path(thread_path + "/posts") {}
    Answer say(Client& who, const std::string& body, const Json& reply_to = nullptr) {
        Json message = {{"body", body}};
        if (!reply_to.is_null()) message["reply_to"] = reply_to;
        return who.post(posts_path, message);
    }
    Answer change_thread(Client& who, const Json& change) { return who.patch(thread_path, change, {{"if-match", moderator.get(thread_path).etag()}}); }
    Answer edit(Client& who, const std::string& id, const std::string& body) { return who.patch(path + "/posts/" + id, {{"body", body}}, {{"if-match", who.get(path + "/posts/" + id).etag()}}); }
    std::string mention(const Client& who) const { return "[@" + who.email + "](mention:" + who.member + ")"; }
    std::string thread_path, posts_path;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(discussion)

BOOST_AUTO_TEST_CASE(a_thread_begins_with_its_first_post) {
    Instance instance;
    Discussion d(instance);
    const Answer started = d.moderator.post(d.path + "/threads", {{"title", "Réseau"}, {"body", "**Quel** tracé ?"}});
    BOOST_TEST(started.status == 201);
    BOOST_TEST(started.json()["post_count"] == 1);
    BOOST_TEST(started.json()["label"] == "group");
    const Json posts = d.member.get(d.path + "/threads/" + started.json()["id"].get<std::string>() + "/posts").json();
    BOOST_TEST(posts["items"][0]["body_html"] == "<p><strong>Quel</strong> tracé ?</p>\n");
    BOOST_TEST(posts["items"][0]["number"] == 1);
}

BOOST_AUTO_TEST_CASE(a_post_does_not_become_far_larger_than_it_was_written) {
    Instance instance;
    Cast cast(instance);
    std::string bomb;
    for (const char* line : {"|a", "|-"}) {
        for (int i = 0; i < 2'000; ++i) bomb += line;
        bomb += '\n';
    }
    for (int i = 0; i < 4'000; ++i) bomb += "|\n";
    const Answer posted = cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", bomb}});
    BOOST_TEST(posted.status == 201);
    BOOST_TEST(posted.body.size() < 100'000u);
    BOOST_TEST(cast.member.post("/markdown-previews", {{"text", bomb}}).body.size() < 100'000u);
}

BOOST_AUTO_TEST_CASE(a_post_is_edited_by_its_author_alone) {
    Instance instance;
    Discussion d(instance);
    BOOST_TEST(d.edit(d.moderator, d.post, "Autre").status == 403);
    BOOST_TEST(d.edit(d.moderator, d.post, "Autre").problem() == "author-only");
    const std::string by_moderator = d.say(d.moderator, "Au nord.").json()["id"];
    BOOST_TEST(d.edit(d.member, by_moderator, "Autre").problem() == "author-only");
    BOOST_TEST(d.edit(d.outsider, d.post, "Autre").status == 404);
    BOOST_TEST(d.edit(d.member, d.post, "Autre").status == 200);
}

BOOST_AUTO_TEST_CASE(a_reply_says_to_what) {
    Instance instance;
    Discussion d(instance);
    const Json reply = d.say(d.moderator, "Au nord.", d.post).json();
    BOOST_TEST(reply["in_reply_to"]["id"] == d.post);
    BOOST_TEST(reply["in_reply_to"]["number"] == 1);
    const Json nested = d.say(d.member, "Pourquoi ?", reply["id"]).json();
    BOOST_TEST(nested["in_reply_to"]["author_name"] == "Mona Moderator");
    BOOST_TEST(nested["number"] == 3);
}

BOOST_AUTO_TEST_CASE(a_reply_to_another_discussion_is_refused) {
    Instance instance;
    Discussion d(instance);
    const std::string other = d.member.post(d.path + "/threads", {{"title", "Autre"}, {"body", "Autre"}}).json()["id"];
    const std::string foreign = d.member.get(d.path + "/threads/" + other + "/posts").json()["items"][0]["id"];
    for (const std::string& id : {foreign, new_id()}) {
        const Answer refused = d.say(d.member, "Ici ?", id);
        BOOST_TEST(refused.status == 422);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/reply_to");
    }
    BOOST_TEST(d.member.get(d.thread_path).json()["post_count"] == 1);
}

BOOST_AUTO_TEST_CASE(an_edit_keeps_what_was_said_before) {
    Instance instance;
    Discussion d(instance);
    const Answer edited = d.edit(d.member, d.post, "Où mettre le *grand* silo ?");
    BOOST_TEST(edited.status == 200);
    BOOST_TEST(edited.json()["body_html"] == "<p>Où mettre le <em>grand</em> silo ?</p>\n");
    BOOST_TEST(!edited.json()["edited_at"].is_null());
    d.edit(d.member, d.post, "Troisième fois.");
    const Json revisions = d.observer.get(d.path + "/posts/" + d.post + "/revisions").json()["items"];
    BOOST_REQUIRE(revisions.size() == 2u);
    BOOST_TEST(revisions[0]["body"] == "Où mettre le *grand* silo ?");
    BOOST_TEST(revisions[1]["body"] == "Où mettre le silo ?");
}

BOOST_AUTO_TEST_CASE(an_answer_ends_where_long_messages_fill_it_and_says_how_to_go_on) {
    Instance instance;
    Discussion d(instance);
    std::string long_text;
    while (long_text.size() < 19'990) long_text += "[](b) ";       // as HTML seven times as long
    for (int i = 0; i < 12; ++i) {
        d.say(d.member, long_text);
        d.edit(d.member, d.post, long_text + std::to_string(i));
    }
    const auto read_all = [&](const std::string& path) {
        std::vector<std::string> seen;
        std::string cursor;
        int pages = 0;
        for (;; ++pages) {
            const Answer page = d.observer.get(path + cursor);
            BOOST_TEST(page.body.size() < 2'000'000u);
            const Json json = page.json();
            for (const Json& item : json["items"]) seen.push_back(item.contains("number") ? item["number"].dump() : item["revision"].dump());
            if (json["next_cursor"].is_null()) break;
            cursor = "&cursor=" + json["next_cursor"].get<std::string>();
        }
        BOOST_TEST(pages > 0);
        return seen;
    };
    const auto posts = read_all(d.posts_path + "?limit=100");
    BOOST_TEST(posts.size() == 13u);
    BOOST_TEST(posts.back() == "13");
    const auto revisions = read_all(d.path + "/posts/" + d.post + "/revisions?limit=100");
    BOOST_TEST(revisions.size() == 12u);
    BOOST_TEST(revisions.front() == "12");
    BOOST_TEST(revisions.back() == "1");
    BOOST_TEST(d.observer.get(d.path + "/posts/" + d.post + "/revisions?limit=5").items().size() == 5u);
    BOOST_TEST(d.observer.get(d.path + "/posts/" + d.post + "/revisions?cursor=x").status == 422);
}

BOOST_AUTO_TEST_CASE(a_stale_edit_gets_412_and_one_without_its_etag_428) {
    Instance instance;
    Discussion d(instance);
    const std::string etag = d.member.get(d.path + "/posts/" + d.post).etag(), post = d.path + "/posts/" + d.post;
    BOOST_REQUIRE(d.member.patch(post, {{"body", "a"}}, {{"if-match", etag}}).status == 200);
    BOOST_TEST(d.member.patch(post, {{"body", "b"}}, {{"if-match", etag}}).status == 412);
    BOOST_TEST(d.member.patch(post, {{"body", "b"}}).status == 428);
    BOOST_TEST(d.member.get(post).json()["body"] == "a");
}

BOOST_AUTO_TEST_CASE(a_deleted_post_leaves_a_tombstone_without_text_or_history) {
    Instance instance;
    Discussion d(instance);
    d.edit(d.member, d.post, "Autrement dit.");
    BOOST_TEST(d.member.remove(d.path + "/posts/" + d.post).status == 204);
    const Json tombstone = d.observer.get(d.posts_path).json()["items"][0];
    BOOST_TEST(tombstone["deleted"] == true);
    BOOST_TEST(tombstone["body_html"] == "");
    BOOST_TEST(d.observer.get(d.path + "/posts/" + d.post).json()["body"] == "");
    BOOST_TEST(d.observer.get(d.path + "/posts/" + d.post + "/revisions").json()["items"].empty());
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.post_revisions") == "0");
    BOOST_TEST(instance.sql("SELECT body || body_html FROM margelle.posts WHERE post_id = '" + d.post + "'") == "");
    BOOST_TEST(d.member.patch(d.path + "/posts/" + d.post, {{"body", "a"}}, {{"if-match", "\"r3\""}}).problem() == "conflict");
    BOOST_TEST(d.member.put(d.path + "/posts/" + d.post + "/reactions/agree").problem() == "conflict");
    BOOST_TEST(d.member.remove(d.path + "/posts/" + d.post).status == 204);
}

BOOST_AUTO_TEST_CASE(answers_to_a_deleted_post_stay) {
    Instance instance;
    Discussion d(instance);
    const std::string reply = d.say(d.moderator, "Au nord.", d.post).json()["id"];
    d.member.remove(d.path + "/posts/" + d.post);
    BOOST_TEST(d.observer.get(d.path + "/posts/" + reply).json()["in_reply_to"]["id"] == d.post);
}

BOOST_AUTO_TEST_CASE(mentions_and_answers_are_counted_until_they_are_read) {
    Instance instance;
    Discussion d(instance);
    d.say(d.moderator, "Au nord.", d.post);
    d.say(d.moderator, "Qu’en dit " + d.mention(d.member) + " ?");
    d.say(d.moderator, "Et " + d.mention(d.moderator) + " ? " + d.mention(d.outsider));
    const auto news = [&](Client& who) { return who.get(d.path).json()["news"]; };
    BOOST_TEST(news(d.member)["replies"] == 1);
    BOOST_TEST(news(d.member)["mentions"] == 1);
    BOOST_TEST(news(d.member)["posts"] == 3);
    BOOST_TEST(news(d.moderator)["mentions"] == 0);
    BOOST_TEST(d.member.get("/groups").json()["items"][0]["news"] == news(d.member));
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.addressed WHERE member_id = '" + d.outsider.member + "'") == "0");
    d.member.put(d.thread_path + "/read-mark", {{"number", 4}});
    BOOST_TEST(news(d.member) == Json({{"threads", 0}, {"posts", 0}, {"replies", 0}, {"mentions", 0}}));
}

BOOST_AUTO_TEST_CASE(a_mention_added_by_an_edit_counts_and_one_in_a_deleted_post_does_not) {
    Instance instance;
    Discussion d(instance);
    d.edit(d.member, d.post, "Qu’en dit " + d.mention(d.observer) + " ?");
    BOOST_TEST(d.edit(d.member, d.post, "Et qu’en dit " + d.mention(d.observer) + " ?").status == 200);
    BOOST_TEST(d.observer.get(d.path).json()["news"]["mentions"] == 1);
    d.member.remove(d.path + "/posts/" + d.post);
    BOOST_TEST(d.observer.get(d.path).json()["news"]["mentions"] == 0);
}

BOOST_AUTO_TEST_CASE(what_is_unread_is_counted_for_each_thread_and_a_mark_never_goes_back) {
    Instance instance;
    Discussion d(instance);
    d.say(d.moderator, "Au nord.");
    const auto thread = [&] { return d.observer.get(d.thread_path).json(); };
    BOOST_TEST(thread()["unread_count"] == 2);
    BOOST_TEST(d.observer.put(d.thread_path + "/read-mark", {{"number", 1}}).status == 204);
    BOOST_TEST(thread()["read_count"] == 1);
    BOOST_TEST(thread()["unread_count"] == 1);
    BOOST_TEST(d.observer.put(d.thread_path + "/read-mark", {{"number", 1000}}).status == 204);
    BOOST_TEST(thread()["read_count"] == 2);
    BOOST_TEST(d.observer.put(d.thread_path + "/read-mark", {{"number", 0}}).status == 204);
    BOOST_TEST(thread()["read_count"] == 2);
    BOOST_TEST(d.observer.put(d.path + "/threads/" + new_id() + "/read-mark", {{"number", 1}}).status == 404);
}

BOOST_AUTO_TEST_CASE(ones_own_post_is_read_where_nothing_else_waits) {
    Instance instance;
    Discussion d(instance);
    d.say(d.member, "Et aussi.");
    BOOST_TEST(d.member.get(d.thread_path).json()["unread_count"] == 0);
    d.say(d.moderator, "Au nord.");
    BOOST_TEST(d.moderator.get(d.thread_path).json()["read_count"] == 0);
    d.say(d.member, "Merci.");
    BOOST_TEST(d.member.get(d.thread_path).json()["unread_count"] == 1);
}

BOOST_AUTO_TEST_CASE(a_page_that_has_not_changed_is_not_sent_again) {
    Instance instance;
    Discussion d(instance);
    const auto again = [&](Client& who, const std::string& tag) { return who.get(d.posts_path, {{"if-none-match", tag}}); };
    std::string tag = d.member.get(d.posts_path).etag();
    BOOST_TEST(again(d.member, tag).status == 304);
    BOOST_TEST(again(d.member, tag).body == "");
    BOOST_TEST(again(d.member, tag).etag() == tag);
    BOOST_TEST(again(d.moderator, tag).status == 200);
    BOOST_TEST(d.member.get(d.posts_path + "?from=2", {{"if-none-match", tag}}).status == 200);
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { d.say(d.moderator, "Au nord."); }, [&] { d.edit(d.member, d.post, "Et là ?"); }, [&] { d.moderator.put(d.path + "/posts/" + d.post + "/reactions/agree"); },
             [&] { d.member.remove(d.path + "/posts/" + d.post); }}) {
        change();
        const Answer fresh = again(d.member, tag);
        BOOST_TEST(fresh.status == 200);
        tag = fresh.etag();
        BOOST_TEST(again(d.member, tag).status == 304);
    }
    // Of a circle that the reader does not know of, a tag tells nothing.
    const std::string own = again(d.member, tag).etag();
    const std::string circle = d.circle_of({&d.moderator});
    d.moderator.put(d.path + "/circles/" + circle + "/members/" + d.observer.member);
    d.thread_in(circle, d.moderator);
    BOOST_TEST(again(d.member, own).status == 304);
    BOOST_REQUIRE(d.moderator.patch(d.path + "/members/" + d.member.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(again(d.member, tag).status == 404);
}

BOOST_AUTO_TEST_CASE(ones_own_posts_never_count_as_unread) {
    Instance instance;
    Discussion d(instance); // 1, by the member
    d.say(d.moderator, "Au nord.");
    d.say(d.member, "Merci.");
    d.say(d.moderator, "Et au sud.");
    d.say(d.moderator, "Et à l’est.");
    const auto unread = [&] { return d.moderator.get(d.thread_path).json()["unread_count"].get<int>(); };
    const auto everywhere = [&] { // on the group's page and on the home page too
        const Json news = d.moderator.get(d.path).json()["news"];
        const Json groups = d.moderator.get("/groups").json()["items"];
        BOOST_TEST((groups[0]["news"]["posts"] == news["posts"]));
        return news["posts"].get<int>();
    };
    BOOST_TEST(unread() == 2);
    BOOST_TEST(everywhere() == 2);
    d.moderator.put(d.thread_path + "/read-mark", {{"number", 1}});
    BOOST_TEST(unread() == 1);
    d.moderator.put(d.thread_path + "/read-mark", {{"number", 3}});
    BOOST_TEST(unread() == 0);
    BOOST_TEST(d.moderator.get(d.path).json()["news"]["threads"] == 0);
    d.say(d.moderator, "Et à l’ouest."); // nothing of others waits: all is read
    BOOST_TEST(d.moderator.get(d.thread_path).json()["read_count"] == 6);
    d.say(d.member, "Merci encore.");
    BOOST_TEST(unread() == 1);
    BOOST_TEST(everywhere() == 1);
}

BOOST_AUTO_TEST_CASE(reactions_are_counted_once_for_each_member) {
    Instance instance;
    Discussion d(instance);
    const std::string agree = d.path + "/posts/" + d.post + "/reactions/agree";
    BOOST_TEST(d.moderator.put(agree).status == 204);
    BOOST_TEST(d.moderator.put(agree).status == 204);
    d.member.put(agree);
    d.member.put(d.path + "/posts/" + d.post + "/reactions/thanks");
    const Json post = d.moderator.get(d.posts_path).json()["items"][0];
    BOOST_TEST(post["reactions"] == Json({{"agree", 2}, {"thanks", 1}}));
    BOOST_TEST(post["my_reactions"] == Json({"agree"}));
    BOOST_TEST(d.moderator.remove(agree).status == 204);
    BOOST_TEST(d.moderator.remove(agree).status == 204);
    BOOST_TEST(d.moderator.get(d.posts_path).json()["items"][0]["my_reactions"].empty());
    BOOST_TEST(d.moderator.put(d.path + "/posts/" + d.post + "/reactions/anger").status == 404);
}

BOOST_AUTO_TEST_CASE(a_closed_thread_takes_no_posts_until_it_is_opened) {
    Instance instance;
    Discussion d(instance);
    BOOST_TEST(d.change_thread(d.moderator, {{"closed", true}}).json()["closed"] == true);
    BOOST_TEST(d.say(d.member, "Encore").problem() == "thread-closed");
    BOOST_TEST(d.say(d.moderator, "Encore").problem() == "thread-closed");
    BOOST_TEST(d.change_thread(d.moderator, {{"closed", false}}).json()["closed"] == false);
    BOOST_TEST(d.say(d.member, "Encore").status == 201);
}

BOOST_AUTO_TEST_CASE(pinned_threads_come_first_then_the_latest) {
    Instance instance;
    Discussion d(instance);
    for (const char* title : {"Deux", "Trois"}) d.member.post(d.path + "/threads", {{"title", title}, {"body", "."}});
    const auto titles = [&] {
        std::string all;
        for (const Json& thread : d.member.get(d.path + "/threads").items()) all += thread["title"].get<std::string>() + " ";
        return all;
    };
    BOOST_TEST(titles() == "Trois Deux Silo ");
    d.change_thread(d.moderator, {{"pinned", true}});
    BOOST_TEST(titles() == "Silo Trois Deux ");
    d.change_thread(d.moderator, {{"pinned", false}});
    d.say(d.member, "Encore");
    BOOST_TEST(titles() == "Silo Trois Deux ");
}

BOOST_AUTO_TEST_CASE(the_list_of_threads_turns_its_pages_without_gap_or_double) {
    Instance instance;
    Discussion d(instance);
    d.change_thread(d.moderator, {{"pinned", true}});
    for (int i = 0; i < 5; ++i) d.member.post(d.path + "/threads", {{"title", std::to_string(i)}, {"body", "."}});
    std::string titles, cursor;
    for (int page = 0; page < 10; ++page) {
        const Json answer = d.member.get(d.path + "/threads?limit=2" + cursor).json();
        for (const Json& thread : answer["items"]) titles += thread["title"].get<std::string>() + " ";
        if (answer["next_cursor"].is_null()) break;
        cursor = "&cursor=" + answer["next_cursor"].get<std::string>();
    }
    BOOST_TEST(titles == "Silo 4 3 2 1 0 ");
    for (const char* odd : {"x", "p", "p1x", "99999999999999999999", "%00"}) {
        const int status = d.member.get(d.path + "/threads?cursor=" + odd).status;
        BOOST_TEST((status == 422 || status == 400), odd);
    }
}

BOOST_AUTO_TEST_CASE(a_long_thread_turns_its_pages_both_ways) {
    Instance instance;
    Discussion d(instance);
    for (int i = 2; i <= 7; ++i) d.say(d.member, std::to_string(i));
    const Json middle = d.member.get(d.posts_path + "?from=4&limit=2").json();
    BOOST_TEST(middle["items"][0]["number"] == 4);
    BOOST_TEST(middle["items"].size() == 2u);
    const auto at = [&](const char* cursor) { return d.member.get(d.posts_path + "?limit=2&cursor=" + middle[cursor].get<std::string>()).json(); };
    BOOST_TEST(at("next_cursor")["items"][0]["number"] == 6);
    BOOST_TEST(at("next_cursor")["next_cursor"].is_null());
    BOOST_TEST(at("prev_cursor")["items"][0]["number"] == 2);
    BOOST_TEST(d.member.get(d.posts_path).json()["prev_cursor"].is_null());
    for (const char* odd : {"x", "0", "-1", "1x"}) BOOST_TEST(d.member.get(d.posts_path + "?cursor=" + odd).json()["errors"][0]["pointer"] == "query/cursor", odd);
}

BOOST_AUTO_TEST_CASE(nothing_of_another_group_is_reached_through_ones_own) {
    Instance instance;
    Discussion d(instance), other(instance);
    for (const std::string& path : {"/threads/" + d.thread, "/threads/" + d.thread + "/posts", "/posts/" + d.post, "/posts/" + d.post + "/revisions"})
        BOOST_TEST(other.moderator.get(other.path + path).status == 404, path);
    BOOST_TEST(other.moderator.post(other.path + "/threads/" + d.thread + "/posts", {{"body", "a"}}).status == 404);
    BOOST_TEST(other.moderator.remove(other.path + "/posts/" + d.post).status == 404);
    BOOST_TEST(other.moderator.put(other.path + "/posts/" + d.post + "/reactions/agree").status == 404);
    BOOST_TEST(other.moderator.patch(other.path + "/members/" + d.member.member, {{"role", "observer"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_preview_looks_like_the_post) {
    Instance instance;
    Discussion d(instance);
    const std::string text = "| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] fait\n\nhttps://example.org <b>gras</b>";
    BOOST_TEST(d.member.post("/markdown-previews", {{"text", text}}).json()["html"] == d.say(d.member, text).json()["body_html"]);
}

BOOST_AUTO_TEST_SUITE_END()
