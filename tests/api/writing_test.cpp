// Many posts in one transaction: each under its author's own rights, and none in the way of another.
#include <boost/test/unit_test.hpp>

#include "persistence/posts.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace posts = persistence::posts;
using posts::Outcome;

namespace {

struct Batch : Cast {
    explicit Batch(Instance& instance, const std::string& confidentiality = "nda") : Cast(instance, confidentiality), instance(instance) {}

    posts::New by(const Client& who, const std::string& text = "Au nord.") const {
        std::optional<std::string> token;
        if (!who.cookie.empty()) token = sha256(who.cookie.substr(who.cookie.find('=') + 1));
        return {token, group, thread, new_id(), text, "<p>" + text + "</p>\n", std::nullopt, {}};
    }
    std::vector<Outcome> write(const std::vector<posts::New>& batch) {
        std::vector<const posts::New*> asked;
        for (const auto& post : batch) asked.push_back(&post);
        persistence::Transaction t(instance.connection, persistence::Access::write);
        written = posts::write(t, asked);
        t.commit();
        std::vector<Outcome> outcomes;
        for (const auto& one : written) outcomes.push_back(one.outcome);
        return outcomes;
    }
    int count() { return moderator.get(path + "/threads/" + thread).json()["post_count"]; }

    Instance& instance;
    std::vector<posts::Written> written;
};

bool all(const std::vector<Outcome>& outcomes, Outcome outcome) {
    return std::all_of(outcomes.begin(), outcomes.end(), [outcome](Outcome one) { return one == outcome; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writing)

BOOST_AUTO_TEST_CASE(posts_of_a_batch_are_numbered_without_a_gap_and_told_in_that_order) {
    Instance instance;
    Batch batch(instance);
    const int before = batch.count();
    const std::int64_t head = batch.moderator.get(batch.path).json()["head"];
    BOOST_TEST(all(batch.write({batch.by(batch.member), batch.by(batch.moderator), batch.by(batch.member)}), Outcome::created));
    for (int i = 0; i < 3; ++i) BOOST_TEST(Json::parse(batch.written[static_cast<std::size_t>(i)].json)["number"] == before + 1 + i);
    BOOST_TEST(batch.count() == before + 3);
    const Json events = batch.member.get(batch.path + "/events?after=" + std::to_string(head)).json();
    BOOST_REQUIRE(events["items"].size() == 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(events["items"][i]["seq"] == head + 1 + static_cast<int>(i));
        BOOST_TEST(events["items"][i]["data"]["number"] == before + 1 + static_cast<int>(i));
    }
}

BOOST_AUTO_TEST_CASE(what_is_answered_is_what_is_read_afterwards) {
    Instance instance;
    Batch batch(instance);
    posts::New answer = batch.by(batch.moderator);
    answer.reply_to = batch.post;
    BOOST_TEST(all(batch.write({answer}), Outcome::created));
    BOOST_TEST(Json::parse(batch.written[0].json) == batch.moderator.get(batch.path + "/posts/" + answer.post).json());
}

BOOST_AUTO_TEST_CASE(whoever_may_not_write_is_refused_beside_those_who_may) {
    Instance instance;
    Batch batch(instance);
    const int before = batch.count();
    for (const Client* who : {&batch.observer, &batch.newcomer, &batch.outdated, &batch.invited, &batch.revoked, &batch.outsider, &batch.anonymous})
        BOOST_TEST((batch.write({batch.by(batch.member), batch.by(*who), batch.by(batch.moderator)}) == std::vector{Outcome::created, Outcome::refused, Outcome::created}));
    BOOST_TEST(batch.count() == before + 14);
}

BOOST_AUTO_TEST_CASE(a_suspended_group_takes_nothing) {
    Instance instance;
    Batch batch(instance);
    BOOST_REQUIRE(batch.moderator.put(batch.path + "/suspension", {{"suspended", true}, {"reason", "Relecture"}}).status == 200);
    BOOST_TEST(all(batch.write({batch.by(batch.member), batch.by(batch.moderator)}), Outcome::refused));
}

BOOST_AUTO_TEST_CASE(a_circle_takes_the_posts_of_those_inside_alone) {
    Instance instance;
    Batch batch(instance);
    const std::string circle = batch.circle_of({&batch.member, &batch.observer});
    batch.thread = batch.thread_in(circle, batch.member);
    BOOST_TEST((batch.write({batch.by(batch.member), batch.by(batch.moderator), batch.by(batch.observer)}) ==
                std::vector{Outcome::created, Outcome::no_such_thread, Outcome::refused}));
    BOOST_TEST(batch.written[0].feed == circle);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_fails_alone) {
    Instance instance;
    Batch batch(instance);
    posts::New nowhere = batch.by(batch.member), answers_nothing = batch.by(batch.member), elsewhere = batch.by(batch.member);
    nowhere.thread = new_id();
    answers_nothing.reply_to = new_id();
    elsewhere.reply_to = batch.moderator.post(batch.path + "/threads", {{"title", "Réseau"}, {"body", "Quel tracé ?"}}).json()["id"];
    BOOST_TEST((batch.write({nowhere, batch.by(batch.member), answers_nothing, elsewhere}) ==
                std::vector{Outcome::no_such_thread, Outcome::created, Outcome::no_such_parent, Outcome::no_such_parent}));
    const std::string thread = batch.path + "/threads/" + batch.thread;
    BOOST_REQUIRE(batch.moderator.patch(thread, {{"closed", true}}, {{"if-match", batch.moderator.get(thread).etag()}}).status == 200);
    BOOST_TEST(all(batch.write({batch.by(batch.member)}), Outcome::thread_closed));
}

BOOST_AUTO_TEST_CASE(a_key_writes_once_within_a_batch_and_in_a_later_one) {
    Instance instance;
    Batch batch(instance);
    posts::New first = batch.by(batch.member), again = batch.by(batch.member), of_another = batch.by(batch.moderator);
    for (posts::New* post : {&first, &again, &of_another}) {
        post->key = "une-clef";
        post->request_hash = sha256("demande");
    }
    BOOST_TEST((batch.write({first, again, of_another}) == std::vector{Outcome::created, Outcome::key_known, Outcome::created}));
    BOOST_TEST(all(batch.write({again, of_another}), Outcome::key_known));
    instance.sql("UPDATE margelle.idempotency_keys SET at = now() - interval '25 hours'");
    BOOST_TEST(all(batch.write({again}), Outcome::created));
}

BOOST_AUTO_TEST_CASE(a_batch_spans_groups) {
    Instance instance;
    Batch one(instance, "light"), other(instance, "light");
    BOOST_TEST(all(one.write({one.by(one.member), other.by(other.member), one.by(one.moderator), other.by(other.moderator)}), Outcome::created));
    BOOST_TEST((one.write({[&] {
                    auto post = other.by(one.member);
                    return post;
                }()}) == std::vector{Outcome::refused}));
}

BOOST_AUTO_TEST_CASE(marks_of_a_batch_are_those_of_its_posts_one_by_one) {
    Instance instance;
    Batch batch(instance);
    const auto unread = [&](Client& who) { return who.get(batch.path + "/threads/" + batch.thread).json()["unread_count"].get<int>(); };
    batch.moderator.put(batch.path + "/threads/" + batch.thread + "/read-mark", {{"number", batch.count()}});
    batch.member.put(batch.path + "/threads/" + batch.thread + "/read-mark", {{"number", batch.count()}});
    batch.write({batch.by(batch.member), batch.by(batch.moderator), batch.by(batch.member), batch.by(batch.member)});
    BOOST_TEST(unread(batch.member) == 1);
    BOOST_TEST(unread(batch.moderator) == 3);
    BOOST_TEST(unread(batch.observer) == batch.count());
}

BOOST_AUTO_TEST_CASE(a_mention_in_a_batch_calls_whoever_takes_part) {
    Instance instance;
    Batch batch(instance);
    posts::New post = batch.by(batch.member);
    post.mentions = {batch.moderator.member, batch.outsider.member, batch.member.member};
    batch.write({post});
    BOOST_TEST(batch.moderator.get(batch.path).json()["news"]["mentions"] == 1);
    BOOST_TEST(batch.member.get(batch.path).json()["news"]["mentions"] == 0);
}

BOOST_AUTO_TEST_SUITE_END()
