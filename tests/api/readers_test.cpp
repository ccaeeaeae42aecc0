// Who could see a thread at a moment, told from the record.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Record : Cast {
    explicit Record(Instance& instance, const std::string& confidentiality = "nda") : Cast(instance, confidentiality), instance(instance) {}
    std::string now() { return instance.sql("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"); }
    Answer ask(const std::string& moment = "") { return moderator.get(path + "/threads/" + thread + "/readers" + (moment.empty() ? "" : "?at=" + moment)); }
    Json at(const std::string& moment = "") { return ask(moment).json(); }
    std::string names(const std::string& moment = "") {
        std::string all;
        for (const Json& one : ask(moment).items()) all += (all.empty() ? "" : ", ") + one["member"]["name"].get<std::string>();
        return all;
    }
    Instance& instance;
};

}  // namespace

// Times are compared in brackets: left to itself, Boost.Test takes the shorter text for the earlier one.
BOOST_AUTO_TEST_SUITE(readers)

BOOST_AUTO_TEST_CASE(those_who_are_in_read_and_those_who_have_not_accepted_do_not) {
    Instance instance;
    Record r(instance);
    BOOST_TEST(r.names() == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST(r.at()["label"] == "group");
    BOOST_TEST(r.at()["circle"].is_null());
}

BOOST_AUTO_TEST_CASE(joining_and_leaving_count_from_their_moment) {
    Instance instance;
    Record r(instance);
    const std::string before = r.now();
    r.accept(r.newcomer);
    const std::string joined = r.now();
    BOOST_REQUIRE(r.newcomer.remove(r.path + "/membership").status == 204);
    BOOST_REQUIRE(r.moderator.patch(r.path + "/members/" + r.observer.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(r.names(before) == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST(r.names(joined) == "Mehdi Member, Mona Moderator, Nadia Newcomer, Odile Observer");
    BOOST_TEST(r.names() == "Mehdi Member, Mona Moderator");
    const Json then = r.at(joined)["items"][2];
    BOOST_TEST((then["since"].get<std::string>() > before));
    BOOST_TEST((then["since"].get<std::string>() < joined));
}

BOOST_AUTO_TEST_CASE(a_new_version_closes_the_thread_until_it_is_accepted) {
    Instance instance;
    Record r(instance);
    const std::string before = r.now();
    BOOST_REQUIRE(r.moderator.post(r.path + "/nda/versions", {{"kind", "material"}, {"text", "Troisième."}, {"summary", "Bref."}}).status == 201);
    const std::string published = r.now();
    r.accept(r.moderator);
    const std::string accepted = r.now();
    r.accept(r.member);
    BOOST_REQUIRE(r.member.post(r.path + "/nda/refusal", {{"version", 3}}).status == 204);
    BOOST_TEST(r.names(before) == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST(r.names(published) == "");
    BOOST_TEST(r.names(accepted) == "Mona Moderator");
    BOOST_TEST(r.names() == "Mona Moderator");
    BOOST_TEST((r.at(accepted)["items"][0]["since"].get<std::string>() > published));
}

BOOST_AUTO_TEST_CASE(a_correction_of_form_closes_nothing) {
    Instance instance;
    Record r(instance);
    const std::string before = r.now();
    BOOST_REQUIRE(r.moderator.post(r.path + "/nda/versions", {{"kind", "minor"}, {"text", "Deuxième bis."}, {"summary", "Bref."}}).status == 201);
    r.accept(r.member);
    BOOST_TEST(r.names() == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST((r.at()["items"][0]["since"].get<std::string>() < before));
}

BOOST_AUTO_TEST_CASE(a_version_published_ahead_closes_the_thread_from_its_day_to_those_who_have_not_accepted_it) {
    Instance instance;
    Record r(instance);
    const std::string day = instance.sql("SELECT (current_date + 5)::text");
    BOOST_REQUIRE(r.moderator.post(r.path + "/nda/versions", {{"kind", "material"}, {"text", "Troisième."}, {"summary", "Bref."}, {"holds_from", day}}).status == 201);
    r.accept(r.moderator);
    r.accept(r.member);
    BOOST_TEST(r.names() == "Mehdi Member, Mona Moderator, Odile Observer");
    // Five days pass.
    instance.sql("SET LOCAL session_replication_role = replica;"
                 "UPDATE margelle.audit_entries SET at = at - interval '5 days'; UPDATE margelle.nda_register SET at = at - interval '5 days';"
                 "UPDATE margelle.threads SET created_at = created_at - interval '5 days';"
                 "UPDATE margelle.nda_versions SET published_at = published_at - interval '5 days', holds_from = holds_from - 5");
    BOOST_TEST(r.names() == "Mehdi Member, Mona Moderator");
    const std::string eve = instance.sql("SELECT (current_date - 1)::text") + "T00:00:00Z";
    BOOST_TEST(r.names(eve) == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST(r.at()["items"][0]["since"] == r.at(eve)["items"][0]["since"]);
}

BOOST_AUTO_TEST_CASE(a_relabelled_thread_had_other_readers_before) {
    Instance instance;
    Record r(instance);
    const std::string circle = r.circle_of({&r.moderator, &r.observer});
    const std::string before = r.now();
    BOOST_REQUIRE(r.moderator.put(r.path + "/threads/" + r.thread + "/label", {{"circle", circle}, {"reason", "Argent"}}).status == 200);
    const std::string within = r.now();
    BOOST_REQUIRE(r.moderator.put(r.path + "/threads/" + r.thread + "/label", {{"circle", nullptr}, {"reason", "Réglé"}}).status == 200);
    BOOST_TEST(r.names(before) == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST(r.names(within) == "Mona Moderator, Odile Observer");
    BOOST_TEST(r.at(within)["label"] == "circle");
    BOOST_TEST(r.at(within)["circle"]["name"] == "Financement");
    BOOST_TEST(r.names() == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST((r.at()["items"][0]["since"].get<std::string>() > within));
}

BOOST_AUTO_TEST_CASE(entering_and_leaving_the_circle_count_from_their_moment) {
    Instance instance;
    Record r(instance);
    const std::string circle = r.circle_of({&r.moderator});
    r.thread = r.thread_in(circle, r.moderator);
    const std::string before = r.now();
    BOOST_REQUIRE(r.moderator.put(r.path + "/circles/" + circle + "/members/" + r.member.member).status == 204);
    const std::string entered = r.now();
    BOOST_REQUIRE(r.member.remove(r.path + "/circles/" + circle + "/members/" + r.member.member).status == 204);
    BOOST_TEST(r.names(before) == "Mona Moderator");
    BOOST_TEST(r.names(entered) == "Mehdi Member, Mona Moderator");
    BOOST_TEST(r.names() == "Mona Moderator");
}

BOOST_AUTO_TEST_CASE(organisations_are_those_of_then) {
    Instance instance;
    Record r(instance, "light");
    const std::string before = r.now();
    const std::string id = r.member.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}}}}).json()["organisations"][0]["organisation"]["id"];
    BOOST_REQUIRE(r.member.patch(r.path + "/membership", {{"organisation_id", id}}).status == 204);
    const auto of_member = [&](const Json& answer) {
        for (const Json& one : answer["items"])
            if (one["member"]["id"] == r.member.member) return one["organisation"];
        return Json("absent");
    };
    BOOST_TEST(of_member(r.at(before)).is_null());
    BOOST_TEST(of_member(r.at())["name"] == "Régie du bois");
}

BOOST_AUTO_TEST_CASE(whom_the_record_forgot_is_not_named) {
    Instance instance;
    Record r(instance, "light");
    BOOST_REQUIRE(r.moderator.patch(r.path, {{"records_reading", true}}, {{"if-match", r.moderator.get(r.path).etag()}}).status == 200);
    const std::string post = r.moderator.post(r.path + "/threads/" + r.thread + "/posts", {{"body", "Lu"}}).json()["id"];
    r.observer.get(r.path + "/posts/" + post);
    r.member.get(r.path + "/posts/" + post);
    BOOST_REQUIRE(r.observer.remove(r.path + "/membership").status == 204);
    instance.settle_audit();
    instance.sql("SET LOCAL session_replication_role = replica; UPDATE margelle.audit_entries SET at = at - interval '6 years';"
                 "UPDATE margelle.threads SET created_at = created_at - interval '6 years'; UPDATE margelle.posts SET created_at = created_at - interval '6 years';"
                 "UPDATE margelle.readings SET at = at - interval '6 years'");
    const std::string left = instance.sql("SELECT to_char((max(at) - interval '1 microsecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                                          " FROM margelle.audit_entries WHERE kind = 'member.left' AND subject_id = '" + r.observer.member + "'");
    const std::string then = left + "&post=" + post;
    BOOST_TEST(r.names(then) == "Mehdi Member, Mona Moderator, Nadia Newcomer, Odile Observer, Oscar Outdated");
    BOOST_TEST(r.at(then)["recorded"] == true);
    instance.sql("SELECT margelle.anonymise_register(5)");
    BOOST_TEST(r.names(then) == "—, Mehdi Member, Mona Moderator, Nadia Newcomer, Oscar Outdated");
    BOOST_TEST(r.at(then)["recorded"] == false, "what they were sent is gone as well");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.readings WHERE member_id = '" + r.observer.member + "'") == "0");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.readings WHERE member_id = '" + r.member.member + "'") == "1");
    BOOST_TEST(r.at("2999-01-01T00:00:00Z&post=" + post)["recorded"] == true);
}

BOOST_AUTO_TEST_CASE(before_there_was_a_thread_nobody_read_it) {
    Instance instance;
    Record r(instance);
    BOOST_TEST(r.names("2020-01-01T00:00:00Z") == "");
    BOOST_TEST(r.names("2999-01-01T00:00:00Z") == "Mehdi Member, Mona Moderator, Odile Observer");
    BOOST_TEST(r.moderator.get(r.path + "/threads/" + r.thread + "/readers?at=2026-13-45T00:00:00Z").status == 422);
}

BOOST_AUTO_TEST_CASE(it_is_told_to_moderators_who_read_the_thread_themselves) {
    Instance instance;
    Record r(instance);
    BOOST_TEST(r.member.get(r.path + "/threads/" + r.thread + "/readers").problem() == "moderators-only");
    const std::string hidden = r.thread_in(r.circle_of({&r.member}), r.member);
    for (const std::string& id : {hidden, new_id()}) BOOST_TEST(r.moderator.get(r.path + "/threads/" + id + "/readers").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
