// Circles: who makes them, who enters and leaves, who sees what, and their own logs.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// The member and the observer are in the circle; the moderator who made it stays outside.
struct Circle : Cast {
    explicit Circle(Instance& instance) : Cast(instance), circle(circle_of({&member, &observer})), circle_path(path + "/circles/" + circle), hidden(thread_in(circle, member)) {}
    Answer ask(Client& who) { return who.post(circle_path + "/entry-requests"); }
    Answer agree(Client& who) { return who.post(circle_path + "/entry-requests/" + moderator.member + "/agreement"); }
    Answer log(Client& who) { return who.get(path + "/events?circle=" + circle); }
    std::string kinds(Client& who) {
        std::string all;
        for (const Json& event : log(who).items()) all += event["kind"].get<std::string>() + " ";
        return all;
    }
    bool reads(Client& who) { return who.get(path + "/threads/" + hidden).status == 200; }
    std::string names(Client& who) {
        std::string all;
        const Json members = who.get(circle_path).json()["members"];
        for (const Json& one : members) all += one["name"].get<std::string>() + ", ";
        return all;
    }
    std::string circle, circle_path, hidden;
};

// The rest of the kinds of audit entries about an object, in order.
std::string recorded(Instance& instance, const std::string& object) {
    return instance.sql("SELECT string_agg(e.kind || coalesce(' ' || m.name, ''), ', ' ORDER BY e.entry) FROM margelle.audit_entries e"
                        " LEFT JOIN margelle.members m ON m.member_id = e.subject_id WHERE e.object_id = '" + object + "' AND e.kind LIKE 'circle.%'");
}

