// The log: gapless numbers in the order of commits, and enough to keep a client's picture true.
#include <boost/test/unit_test.hpp>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// What a client shows of a group: its threads with their posts, its members, its agreement. It begins with a snapshot,
// and for each event fetches what the event names, as the browser does.
class Picture {
public:
    Picture(Client& client, std::string path) : client_(client), path_(std::move(path)) {
        head_ = client_.get(path_).json()["head"];
        for (const Json& thread : client_.get(path_ + "/threads?limit=100").items()) fetch_thread(thread["id"]);
        fetch_group();
        fetch_members();
        fetch_nda();
    }

    void catch_up() {
        const Json log = client_.get(path_ + "/events?after=" + std::to_string(head_)).json();
        for (const Json& event : log["items"]) {
            BOOST_TEST(event["seq"] == head_ + 1);
            head_ = event["seq"];
            apply(event["kind"], event["data"]);
        }
        BOOST_TEST(log["head"] == head_);
    }

    Json shown = {{"threads", Json::object()}};

private:
    void apply(const std::string& kind, const Json& data) {
        if (kind == "thread.created" || kind == "thread.changed" || kind == "thread.arrived") fetch_thread(data["thread_id"]);
        else if (kind == "thread.withdrawn") shown["threads"].erase(data["thread_id"].get<std::string>());
        else if (kind == "post.created" || kind == "post.edited" || kind == "post.deleted" || kind == "reaction.changed") fetch_post(data["thread_id"], data["post_id"]);
        else if (kind == "group.changed" || kind == "group.suspended" || kind == "group.reopened") fetch_group();
        else if (kind == "membership.changed") fetch_members(), fetch_group(), show_author(data["member_id"]);
        else if (kind == "nda.published" || kind == "nda.accepted" || kind == "nda.refused") fetch_nda(), fetch_members(), fetch_group();
        else if (kind != "withdrawn") BOOST_ERROR("an event of an unknown kind: " + kind);
    }
    void fetch_thread(const std::string& id) {
        const Json thread = client_.get(path_ + "/threads/" + id).json();
        Json& entry = shown["threads"][id];
        entry["title"] = thread["title"];
        entry["pinned"] = thread["pinned"];
        entry["closed"] = thread["closed"];
        for (const Json& post : client_.get(path_ + "/threads/" + id + "/posts?limit=100").items()) entry["posts"][post["id"].get<std::string>()] = without_source(post);
    }
    void fetch_post(const std::string& thread, const std::string& id) { shown["threads"][thread]["posts"][id] = without_source(client_.get(path_ + "/posts/" + id).json()); }
    void fetch_group() {
        Json group = client_.get(path_).json();
        for (const char* moving : {"head", "news", "thread_count", "nda_version"}) group.erase(moving);
        shown["group"] = group;
    }
    void fetch_members() { shown["members"] = client_.get(path_ + "/members").json()["items"]; }
    // Posts say on behalf of whom their author takes part.
    void show_author(const std::string& id) {
        for (const Json& member : shown["members"])
            for (Json& thread : shown["threads"])
                for (Json& post : thread["posts"])
                    if (member["member"]["id"] == id && post["author"]["id"] == id) {
                        post["category"] = member["category"];
                        post["organisation_name"] = member["organisation"].is_null() ? Json() : member["organisation"]["name"];
                    }
    }
    void fetch_nda() { shown["nda"] = client_.get(path_ + "/nda").json()["current"]; }
    static Json without_source(Json post) {
        post.erase("body");
        return post;
    }

    Client& client_;
    std::string path_;
    std::int64_t head_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(numbers_have_no_gap_and_events_hold_no_text) {
    Instance instance;
    Cast cast(instance);
    const Answer answer = cast.member.get(cast.path + "/events");
    std::int64_t expected = 1;
    for (const Json& event : answer.items()) BOOST_TEST(event["seq"] == expected++);
    BOOST_TEST(answer.json()["head"] == expected - 1);
    BOOST_TEST(answer.body.find("silo") == std::string::npos);
    BOOST_TEST(answer.body.find("Silo") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_request_leaves_no_number_behind) {
    Instance instance;
    Cast cast(instance);
    const std::int64_t head = cast.member.get(cast.path + "/events").json()["head"];
    BOOST_TEST(cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "a"}, {"reply_to", cast.thread}}).status == 422);
    BOOST_TEST(cast.moderator.remove(cast.path + "/membership").status == 409);
    BOOST_TEST(cast.moderator.patch(cast.path, {{"purpose", "a"}}, {{"if-match", "\"r99\""}}).status == 412);
    BOOST_TEST(cast.member.get(cast.path + "/events").json()["head"] == head);
    BOOST_TEST(cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "a"}}).status == 201);
    BOOST_TEST(cast.member.get(cast.path + "/events").json()["head"] == head + 1);
}

BOOST_AUTO_TEST_CASE(after_a_number_comes_what_is_newer_in_pages) {
    Instance instance;
    Cast cast(instance);
    const std::int64_t head = cast.member.get(cast.path + "/events").json()["head"];
    const Json page = cast.member.get(cast.path + "/events?after=" + std::to_string(head - 3) + "&limit=2").json();
    BOOST_TEST(page["items"].size() == 2u);
    BOOST_TEST(page["items"][0]["seq"] == head - 2);
    BOOST_TEST(page["head"] == head);
    BOOST_TEST(cast.member.get(cast.path + "/events?after=" + std::to_string(head)).json()["items"].empty());
    BOOST_TEST(cast.member.get(cast.path + "/events?after=9000000000000000").json()["items"].empty());
}

