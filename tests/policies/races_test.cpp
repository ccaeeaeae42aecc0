// Rights are decided under the lock that numbers the change: what two transactions do at once has one order.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <pqxx/pqxx>
#include <thread>

#include "persistence/circles.hpp"
#include "persistence/invitations.hpp"
#include "persistence/limits.hpp"
#include "persistence/memberships.hpp"
#include "persistence/nda.hpp"
#include "persistence/posts.hpp"
#include "persistence/readings.hpp"
#include "persistence/releases.hpp"
#include "persistence/sql.hpp"
#include "persistence/threads.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;
namespace memberships = margelle::persistence::memberships;
namespace posts = margelle::persistence::posts;
namespace releases = margelle::persistence::releases;
using persistence::Access;
using persistence::Connection;
using persistence::RightsChanged;
using persistence::Transaction;

namespace {

std::string token_hash(const Client& client) { return sha256(client.cookie.substr(client.cookie.find('=') + 1)); }

struct OwnConnection {
    explicit OwnConnection(const Instance& instance) : connection(instance.database.app_url()) {}
    Connection connection;
};

// What somebody is doing: a transaction that has entered, on a connection of its own.
struct Acting : private OwnConnection, Transaction {
    Acting(const Instance& instance, const Client& who, const std::optional<std::string>& group) : OwnConnection(instance), Transaction(connection, Access::write) {
        enter(token_hash(who), group);
    }
};

void wait_until_somebody_waits(Instance& instance) {
    for (int tries = 0; tries < 500; ++tries) {
        if (instance.sql("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == "t") return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    BOOST_FAIL("nobody waits for a lock");
}

// Runs a request while another transaction holds what it needs; the other one commits once the request waits.
template <class Act>
Answer meanwhile(Instance& instance, Transaction& holder, Act act) {
    Answer answer;
    std::thread request([&] { answer = act(); });
    try {
        wait_until_somebody_waits(instance);
        holder.commit();
    } catch (...) {
        request.join();
        throw;
    }
    request.join();
    return answer;
}

// The member and the observer are in the circle; the moderator who made it is not.
posts::Outcome write(Transaction& t, const Client& author, const std::string& group, const std::string& thread, const std::string& text) {
    const posts::New post{token_hash(author), group, thread, new_id(), text, "<p>" + text + "</p>", std::nullopt, {}};
    return posts::write(t, {&post}).at(0).outcome;
}

struct CircleCast : Cast {
    explicit CircleCast(Instance& instance) : Cast(instance), circle(circle_of({&member, &observer})), hidden(thread_in(circle, member)) {}
    std::string own_place() const { return path + "/circles/" + circle + "/members/" + member.member; }
    std::string circle, hidden;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(races)

BOOST_AUTO_TEST_CASE(a_post_that_entered_before_a_removal_committed_is_refused) {
    Instance instance;
    Cast cast(instance);
    Acting writing(instance, cast.member, cast.group);
    BOOST_REQUIRE(writing.who().may_write);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST((write(writing, cast.member, cast.group, cast.thread, "trop tard") == posts::Outcome::refused));
}

BOOST_AUTO_TEST_CASE(a_post_that_waits_while_a_removal_commits_ends_in_404_and_leaves_no_row) {
    Instance instance;
    Cast cast(instance);
    Acting removal(instance, cast.moderator, cast.group);
    memberships::remove(removal, cast.member.member);
    const Answer answer = meanwhile(instance, removal, [&] { return cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "trop tard"}}); });
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.posts WHERE body = 'trop tard'") == "0");
}

BOOST_AUTO_TEST_CASE(a_post_that_waits_while_a_new_agreement_is_published_meets_the_gate) {
    Instance instance;
    Cast cast(instance);
    Acting publication(instance, cast.moderator, cast.group);
    persistence::nda::publish(publication, {"material", "fr", "Troisième.", "<p>Troisième.</p>", "Clair.", "<p>Clair.</p>"});
    const Answer answer = meanwhile(instance, publication, [&] { return cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "trop tard"}}); });
    BOOST_TEST(answer.problem() == "nda-required");
    BOOST_TEST(answer.json()["nda_version"] == 3);
}

