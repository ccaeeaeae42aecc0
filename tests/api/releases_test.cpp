// Releases to the public square: who decides, what goes out, and what never does.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// A thread with a message of the member (cast.post), one of the moderator and one of the observer, who was a member then.
struct Square : Cast {
    explicit Square(Instance& instance, const std::string& listing = "hidden") : Cast(instance, "nda", listing), instance(instance) {
        second = say(moderator, "Au nord, dit [@Mehdi Member](mention:" + member.member + ") ?");
    }
    std::string say(Client& who, const std::string& body) { return who.post(path + "/threads/" + thread + "/posts", {{"body", body}}).json()["id"]; }
    std::string propose(Client& who, const Json& more = Json::object()) {
        Json body = {{"title", "Ce que nous avons appris"}, {"thread", thread}, {"posts", {post, second}}};
        body.update(more);
        const Answer answer = who.post(path + "/releases", body);
        BOOST_REQUIRE_MESSAGE(answer.status == 201, answer.body);
        return answer.json()["id"];
    }
    std::string at(const std::string& release) const { return path + "/releases/" + release; }
    int approve(Client& who, const std::string& release) { return who.put(at(release) + "/approval").status; }
    int agree(Client& who, const std::string& release, int passage, bool agrees = true, bool named = false) {
        return who.put(at(release) + "/passages/" + std::to_string(passage) + "/consent", {{"agrees", agrees}, {"named", named}}).status;
    }
    int publish(Client& who, const std::string& release) { return who.post(at(release) + "/publication").status; }
    int withdraw(Client& who, const std::string& release) { return who.post(at(release) + "/withdrawal", {{"reason", "Trop tôt"}}).status; }
    Answer seen(const std::string& release) { return anonymous.get("/square/" + release); }
    // Approved by both, agreed to by the member alone, and published.
    std::string released(bool named = false) {
        const std::string release = propose(moderator);
        agree(member, release, 1, true, named);
        approve(member, release);
        approve(moderator, release);
        BOOST_REQUIRE(publish(moderator, release) == 200);
        return release;
    }
    std::string recorded(const std::string& object) {
        return instance.sql("SELECT string_agg(kind, ', ' ORDER BY entry) FROM margelle.audit_entries WHERE object_id = '" + object + "'");
    }
    Instance& instance;
    std::string second;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(releases)

BOOST_AUTO_TEST_CASE(what_its_author_agreed_to_goes_out_and_silence_is_no) {
    Instance instance;
    Square s(instance);
    const std::string release = s.released();
    const Answer seen = s.seen(release);
    BOOST_TEST(seen.status == 200);
    BOOST_TEST(seen.json()["passages"].size() == 1u);
    BOOST_TEST(seen.body.find("nord") == std::string::npos);
    BOOST_TEST(seen.body.find("Mehdi") == std::string::npos);
    BOOST_TEST(seen.json()["passages"][0]["author_name"].is_null());
    BOOST_TEST(seen.json()["group_name"].is_null(), "the group is hidden");
    const Json items = s.anonymous.get("/square").items();
    BOOST_TEST(items.size() == 1u);
    BOOST_TEST(items[0]["title"] == "Ce que nous avons appris");
    // Left out is left out for good.
    BOOST_TEST(s.agree(s.moderator, release, 2) == 409);
}

BOOST_AUTO_TEST_CASE(two_persons_approve_one_of_them_a_moderator_before_anything_goes_out) {
    Instance instance;
    Square s(instance);
    const std::string release = s.propose(s.member);
    s.agree(s.member, release, 1);
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    s.approve(s.moderator, release);
    s.approve(s.moderator, release);
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    BOOST_TEST(s.moderator.get(s.at(release)).json()["approved"] == false);
    s.approve(s.member, release);
    BOOST_TEST(s.moderator.get(s.at(release)).json()["approved"] == true);
    BOOST_TEST(s.seen(release).status == 404);
    BOOST_TEST(s.anonymous.get("/square").items().empty());
    BOOST_TEST(s.publish(s.member, release) == 403);
    s.member.remove(s.at(release) + "/approval");
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    s.approve(s.member, release);
    BOOST_TEST(s.publish(s.moderator, release) == 200);
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    BOOST_TEST(s.recorded(release) == "release.proposed, release.agreed, release.approved, release.approved, release.approval_withdrawn,"
                                      " release.approved, release.published");
}

BOOST_AUTO_TEST_CASE(two_members_alone_do_not_publish) {
    Instance instance;
    Square s(instance);
    s.moderator.patch(s.path + "/members/" + s.observer.member, {{"role", "member"}});
    const std::string release = s.propose(s.member);
    s.agree(s.member, release, 1);
    s.approve(s.member, release);
    s.approve(s.observer, release);
    BOOST_TEST(s.publish(s.moderator, release) == 409);
}

BOOST_AUTO_TEST_CASE(whoever_takes_part_no_more_neither_approves_nor_agrees) {
    Instance instance;
    Square s(instance);
    const std::string release = s.propose(s.moderator, {{"summary", "En bref."}});
    s.agree(s.member, release, 1);
    s.approve(s.member, release);
    s.approve(s.moderator, release);
    s.member.remove(s.path + "/membership");
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    s.moderator.patch(s.path + "/members/" + s.observer.member, {{"role", "member"}});
    s.approve(s.observer, release);
    BOOST_TEST(s.publish(s.moderator, release) == 200);
    BOOST_TEST(s.seen(release).json()["passages"].empty());
}

BOOST_AUTO_TEST_CASE(an_author_is_named_where_they_agree_and_takes_that_back) {
    Instance instance;
    Square s(instance);
    const std::string release = s.released(true);
    BOOST_TEST(s.seen(release).json()["passages"][0]["author_name"] == "Mehdi Member");
    BOOST_TEST(s.agree(s.member, release, 1, true, false) == 200);
    BOOST_TEST(s.seen(release).json()["passages"][0]["author_name"].is_null());
    BOOST_TEST(s.agree(s.member, release, 1, true, true) == 409);
    BOOST_TEST(s.agree(s.member, release, 1, false) == 200);
    BOOST_TEST(s.seen(release).json()["passages"].empty());
    BOOST_TEST(s.agree(s.member, release, 1) == 409);
    BOOST_TEST(s.agree(s.moderator, release, 1) == 403);
}

BOOST_AUTO_TEST_CASE(with_an_account_its_passages_leave_the_square) {
    Instance instance;
    Square s(instance);
    const std::string release = s.released(true);
    BOOST_REQUIRE(s.member.remove("/me", {{"confirm_email", s.member.email}}).status == 204);
    BOOST_TEST(s.seen(release).json()["passages"].empty());
}

BOOST_AUTO_TEST_CASE(whoever_has_left_still_takes_their_own_passage_off_the_square) {
    Instance instance;
    Square s(instance);
    const std::string release = s.released(true), passage = "/square/" + release + "/passages/1";
    BOOST_REQUIRE(s.member.remove(s.path + "/membership").status == 204);
    BOOST_TEST(s.member.get("/square/" + release).json()["passages"][0]["mine"] == true);
    BOOST_TEST(s.moderator.get("/square/" + release).json()["passages"][0]["mine"] == false);
    BOOST_TEST(s.seen(release).json()["passages"][0]["mine"] == false);
    BOOST_TEST(s.moderator.remove(passage).status == 404);
    BOOST_TEST(s.anonymous.remove(passage).status == 401);
    BOOST_TEST(s.member.remove(passage).status == 204);
    BOOST_TEST(s.member.remove(passage).status == 404);
    BOOST_TEST(s.seen(release).json()["passages"].empty());
}

BOOST_AUTO_TEST_CASE(whoever_reads_it_no_more_could_not_say_no_and_is_left_out) {
    Instance instance;
    Square s(instance);
    const std::string circle = s.circle_of({&s.moderator, &s.member, &s.observer}), hidden = s.thread_in(circle, s.member);
    const std::string message = s.member.get(s.path + "/threads/" + hidden + "/posts").items()[0]["id"];
    s.moderator.patch(s.path + "/members/" + s.observer.member, {{"role", "member"}});
    const auto proposed = [&] {
        const std::string release = s.propose(s.moderator, {{"thread", hidden}, {"posts", {message}}, {"summary", "En bref."}});
        s.agree(s.member, release, 1);
        for (Client* who : {&s.moderator, &s.observer}) s.approve(*who, release);
        return release;
    };
    const std::string one = proposed(), two = proposed();
    s.member.post(s.path + "/nda/withdrawal");
    BOOST_TEST(s.publish(s.moderator, one) == 200);
    BOOST_TEST(s.seen(one).json()["passages"].empty());
    s.accept(s.member);
    BOOST_REQUIRE(s.moderator.remove(s.path + "/circles/" + circle + "/members/" + s.member.member).status == 204);
    BOOST_TEST(s.publish(s.moderator, two) == 200);
    BOOST_TEST(s.seen(two).json()["passages"].empty());
}

BOOST_AUTO_TEST_CASE(an_approval_ends_with_the_right_to_give_it) {
    Instance instance;
    Square s(instance);
    const std::string release = s.propose(s.moderator, {{"summary", "En bref."}});
    for (Client* who : {&s.member, &s.moderator}) s.approve(*who, release);
    s.moderator.patch(s.path + "/members/" + s.member.member, {{"role", "observer"}});
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    s.moderator.patch(s.path + "/members/" + s.member.member, {{"role", "member"}});
    BOOST_TEST(s.publish(s.moderator, release) == 409);
    BOOST_TEST(s.moderator.get(s.at(release)).json()["approvals"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_approval_does_not_come_back_with_the_agreement_or_the_circle) {
    Instance instance;
    Square s(instance);
    const std::string release = s.propose(s.moderator);
    const auto approvals = [&](const std::string& of) { return instance.sql("SELECT count(*) FROM margelle.release_approvals WHERE release_id = '" + of + "'"); };
    for (const char* act : {"withdrawal", "refusal"}) {
        BOOST_REQUIRE(s.approve(s.member, release) == 200);
        BOOST_REQUIRE(s.member.post(s.path + "/nda/" + act, act == std::string("refusal") ? Json{{"version", 2}} : Json(nullptr)).status == 204);
        BOOST_TEST(approvals(release) == "0", act);
        s.accept(s.member);
    }
    const std::string circle = s.circle_of({&s.moderator, &s.member});
    const std::string thread = s.thread_in(circle, s.moderator);
    const std::string within = s.propose(s.moderator, {{"thread", thread}, {"posts", Json::array()}, {"summary", "En bref."}});
    for (const std::string& one : {release, within}) BOOST_REQUIRE(s.approve(s.member, one) == 200);
    BOOST_REQUIRE(s.moderator.remove(s.path + "/circles/" + circle + "/members/" + s.member.member).status == 204);
    BOOST_TEST(approvals(within) == "0");
    BOOST_TEST(approvals(release) == "1", "what everybody reads is another matter");
}

BOOST_AUTO_TEST_CASE(the_record_tells_moderators_outside_of_a_circle_no_more_than_that_it_releases) {
    Instance instance;
    Square s(instance);
    const std::string circle = s.circle_of({&s.member, &s.observer}), hidden = s.thread_in(circle, s.member);
    const std::string message = s.member.get(s.path + "/threads/" + hidden + "/posts").items()[0]["id"];
    const std::string release = s.propose(s.member, {{"title", "Projet Bêta"}, {"thread", hidden}, {"posts", {message}}});
    s.agree(s.member, release, 1, true, true);
    s.member.post(s.at(release) + "/withdrawal", {{"reason", "Le maire renonce"}});
    const Answer record = s.moderator.get(s.path + "/audit?object=" + release);
    BOOST_TEST(record.items().size() == 3u);
    for (const Json& entry : record.items()) BOOST_TEST(entry["data"].empty());
    BOOST_TEST(record.body.find("maire") == std::string::npos);
    BOOST_TEST(record.body.find("Bêta") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_circle_published_any_moderator_takes_back) {
    Instance instance;
    Square s(instance);
    BOOST_REQUIRE(s.moderator.patch(s.path + "/members/" + s.observer.member, {{"role", "moderator"}}).status == 200);
    const std::string circle = s.circle_of({&s.member, &s.observer}), hidden = s.thread_in(circle, s.member);
    const std::string release = s.propose(s.member, {{"summary", "En bref."}, {"thread", hidden}, {"posts", Json::array()}});
    BOOST_TEST(s.withdraw(s.moderator, release) == 404);
    for (Client* who : {&s.member, &s.observer}) s.approve(*who, release);
    BOOST_REQUIRE(s.publish(s.observer, release) == 200);
    BOOST_TEST(s.withdraw(s.moderator, release) == 204);
    BOOST_TEST(s.seen(release).status == 404);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_to_read_through_is_not_proposed) {
    Instance instance;
    Square s(instance);
    std::vector<std::string> posts;
    for (int i = 0; i < 6; ++i) posts.push_back(s.say(s.member, std::string(19000, 'a')));
    const auto propose = [&] { return s.member.post(s.path + "/releases", {{"title", "Tout"}, {"thread", s.thread}, {"posts", posts}}).status; };
    BOOST_TEST(propose() == 422);
    posts.pop_back();
    BOOST_TEST(propose() == 201);
}

BOOST_AUTO_TEST_CASE(proposals_are_read_page_by_page) {
    Instance instance;
    Square s(instance);
    const std::string first = s.propose(s.member), second = s.propose(s.moderator);
    const Json page = s.observer.get(s.path + "/releases?limit=1").json();
    BOOST_TEST(page["items"][0]["id"] == second);
    BOOST_TEST(s.observer.get(s.path + "/releases?limit=1&cursor=" + page["next_cursor"].get<std::string>()).items()[0]["id"] == first);
}

BOOST_AUTO_TEST_CASE(what_goes_out_is_what_was_agreed_to_not_what_the_message_says_later) {
    Instance instance;
    Square s(instance);
    const std::string release = s.released();
    const std::string before = s.seen(release).json()["passages"][0]["body_html"];
    s.member.patch(s.path + "/posts/" + s.post, {{"body", "Tout autre chose"}}, {{"if-match", s.member.get(s.path + "/posts/" + s.post).etag()}});
    BOOST_TEST(s.seen(release).json()["passages"][0]["body_html"] == before);
    s.member.remove(s.path + "/posts/" + s.post);
    BOOST_TEST(s.seen(release).json()["passages"].empty());
    BOOST_TEST(instance.sql("SELECT string_agg(body_html, '') FROM margelle.release_passages WHERE post_id = '" + s.post + "'") == "");
}

BOOST_AUTO_TEST_CASE(a_mention_loses_its_name) {
    Instance instance;
    Square s(instance);
    const Json passages = s.moderator.get(s.at(s.propose(s.moderator))).json()["passages"];
    BOOST_TEST(passages[1]["body_html"] == "<p>Au nord, dit <span class=\"mention\">@…</span> ?</p>\n");
    const std::string summary = s.propose(s.member, {{"summary", "Merci [@Mona](mention:" + s.moderator.member + ")"}});
    BOOST_TEST(s.moderator.get(s.at(summary)).json()["summary_html"] == "<p>Merci <span class=\"mention\">@…</span></p>\n");
}

BOOST_AUTO_TEST_CASE(a_release_is_taken_back_by_a_moderator_or_before_it_is_published_by_who_proposed_it) {
    Instance instance;
    Square s(instance);
    const std::string mine = s.propose(s.member);
    BOOST_TEST(s.withdraw(s.observer, mine) == 403);
    BOOST_TEST(s.withdraw(s.member, mine) == 204);
    BOOST_TEST(s.withdraw(s.member, mine) == 403);
    BOOST_TEST(s.approve(s.moderator, mine) == 409);
    const std::string release = s.released();
    BOOST_TEST(s.withdraw(s.member, release) == 403);
    BOOST_TEST(s.withdraw(s.moderator, release) == 204);
    BOOST_TEST(s.withdraw(s.moderator, release) == 409);
    BOOST_TEST(s.seen(release).status == 404);
    BOOST_TEST(s.anonymous.get("/square").items().empty());
    BOOST_TEST(s.moderator.get(s.at(release)).json()["withdrawn_reason"] == "Trop tôt");
}

BOOST_AUTO_TEST_CASE(only_messages_of_the_thread_are_proposed_and_something_has_to_be) {
    Instance instance;
    Square s(instance);
    const std::string elsewhere = s.member.post(s.path + "/threads", {{"title", "Autre"}, {"body", "Ailleurs"}}).json()["id"];
    const std::string other = s.member.get(s.path + "/threads/" + elsewhere + "/posts").items()[0]["id"];
    const auto refused = [&](const Json& body) { return s.member.post(s.path + "/releases", body).status; };
    BOOST_TEST(refused({{"title", "Rien"}}) == 422);
    BOOST_TEST(refused({{"title", "Ailleurs"}, {"thread", s.thread}, {"posts", {other}}}) == 422);
    BOOST_TEST(refused({{"title", "Sans discussion"}, {"posts", {s.post}}}) == 422);
    BOOST_TEST(refused({{"title", "Inconnue"}, {"thread", new_id()}, {"summary", "x"}}) == 422);
    s.member.remove(s.path + "/posts/" + s.post);
    BOOST_TEST(refused({{"title", "Supprimé"}, {"thread", s.thread}, {"posts", {s.post}}}) == 422);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.releases") == "0");
}

BOOST_AUTO_TEST_CASE(a_summary_goes_out_without_passages_but_nothing_does_not) {
    Instance instance;
    Square s(instance);
    const std::string summary = s.propose(s.member, {{"summary", "**En bref**"}, {"thread", nullptr}, {"posts", Json::array()}});
    const std::string nothing = s.propose(s.member);
    for (const std::string& release : {summary, nothing})
        for (Client* who : {&s.member, &s.moderator}) s.approve(*who, release);
    BOOST_TEST(s.publish(s.moderator, summary) == 200);
    BOOST_TEST(s.seen(summary).json()["summary_html"] == "<p><strong>En bref</strong></p>\n");
    BOOST_TEST(s.publish(s.moderator, nothing) == 409);
    BOOST_TEST(s.moderator.get(s.at(nothing)).json()["state"] == "proposed");
}

BOOST_AUTO_TEST_CASE(a_listed_group_is_named_on_the_square) {
    Instance instance;
    Square s(instance, "listed");
    const std::string release = s.released();
    BOOST_TEST(s.seen(release).json()["group_name"] == s.moderator.get(s.path).json()["name"]);
}

BOOST_AUTO_TEST_CASE(the_square_is_read_page_by_page_the_newest_first) {
    Instance instance;
    Square s(instance);
    std::vector<std::string> releases{s.released(), s.released(), s.released()};
    const Answer first = s.anonymous.get("/square?limit=2");
    BOOST_TEST(first.items().size() == 2u);
    BOOST_TEST(first.items()[0]["id"] == releases[2]);
    const Json rest = s.anonymous.get("/square?limit=2&cursor=" + first.json()["next_cursor"].get<std::string>()).json();
    BOOST_TEST(rest["items"].size() == 1u);
    BOOST_TEST(rest["items"][0]["id"] == releases[0]);
    BOOST_TEST(rest["next_cursor"].is_null());
    BOOST_TEST(s.anonymous.get("/square?cursor=rien").status == 422);
}

BOOST_AUTO_TEST_CASE(of_a_circle_only_its_members_see_it_and_it_follows_its_thread) {
    Instance instance;
    Square s(instance);
    const std::string circle = s.circle_of({&s.moderator, &s.member}), hidden = s.thread_in(circle, s.member);
    const std::string message = s.member.get(s.path + "/threads/" + hidden + "/posts").items()[0]["id"];
    const std::string release = s.propose(s.member, {{"thread", hidden}, {"posts", {message}}});
    BOOST_TEST(s.observer.get(s.at(release)).status == 404);
    BOOST_TEST(s.observer.get(s.path + "/releases").items().empty());
    BOOST_TEST(s.observer.get(s.path + "/events").body.find(release) == std::string::npos);
    BOOST_TEST(s.moderator.get(s.path + "/events?circle=" + circle).body.find(release) != std::string::npos);
    const std::string taken_back = s.propose(s.member, {{"thread", hidden}, {"posts", {message}}});
    BOOST_REQUIRE(s.withdraw(s.member, taken_back) == 204);
    s.moderator.put(s.path + "/threads/" + hidden + "/label", {{"circle", nullptr}, {"reason", "Pour tous"}});
    BOOST_TEST(s.moderator.get(s.path + "/events?circle=" + circle).body.find(taken_back) == std::string::npos);
    BOOST_TEST(s.observer.get(s.at(release)).json()["passages"].size() == 1u);
    BOOST_TEST(s.moderator.get(s.path + "/events?circle=" + circle).body.find(release) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_suspended_group_releases_nothing_but_an_author_may_say_no) {
    Instance instance;
    Square s(instance);
    const std::string release = s.propose(s.moderator);
    s.agree(s.member, release, 1);
    for (Client* who : {&s.member, &s.moderator}) s.approve(*who, release);
    s.moderator.put(s.path + "/suspension", {{"suspended", true}, {"reason", "Pause"}});
    BOOST_TEST(s.publish(s.moderator, release) == 403);
    BOOST_TEST(s.member.post(s.path + "/releases", {{"title", "Autre"}, {"summary", "x"}}).status == 403);
    BOOST_TEST(s.agree(s.member, release, 1, false) == 200);
}

BOOST_AUTO_TEST_SUITE_END()
