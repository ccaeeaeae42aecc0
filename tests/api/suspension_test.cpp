// A group whose exchanges are suspended: everything is read, nothing written, and every way out stays open.
#include <boost/test/unit_test.hpp>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Suspended : Cast {
    explicit Suspended(Instance& instance) : Cast(instance), circle(circle_of({&member, &moderator})) { suspend(true, "Le marché est en cours"); }
    Answer suspend(bool suspended, const std::string& reason) { return moderator.put(path + "/suspension", {{"suspended", suspended}, {"reason", reason}}); }
    std::string circle;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(suspension)

BOOST_AUTO_TEST_CASE(everyone_who_is_in_reads_why) {
    Instance instance;
    Suspended s(instance);
    const Json group = s.observer.get(s.path).json();
    BOOST_TEST(group["frozen"] == true);
    BOOST_TEST(group["frozen_reason"] == "Le marché est en cours");
    BOOST_TEST(s.newcomer.get(s.path).body.find("marché") == std::string::npos);
    BOOST_TEST(s.member.get(s.path + "/threads/" + s.thread + "/posts").status == 200);
    BOOST_TEST(s.member.get(s.path + "/events?limit=100").items().back()["kind"] == "group.suspended");
    BOOST_TEST(instance.sql("SELECT data ->> 'reason' FROM margelle.audit_entries WHERE kind = 'group.suspended'") == "Le marché est en cours");
}

BOOST_AUTO_TEST_CASE(nothing_is_written) {
    Instance instance;
    Suspended s(instance);
    const std::string thread = s.path + "/threads/" + s.thread, post = s.path + "/posts/" + s.post, circle = s.path + "/circles/" + s.circle;
    const Headers match{{"if-match", "\"r1\""}};
    for (const Answer& refused : {s.member.post(thread + "/posts", {{"body", "Non"}}), s.member.post(s.path + "/threads", {{"title", "Non"}, {"body", "Non"}}),
             s.member.patch(thread, {{"title", "Non"}}, match), s.member.patch(post, {{"body", "Non"}}, match), s.member.remove(post), s.member.put(post + "/reactions/agree"),
             s.member.remove(post + "/reactions/agree"), s.moderator.put(thread + "/label", {{"circle", s.circle}, {"reason", "Non"}}),
             s.moderator.post(s.path + "/circles", {{"name", "Non"}, {"members", {s.member.member}}}), s.moderator.patch(circle, {{"name", "Non"}}, match),
             s.moderator.put(circle + "/members/" + s.observer.member), s.moderator.post(circle + "/entry-requests"),
             s.member.post(circle + "/entry-requests/" + s.moderator.member + "/agreement")})
        BOOST_TEST(refused.problem() == "read-only");
}

BOOST_AUTO_TEST_CASE(accepting_refusing_leaving_and_removing_go_on) {
    Instance instance;
    Suspended s(instance);
    s.accept(s.newcomer);
    BOOST_TEST(s.newcomer.get(s.path + "/threads").status == 200);
    BOOST_TEST(s.outdated.post(s.path + "/nda/refusal", {{"version", 2}}).status == 204);
    BOOST_TEST(s.member.remove(s.path + "/circles/" + s.circle + "/members/" + s.member.member).status == 204);
    BOOST_TEST(s.member.remove(s.path + "/membership").status == 204);
    BOOST_TEST(s.moderator.patch(s.path + "/members/" + s.observer.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(s.moderator.post(s.path + "/removals", {{"members", {s.newcomer.member}}, {"reason", "Fin du marché"}}).status == 200);
    BOOST_TEST(s.moderator.remove(s.path + "/circles/" + s.circle + "/members/" + s.moderator.member).status == 204);
}

BOOST_AUTO_TEST_CASE(a_moderator_reopens_it) {
    Instance instance;
    Suspended s(instance);
    const Json reopened = s.suspend(false, "Le marché est attribué").json();
    BOOST_TEST(reopened["frozen"] == false);
    BOOST_TEST(reopened["frozen_reason"].is_null());
    BOOST_TEST(s.member.post(s.path + "/threads/" + s.thread + "/posts", {{"body", "Enfin"}}).status == 201);
    BOOST_TEST(instance.sql("SELECT data ->> 'reason' FROM margelle.audit_entries WHERE kind = 'group.reopened'") == "Le marché est attribué");
}

BOOST_AUTO_TEST_CASE(saying_it_twice_is_saying_it_once) {
    Instance instance;
    Suspended s(instance);
    const Json head = s.member.get(s.path).json()["head"];
    BOOST_TEST(s.suspend(true, "Le marché est en cours").status == 200);
    BOOST_TEST(s.member.get(s.path).json()["head"] == head);
    BOOST_TEST(s.suspend(true, "Le marché dure").json()["frozen_reason"] == "Le marché dure");
}

BOOST_AUTO_TEST_SUITE_END()