BOOST_AUTO_TEST_CASE(an_acceptance_that_waits_while_a_new_agreement_is_published_is_of_no_use) {
    Instance instance;
    Cast cast(instance);
    const Json current = cast.newcomer.get(cast.path + "/nda").json()["current"];
    Acting publication(instance, cast.moderator, cast.group);
    persistence::nda::publish(publication, {"minor", "fr", "Deuxième bis.", "<p>Deuxième bis.</p>", "Clair.", "<p>Clair.</p>"});
    const Answer answer = meanwhile(instance, publication, [&] {
        return cast.newcomer.post(cast.path + "/nda/acceptance", {{"version", current["number"]}, {"sha256", current["sha256"]}, {"full_name", "Nadia"}, {"agreed", true}});
    });
    BOOST_TEST(answer.status == 409);
    BOOST_TEST(answer.problem() == "nda-changed");
}

BOOST_AUTO_TEST_CASE(of_two_last_moderators_who_leave_at_once_one_stays) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    Acting leaving(instance, cast.moderator, cast.group);
    memberships::leave(leaving);
    const Answer answer = meanwhile(instance, leaving, [&] { return cast.member.remove(cast.path + "/membership"); });
    BOOST_TEST(answer.status == 409);
    BOOST_TEST(answer.problem() == "last-moderator");
    BOOST_TEST(instance.sql("SELECT member_id FROM margelle.memberships WHERE group_id = '" + cast.group + "' AND role = 'moderator' AND state = 'active'") == cast.member.member);
}

BOOST_AUTO_TEST_CASE(a_moderator_who_erases_their_account_while_the_other_one_leaves_stays) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    Acting leaving(instance, cast.moderator, cast.group);
    memberships::leave(leaving);
    const Answer answer = meanwhile(instance, leaving, [&] { return cast.member.remove("/me", {{"confirm_email", cast.member.email}}); });
    BOOST_TEST(answer.problem() == "last-moderator");
    BOOST_TEST(cast.member.get(cast.path).status == 200);
}

BOOST_AUTO_TEST_CASE(whoever_erases_their_account_locks_their_membership_before_the_log_like_everybody) {
    Instance instance;
    Cast cast(instance);
    pqxx::connection connection(instance.database.superuser_url());
    pqxx::work removal(connection);
    removal.exec("SET LOCAL lock_timeout = '2s'");
    removal.exec("UPDATE margelle.memberships SET state = 'removed' WHERE group_id = '" + cast.group + "' AND member_id = '" + cast.member.member + "'");
    Answer answer;
    std::thread erasure([&] { answer = cast.member.remove("/me", {{"confirm_email", cast.member.email}}); });
    wait_until_somebody_waits(instance);
    BOOST_CHECK_NO_THROW(removal.exec("UPDATE margelle.feed_heads SET last_seq = last_seq + 1, access_epoch = access_epoch + 1 WHERE group_id = '" + cast.group + "'"));
    removal.commit();
    erasure.join();
    BOOST_TEST(answer.status == 204);
}

BOOST_AUTO_TEST_CASE(a_circles_post_that_entered_before_a_removal_from_it_committed_is_refused) {
    Instance instance;
    CircleCast cast(instance);
    Acting writing(instance, cast.member, cast.group);
    BOOST_REQUIRE(cast.moderator.remove(cast.own_place()).status == 204);
    BOOST_TEST((write(writing, cast.member, cast.group, cast.hidden, "trop tard") == posts::Outcome::no_such_thread));
}

BOOST_AUTO_TEST_CASE(a_circles_post_that_waits_while_a_removal_from_it_commits_ends_in_404) {
    Instance instance;
    CircleCast cast(instance);
    Acting removal(instance, cast.moderator, cast.group);
    BOOST_REQUIRE(persistence::circles::remove(removal, cast.circle, cast.member.member));
    persistence::run(removal, "SET CONSTRAINTS ALL IMMEDIATE");         // as its commit does
    const Answer answer = meanwhile(instance, removal, [&] { return cast.member.post(cast.path + "/threads/" + cast.hidden + "/posts", {{"body", "trop tard"}}); });
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.posts WHERE body = 'trop tard'") == "0");
}