BOOST_AUTO_TEST_CASE(a_snapshot_and_the_events_after_it_give_a_fresh_snapshot) {
    Instance instance;
    Cast cast(instance);
    Picture picture(cast.observer, cast.path);
    const std::string thread = cast.path + "/threads/" + cast.thread, post = cast.path + "/posts/" + cast.post;
    const auto match = [&](Client& who, const std::string& path) { return Headers{{"if-match", who.get(path).etag()}}; };
    const std::vector<std::pair<const char*, std::function<int()>>> acts{
        {"thread.created", [&] { return cast.moderator.post(cast.path + "/threads", {{"title", "Réseau"}, {"body", "Tracé ?"}}).status; }},
        {"thread.changed", [&] { return cast.moderator.patch(thread, {{"title", "Silos"}, {"pinned", true}}, match(cast.moderator, thread)).status; }},
        {"post.created", [&] { return cast.moderator.post(thread + "/posts", {{"body", "Au nord."}, {"reply_to", cast.post}}).status; }},
        {"post.edited", [&] { return cast.member.patch(post, {{"body", "Où, alors ?"}}, match(cast.member, post)).status; }},
        {"reaction.changed", [&] { return cast.moderator.put(post + "/reactions/agree").status; }},
        {"reaction.changed", [&] { return cast.moderator.remove(post + "/reactions/agree").status; }},
        {"post.deleted", [&] { return cast.member.remove(post).status; }},
        {"group.changed", [&] { return cast.moderator.patch(cast.path, {{"charter", "Ensemble"}}, match(cast.moderator, cast.path)).status; }},
        {"thread.withdrawn", [&] { return cast.moderator.put(thread + "/label", {{"circle", cast.circle_of({&cast.moderator})}, {"reason", "Argent"}}).status; }},
        {"thread.arrived", [&] { return cast.moderator.put(thread + "/label", {{"circle", nullptr}, {"reason", "Réglé"}}).status; }},
        {"group.suspended", [&] { return cast.moderator.put(cast.path + "/suspension", {{"suspended", true}, {"reason", "Marché en cours"}}).status; }},
        {"group.reopened", [&] { return cast.moderator.put(cast.path + "/suspension", {{"suspended", false}, {"reason", "Marché attribué"}}).status; }},
        {"membership.changed", [&] { return cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status; }},
        {"membership.changed", [&] { return cast.member.patch(cast.path + "/membership", {{"category", "user"}}).status; }},
        {"membership.changed", [&] { return cast.newcomer.remove(cast.path + "/membership").status; }},
        {"membership.changed", [&] {
            const std::string id = cast.invited.get("/me/invitations").json()["items"][0]["id"];
            return cast.invited.post("/me/invitations/" + id + "/acceptance", {{"category", "research"}}).status;
        }},
        {"membership.changed", [&] { return cast.moderator.patch(cast.path + "/members/" + cast.invited.member, {{"state", "removed"}}).status; }},
        {"nda.published", [&] { return cast.moderator.post(cast.path + "/nda/versions", {{"kind", "minor"}, {"text", "Bis."}, {"summary", "Bis."}}).status; }},
        {"nda.accepted", [&] {
            cast.accept(cast.outdated);
            return 201;
        }},
        {"nda.refused", [&] { return cast.outdated.post(cast.path + "/nda/refusal", {{"version", 3}}).status; }}};
    for (const auto& [kind, act] : acts) {
        BOOST_TEST_CONTEXT(kind) {
            const int status = act();
            BOOST_TEST((status >= 200 && status < 300), status);
            BOOST_TEST(cast.observer.get(cast.path + "/events").json()["items"].back()["kind"] == kind);
            picture.catch_up();
            const Picture fresh(cast.observer, cast.path);
            BOOST_TEST(picture.shown == fresh.shown, Json::diff(picture.shown, fresh.shown).dump());
        }
    }
}

BOOST_AUTO_TEST_CASE(whoever_was_away_while_a_thread_left_meets_husks_and_no_longer_shows_it) {
    Instance instance;
    Cast cast(instance);
    Picture picture(cast.observer, cast.path);
    const std::string circle = cast.circle_of({&cast.moderator});
    cast.moderator.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Au nord."}});
    cast.moderator.put(cast.path + "/threads/" + cast.thread + "/label", {{"circle", circle}, {"reason", "Argent"}});
    picture.catch_up();
    BOOST_TEST(picture.shown == Picture(cast.observer, cast.path).shown);
    BOOST_TEST(picture.shown["threads"].empty());
}

BOOST_AUTO_TEST_CASE(each_change_is_announced_once_it_is_committed) {
    Instance instance;
    Cast cast(instance);
    const std::size_t before = instance.recorder.changes.size();
    cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "a"}});
    BOOST_REQUIRE(instance.recorder.changes.size() == before + 1);
    BOOST_TEST(instance.recorder.changes.back().group == cast.group);
    BOOST_TEST(instance.recorder.changes.back().feed == cast.group);
    cast.observer.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "a"}});
    BOOST_TEST(instance.recorder.changes.size() == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()