std::string a_day_passes(Instance& instance) { return instance.sql("UPDATE margelle.circle_requests SET requested_at = requested_at - interval '24 hours'"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(circles)

BOOST_AUTO_TEST_CASE(a_moderator_makes_a_circle_and_stays_outside) {
    Instance instance;
    Circle c(instance);
    const Json seen = c.moderator.get(c.circle_path).json();
    BOOST_TEST(seen["name"] == "Financement");
    BOOST_TEST(seen["mine"] == false);
    BOOST_TEST(seen["head"].is_null());
    BOOST_TEST(c.names(c.moderator) == "Mehdi Member, Odile Observer, ");
    BOOST_TEST(seen["readers"]["members"] == 2);
    BOOST_TEST(seen["created_by"]["name"] == "Mona Moderator");
    BOOST_TEST(c.member.get(c.circle_path).json()["mine"] == true);
    BOOST_TEST(c.member.get(c.circle_path).json()["head"] == 4);
    BOOST_TEST(!c.reads(c.moderator));
    BOOST_TEST(c.reads(c.observer));
}

BOOST_AUTO_TEST_CASE(what_a_circle_holds_is_nowhere_outside_of_it) {
    Instance instance;
    Circle c(instance);
    c.member.post(c.path + "/threads/" + c.hidden + "/posts", {{"body", "Qu’en dit [@Mona](mention:" + c.moderator.member + ") ?"}});
    const std::string post = c.member.get(c.path + "/threads/" + c.hidden + "/posts").items()[0]["id"];
    BOOST_TEST(c.moderator.get(c.path + "/threads").items().size() == 1u);
    BOOST_TEST(c.moderator.get(c.path).json()["thread_count"] == 1);
    BOOST_TEST(c.moderator.get(c.path).json()["news"]["mentions"] == 0);
    BOOST_TEST(c.moderator.get("/groups").items()[0]["news"]["posts"] == 1);
    for (const std::string& path : {"/threads/" + c.hidden, "/threads/" + c.hidden + "/posts", "/posts/" + post, "/posts/" + post + "/revisions", "/events?circle=" + c.circle})
        BOOST_TEST(c.moderator.get(c.path + path).status == 404, path);
    BOOST_TEST(c.moderator.get(c.path + "/events").body.find(c.hidden) == std::string::npos);
    BOOST_TEST(c.member.get(c.path + "/threads").items()[0]["circle"]["name"] == "Financement");
    BOOST_TEST(c.member.get(c.path + "/threads").items()[0]["label"] == "circle");
}

BOOST_AUTO_TEST_CASE(other_members_do_not_know_that_there_is_a_circle) {
    Instance instance;
    Cast cast(instance);
    const std::string circle = cast.circle_of({&cast.observer, &cast.moderator}), path = cast.path + "/circles/";
    BOOST_TEST(cast.member.get(cast.path + "/circles").items().empty());
    for (const std::string& id : {circle, new_id()}) {
        BOOST_TEST(cast.member.get(path + id).status == 404);
        BOOST_TEST(cast.member.remove(path + id + "/members/" + cast.observer.member).status == 404);
        BOOST_TEST(cast.member.post(path + id + "/entry-requests/" + cast.moderator.member + "/agreement").status == 404);
        const Answer thread = cast.member.post(cast.path + "/threads", {{"title", "a"}, {"body", "a"}, {"circle", id}});
        BOOST_TEST(thread.status == 422);
        BOOST_TEST(thread.json()["errors"][0]["pointer"] == "/circle");
    }
    BOOST_TEST(cast.member.get(cast.path + "/events").json()["head"] == cast.member.get(cast.path).json()["head"]);
    BOOST_TEST(cast.member.get(cast.path + "/events").body.find("circle") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_circle_is_made_of_members_and_has_a_name_of_its_own) {
    Instance instance;
    Circle c(instance);
    const auto make = [&](const std::string& name, const Json& members) { return c.moderator.post(c.path + "/circles", {{"name", name}, {"members", members}}); };
    const Answer wrong = make("Technique", {c.member.member, c.outsider.member, c.revoked.member});
    BOOST_TEST(wrong.status == 422);
    BOOST_TEST(wrong.json()["errors"][0]["pointer"] == "/members/1");
    BOOST_TEST(wrong.json()["errors"][1]["pointer"] == "/members/2");
    BOOST_TEST(make("financement", {c.member.member}).problem() == "conflict");
    BOOST_TEST(make(std::string(81, 'a'), {c.member.member}).status == 422);
    BOOST_TEST(make("Technique", Json::array()).status == 422);
    BOOST_TEST(make("Technique", {c.newcomer.member}).status == 201);
    BOOST_TEST(c.moderator.get(c.path + "/circles").items().size() == 2u);
    BOOST_TEST(c.member.get(c.path + "/circles").items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_repeated_making_makes_one) {
    Instance instance;
    Cast cast(instance);
    const auto make = [&] { return cast.moderator.post(cast.path + "/circles", {{"name", "Technique"}, {"members", {cast.member.member}}}, {{"idempotency-key", "\"once\""}}); };
    BOOST_TEST(make().json() == make().json());
}

BOOST_AUTO_TEST_CASE(moderators_rename_a_circle_from_outside_too) {
    Instance instance;
    Circle c(instance);
    const std::string etag = c.moderator.get(c.circle_path).etag();
    BOOST_TEST(c.moderator.patch(c.circle_path, {{"name", "Budget"}}, {{"if-match", etag}}).json()["name"] == "Budget");
    BOOST_TEST(c.moderator.patch(c.circle_path, {{"name", "Autre"}}, {{"if-match", etag}}).status == 412);
    BOOST_TEST(c.member.patch(c.circle_path, {{"name", "Autre"}}, {{"if-match", etag}}).problem() == "moderators-only");
    BOOST_TEST(c.kinds(c.member) == "circle.created circle.joined circle.joined thread.created circle.renamed ");
}

BOOST_AUTO_TEST_CASE(whoever_adds_belongs_to_the_circle_themself) {
    Instance instance;
    Circle c(instance);
    const std::string newcomer = c.circle_path + "/members/" + c.newcomer.member;
    BOOST_TEST(c.moderator.put(newcomer).problem() == "circle-only");
    BOOST_TEST(c.moderator.put(c.circle_path + "/members/" + c.moderator.member).problem() == "circle-only");
    BOOST_TEST(c.member.put(newcomer).problem() == "moderators-only");
    BOOST_REQUIRE(c.moderator.patch(c.path + "/members/" + c.member.member, {{"role", "moderator"}}).status == 200);
    BOOST_TEST(c.member.put(newcomer).status == 204);
    BOOST_TEST(c.member.put(newcomer).status == 204);
    BOOST_TEST(c.member.put(c.circle_path + "/members/" + c.outsider.member).status == 404);
    BOOST_TEST(c.names(c.member) == "Mehdi Member, Nadia Newcomer, Odile Observer, ");
    BOOST_TEST(recorded(instance, c.circle) == "circle.created, circle.joined Mehdi Member, circle.joined Odile Observer, circle.joined Nadia Newcomer");
}

BOOST_AUTO_TEST_CASE(any_moderator_removes_from_a_circle_and_one_leaves_it) {
    Instance instance;
    Circle c(instance);
    BOOST_TEST(c.observer.remove(c.circle_path + "/members/" + c.member.member).problem() == "moderators-only");
    BOOST_TEST(c.observer.remove(c.circle_path + "/members/" + c.observer.member).status == 204);
    BOOST_TEST(!c.reads(c.observer));
    BOOST_TEST(c.observer.get(c.circle_path).status == 404);
    BOOST_TEST(c.moderator.remove(c.circle_path + "/members/" + c.member.member).status == 204);
    BOOST_TEST(!c.reads(c.member));
    BOOST_TEST(c.member.get(c.path + "/threads").items().size() == 1u);
    BOOST_TEST(c.moderator.remove(c.circle_path + "/members/" + c.member.member).status == 404);
    BOOST_TEST(recorded(instance, c.circle).ends_with("circle.left Odile Observer, circle.left Mehdi Member"));
    BOOST_TEST(instance.recorder.changes.back().feed == c.circle);
}

BOOST_AUTO_TEST_CASE(a_moderator_outside_enters_after_a_days_notice) {
    Instance instance;
    Circle c(instance);
    const Answer announced = c.ask(c.moderator);
    BOOST_TEST(announced.status == 202);
    const Answer early = c.ask(c.moderator);
    BOOST_TEST(early.problem() == "entry-waits");
    BOOST_TEST(early.json()["opens_at"] == announced.json()["opens_at"]);
    BOOST_TEST(c.member.get(c.circle_path).json()["entry_requests"][0]["member"]["name"] == "Mona Moderator");
    BOOST_TEST(c.kinds(c.observer).ends_with("circle.entry_announced "));
    BOOST_TEST(!c.reads(c.moderator));
    a_day_passes(instance);
    BOOST_TEST(c.ask(c.moderator).status == 204);
    BOOST_TEST(c.reads(c.moderator));
    BOOST_TEST(c.member.get(c.circle_path).json()["entry_requests"].empty());
    BOOST_TEST(c.ask(c.moderator).problem() == "conflict");
    BOOST_TEST(recorded(instance, c.circle).ends_with("circle.entry_requested Mona Moderator, circle.joined Mona Moderator"));
}

BOOST_AUTO_TEST_CASE(a_moderator_outside_enters_as_soon_as_one_inside_agrees) {
    Instance instance;
    Circle c(instance);
    BOOST_TEST(c.agree(c.member).status == 404);
    c.ask(c.moderator);
    BOOST_TEST(c.agree(c.moderator).problem() == "circle-only");
    BOOST_TEST(c.agree(c.observer).problem() == "read-only");
    BOOST_TEST(c.agree(c.member).status == 204);
    BOOST_TEST(c.reads(c.moderator));
    BOOST_TEST(c.agree(c.member).status == 404);
}

BOOST_AUTO_TEST_CASE(a_request_ends_with_the_role_that_allowed_it) {
    Instance instance;
    Circle c(instance);
    c.ask(c.moderator);
    a_day_passes(instance);
    BOOST_REQUIRE(c.moderator.patch(c.path + "/members/" + c.member.member, {{"role", "moderator"}}).status == 200);
    for (const char* role : {"member", "moderator"}) BOOST_REQUIRE(c.member.patch(c.path + "/members/" + c.moderator.member, {{"role", role}}).status == 200);
    BOOST_TEST(c.ask(c.moderator).status == 202);
    BOOST_TEST(!c.reads(c.moderator));
}

BOOST_AUTO_TEST_CASE(plain_members_do_not_ask_to_enter) {
    Instance instance;
    Circle c(instance);
    BOOST_TEST(c.ask(c.member).problem() == "moderators-only");
}

BOOST_AUTO_TEST_CASE(whoever_leaves_the_group_leaves_its_circles_and_comes_back_outside) {
    Instance instance;
    Circle c(instance);
    BOOST_REQUIRE(c.member.remove(c.path + "/membership").status == 204);
    BOOST_REQUIRE(c.moderator.patch(c.path + "/members/" + c.observer.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(c.names(c.moderator) == "");
    c.moderator.post(c.path + "/invitations", {{"invitations", {{{"email", c.member.email}}}}});
    const std::string invitation = c.member.get("/me/invitations").items()[0]["id"];
    BOOST_REQUIRE(c.member.post("/me/invitations/" + invitation + "/acceptance", {{"category", "resident"}}).status == 200);
    BOOST_TEST(c.member.get(c.path + "/threads").status == 200);
    BOOST_TEST(!c.reads(c.member));
    BOOST_TEST(recorded(instance, c.circle).ends_with("circle.left Mehdi Member, circle.left Odile Observer"));
}

BOOST_AUTO_TEST_CASE(whoever_erases_their_account_leaves_their_circles) {
    Instance instance;
    Circle c(instance);
    BOOST_REQUIRE(c.member.remove("/me", {{"confirm_email", c.member.email}}).status == 204);
    BOOST_TEST(c.names(c.moderator) == "Odile Observer, ");
}

BOOST_AUTO_TEST_CASE(a_circles_log_is_without_gap_and_apart_from_the_groups) {
    Instance instance;
    Circle c(instance);
    const Json before = c.member.get(c.path).json()["head"];
    c.member.post(c.path + "/threads/" + c.hidden + "/posts", {{"body", "Trop."}});
    c.member.patch(c.path + "/threads/" + c.hidden, {{"title", "Budgets"}}, {{"if-match", c.member.get(c.path + "/threads/" + c.hidden).etag()}});
    BOOST_TEST(instance.recorder.changes.back().feed == c.circle);
    std::int64_t expected = 0;
    for (const Json& event : c.log(c.member).items()) BOOST_TEST(event["seq"] == ++expected);
    BOOST_TEST(c.log(c.member).json()["head"] == expected);
    BOOST_TEST(c.kinds(c.member) == "circle.created circle.joined circle.joined thread.created post.created thread.changed ");
    BOOST_TEST(c.member.get(c.path).json()["head"] == before);
}

BOOST_AUTO_TEST_CASE(every_log_of_a_group_has_one_epoch_whatever_changed) {
    Instance instance;
    Circle c(instance);
    const auto epochs = [&] { return instance.sql("SELECT count(DISTINCT access_epoch) FROM margelle.feed_heads WHERE group_id = '" + c.group + "'"); };
    BOOST_TEST(epochs() == "1");
    const std::string invitation = c.invited.get("/me/invitations").items()[0]["id"];
    BOOST_REQUIRE(c.invited.post("/me/invitations/" + invitation + "/acceptance", {{"category", "resident"}}).status == 200);
    BOOST_TEST(epochs() == "1");
    BOOST_REQUIRE(c.outdated.remove("/me", {{"confirm_email", c.outdated.email}}).status == 204);
    BOOST_TEST(epochs() == "1");
    BOOST_REQUIRE(c.observer.remove(c.circle_path + "/members/" + c.observer.member).status == 204);
    c.circle_of({&c.observer}, "Technique");
    BOOST_TEST(epochs() == "1");
    BOOST_TEST(c.member.post(c.path + "/threads/" + c.hidden + "/posts", {{"body", "Et encore."}}).status == 201);
}

BOOST_AUTO_TEST_CASE(group_and_circle_threads_mix_by_their_last_post) {
    Instance instance;
    Circle c(instance);
    const auto titles = [&](const std::string& query) {
        std::string all;
        std::string cursor;
        for (int page = 0; page < 10; ++page) {
            const Json answer = c.member.get(c.path + "/threads?" + query + cursor).json();
            for (const Json& thread : answer["items"]) all += thread["title"].get<std::string>() + " ";
            if (answer["next_cursor"].is_null()) break;
            cursor = "&cursor=" + answer["next_cursor"].get<std::string>();
        }
        return all;
    };
    BOOST_TEST(titles("limit=50") == "Budget Silo ");
    c.moderator.post(c.path + "/threads", {{"title", "Tracé"}, {"body", "."}});
    c.thread_in(c.circle, c.member, "Recettes");
    c.member.post(c.path + "/threads/" + c.thread + "/posts", {{"body", "Au nord."}});
    BOOST_TEST(titles("limit=50") == "Silo Recettes Tracé Budget ");
    BOOST_TEST(titles("limit=1") == "Silo Recettes Tracé Budget ");
}

BOOST_AUTO_TEST_SUITE_END()