BOOST_AUTO_TEST_CASE(a_removal_from_a_circle_that_waits_for_a_post_comes_after_it) {
    Instance instance;
    CircleCast cast(instance);
    Acting writing(instance, cast.member, cast.group);
    BOOST_TEST((write(writing, cast.member, cast.group, cast.hidden, "à temps") == posts::Outcome::created));
    const Answer answer = meanwhile(instance, writing, [&] { return cast.moderator.remove(cast.own_place()); });
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM margelle.events WHERE seq > 4 AND feed_id = '" + cast.circle + "'") == "post.created circle.left");
}

BOOST_AUTO_TEST_CASE(a_moderator_who_was_removed_meanwhile_changes_no_circle) {
    Instance instance;
    CircleCast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"role", "moderator"}}).status == 200);
    Acting changing(instance, cast.observer, cast.group);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"state", "removed"}}).status == 200);
    BOOST_CHECK_THROW(persistence::circles::remove(changing, cast.circle, cast.member.member), RightsChanged);
}

BOOST_AUTO_TEST_CASE(a_post_that_waits_while_its_thread_moves_goes_where_the_thread_went_or_nowhere) {
    Instance instance;
    CircleCast cast(instance);
    const std::string own = cast.circle_of({&cast.moderator, &cast.member}, "Technique"), posts_path = cast.path + "/threads/" + cast.thread + "/posts";
    const auto relabelling = [&](const std::string& to, Client& who) {
        Acting label(instance, cast.moderator, cast.group);
        persistence::threads::relabel(label, cast.thread, to, "Technique");
        return meanwhile(instance, label, [&] { return who.post(posts_path, {{"body", "pendant"}}); }).status;
    };
    BOOST_TEST(relabelling(own, cast.member) == 201);
    BOOST_TEST(instance.sql("SELECT feed_id FROM margelle.posts WHERE body = 'pendant'") == own);
    BOOST_REQUIRE(cast.moderator.put(cast.path + "/threads/" + cast.thread + "/label", {{"circle", nullptr}, {"reason", "Réglé"}}).status == 200);
    BOOST_REQUIRE(cast.moderator.remove(cast.path + "/circles/" + own + "/members/" + cast.member.member).status == 204);
    BOOST_TEST(relabelling(own, cast.member) == 404);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.posts WHERE body = 'pendant'") == "1");
}

BOOST_AUTO_TEST_CASE(a_reaction_that_commits_while_its_thread_moves_moves_along) {
    Instance instance;
    CircleCast cast(instance);
    const std::string own = cast.circle_of({&cast.moderator}, "Technique");
    Acting reacting(instance, cast.member, cast.group);
    posts::react(reacting, *posts::show(reacting, cast.post), cast.post, "agree", true);
    const Answer answer = meanwhile(instance, reacting, [&] { return cast.moderator.put(cast.path + "/threads/" + cast.thread + "/label", {{"circle", own}, {"reason", "Technique"}}); });
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(instance.sql("SELECT feed_id FROM margelle.reactions") == own);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.events WHERE feed_id = '" + cast.group + "' AND kind = 'reaction.changed'") == "0");
}

BOOST_AUTO_TEST_CASE(of_two_requests_that_take_up_an_invitation_at_once_one_does) {
    Instance instance;
    Cast cast(instance);
    const std::string invitation = cast.invited.get("/me/invitations").json()["items"][0]["id"];
    Acting first(instance, cast.invited, std::nullopt);
    BOOST_REQUIRE(persistence::invitations::take(first, invitation, cast.invited.member, "resident", std::nullopt) == cast.group);
    const Answer answer = meanwhile(instance, first, [&] { return cast.invited.post("/me/invitations/" + invitation + "/acceptance", {{"category", "resident"}}); });
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(cast.invited.get(cast.path).json()["standing"] == "lobby");
}

BOOST_AUTO_TEST_CASE(a_thread_that_moves_while_it_is_proposed_takes_the_release_along) {
    Instance instance;
    CircleCast cast(instance);
    const std::string own = cast.circle_of({&cast.moderator}, "Technique"), release = new_id();
    Acting proposing(instance, cast.member, cast.group);
    BOOST_REQUIRE(!releases::propose(proposing, release, {"Bilan", "", cast.thread, {cast.post}}));
    const Answer moved = meanwhile(instance, proposing, [&] { return cast.moderator.put(cast.path + "/threads/" + cast.thread + "/label", {{"circle", own}, {"reason", "Technique"}}); });
    BOOST_TEST(moved.status == 200);
    BOOST_TEST(instance.sql("SELECT r.feed_id = p.feed_id AND p.feed_id = '" + own + "' FROM margelle.releases r JOIN margelle.release_passages p USING (release_id)") == "t");
    BOOST_TEST(cast.member.get(cast.path + "/releases/" + release).status == 404);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_deleted_while_it_is_proposed_is_in_no_release) {
    Instance instance;
    CircleCast cast(instance);
    const std::string release = new_id();
    Acting proposing(instance, cast.moderator, cast.group);
    BOOST_REQUIRE(!releases::propose(proposing, release, {"Bilan", "", cast.thread, {cast.post}}));
    BOOST_TEST(meanwhile(instance, proposing, [&] { return cast.member.remove(cast.path + "/posts/" + cast.post); }).status == 204);
    BOOST_TEST(instance.sql("SELECT body_html FROM margelle.release_passages") == "");
}

BOOST_AUTO_TEST_CASE(an_approval_that_is_taken_back_while_a_release_is_published_comes_too_late_and_says_so) {
    Instance instance;
    CircleCast cast(instance);
    const std::string release = cast.member.post(cast.path + "/releases", {{"title", "Bilan"}, {"summary", "En bref."}}).json()["id"], at = cast.path + "/releases/" + release;
    for (Client* who : {&cast.member, &cast.moderator}) BOOST_REQUIRE(who->put(at + "/approval").status == 200);
    Acting publishing(instance, cast.moderator, cast.group);
    BOOST_REQUIRE(releases::publish(publishing, release));
    BOOST_TEST(meanwhile(instance, publishing, [&] { return cast.member.remove(at + "/approval"); }).status == 409);
    BOOST_TEST(cast.anonymous.get("/square/" + release).status == 200);
}

BOOST_AUTO_TEST_CASE(an_approval_under_way_does_not_outlive_the_removal_of_who_gives_it) {
    Instance instance;
    Cast cast(instance);
    const std::string release = cast.moderator.post(cast.path + "/releases", {{"title", "Bilan"}, {"summary", "En bref."}}).json()["id"];
    Acting approving(instance, cast.member, cast.group);
    releases::approve(approving, release, true);
    BOOST_TEST(meanwhile(instance, approving, [&] { return cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"state", "removed"}}); }).status == 200);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.release_approvals") == "0");
}

BOOST_AUTO_TEST_CASE(sheets_of_invitations_sent_at_once_are_counted_one_after_the_other) {
    Instance instance;
    Cast cast(instance);
    Acting sheet(instance, cast.moderator, cast.group);
    persistence::limits::hold(sheet, "invitation_member", cast.moderator.member);
    for (int i = 0; i < 90; ++i) persistence::limits::note(sheet, "invitation_member", cast.moderator.member);
    BOOST_TEST(meanwhile(instance, sheet, [&] {
        return cast.moderator.post(cast.path + "/invitations", {{"invitations", {{{"email", "line@example.org"}}}}});
    }).status == 429);
}

// Of a batch that met it, one would have waited for the other until PostgreSQL ended one of them.
BOOST_AUTO_TEST_CASE(a_batch_waits_neither_for_an_edit_nor_for_a_mark) {
    Instance instance;
    Cast cast(instance);
    Acting editing(instance, cast.member, cast.group), marking(instance, cast.observer, cast.group);
    persistence::run(editing, "SELECT FROM margelle.posts WHERE group_id = $1 AND post_id = $2 FOR NO KEY UPDATE", cast.group, cast.post);   // as posts::edit begins
    BOOST_REQUIRE(persistence::threads::mark_read(marking, cast.thread, 1));
    Connection connection(instance.database.app_url());
    Transaction writing(connection, Access::write);
    const posts::New reply{token_hash(cast.moderator), cast.group, cast.thread, new_id(), "Oui.", "<p>Oui.</p>", cast.post, {}};
    BOOST_TEST((posts::write(writing, {&reply}, posts::Patience::brief).at(0).outcome == posts::Outcome::created));
    writing.commit();
    BOOST_REQUIRE(posts::edit(editing, *posts::show(editing, cast.post), cast.post, 1, "Autre", "<p>Autre</p>", {}));
    editing.commit();
    marking.commit();
}

BOOST_AUTO_TEST_CASE(whoever_is_removed_while_what_they_approved_is_published_is_removed) {
    Instance instance;
    Cast cast(instance);
    const std::string release = cast.member.post(cast.path + "/releases", {{"title", "Bilan"}, {"summary", "En bref."}}).json()["id"], at = cast.path + "/releases/" + release;
    for (Client* who : {&cast.member, &cast.moderator}) BOOST_REQUIRE(who->put(at + "/approval").status == 200);
    Acting publishing(instance, cast.moderator, cast.group);
    BOOST_REQUIRE(releases::publish(publishing, release));
    BOOST_TEST(meanwhile(instance, publishing, [&] { return cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"state", "removed"}}); }).status == 200);
    BOOST_TEST(cast.anonymous.get("/square/" + release).status == 200);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.release_approvals") == "2", "what was decided keeps its approvals");
}

BOOST_AUTO_TEST_CASE(nothing_is_added_to_a_release_while_it_is_approved) {
    Instance instance;
    Cast cast(instance);
    const std::string release = cast.member.post(cast.path + "/releases", {{"title", "Bilan"}, {"thread", cast.thread}, {"summary", "En bref."}, {"posts", Json::array()}}).json()["id"];
    Acting approving(instance, cast.moderator, cast.group);
    releases::approve(approving, release, true);
    bool refused = false;
    meanwhile(instance, approving, [&] {
        Acting adding(instance, cast.member, cast.group);
        try {
            persistence::run(adding, "INSERT INTO margelle.release_passages (group_id, release_id, number, post_id) VALUES ($1, $2, 1, $3)", cast.group, release, cast.post);
            adding.commit();
        } catch (const std::exception&) {
            refused = true;
        }
        return Answer{};
    });
    BOOST_TEST(refused);
}

BOOST_AUTO_TEST_CASE(two_readings_of_one_person_at_once_wait_in_one_order) {
    Instance instance;
    Cast cast(instance);
    std::string first = cast.thread, second = cast.member.post(cast.path + "/threads", {{"title", "Autre"}, {"body", "Ailleurs"}}).json()["id"];
    if (second < first) std::swap(first, second);
    Acting holder(instance, cast.member, cast.group);
    BOOST_REQUIRE(persistence::readings::keep(holder, {first, 1, 1}));
    bool kept = false;
    std::thread reading([&] {
        Acting t(instance, cast.member, cast.group);
        kept = persistence::readings::keep(t, std::vector<persistence::readings::Sent>{{second, 1, 1}, {first, 1, 1}});
        t.commit();
    });
    wait_until_somebody_waits(instance);
    // Had the other begun with the second, each would wait for the other now.
    BOOST_TEST(persistence::readings::keep(holder, {second, 1, 1}));
    holder.commit();
    reading.join();
    BOOST_TEST(kept);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.readings") == "2");
}

BOOST_AUTO_TEST_CASE(what_somebody_reads_no_longer_is_not_kept) {
    Instance instance;
    CircleCast cast(instance);
    Acting reading(instance, cast.moderator, cast.group);
    BOOST_TEST(!persistence::readings::keep(reading, std::vector<persistence::readings::Sent>{{cast.thread, 1, 1}, {cast.hidden, 1, 1}}));
}

BOOST_AUTO_TEST_SUITE_END()
