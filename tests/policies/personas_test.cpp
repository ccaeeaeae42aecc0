// Persona x table x verb, in plain SQL as the application's role: personas.txt says for whom a statement has an effect.
#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include <fstream>
#include <set>
#include <sstream>

#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Probe {
    std::string name;
    std::set<std::string> personas;
    std::string statement;
};

std::vector<Probe> read_probes() {
    std::ifstream file(MARGELLE_SOURCE_DIR "/tests/policies/personas.txt");
    std::vector<Probe> probes;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t colon = line.find(": ");
        Probe probe{line.substr(0, colon), {}, {}};
        std::istringstream names(line.substr(colon + 2));
        for (std::string name; names >> name;)
            if (name != "nobody") probe.personas.insert(name);
        std::getline(file, probe.statement);
        probes.push_back(std::move(probe));
    }
    return probes;
}

// A cast whose group holds a row in every table of content.
struct FullCast : Cast {
    explicit FullCast(Instance& instance) : Cast(instance) {
        foreign = outsider.get("/groups").json()["items"][0]["id"];
        const std::string posts = path + "/threads/" + thread + "/posts", etag = member.get(path + "/posts/" + post).etag();
        member.patch(path + "/posts/" + post, {{"body", "Où mettre le silo, alors ?"}}, {{"if-match", etag}});
        moderator.post(posts, {{"body", "Au nord."}, {"reply_to", post}});
        moderator.put(path + "/posts/" + post + "/reactions/agree");
        member.put(path + "/posts/" + post + "/reactions/agree");
        observer.put(path + "/threads/" + thread + "/read-mark", {{"number", 1}});
        moderator.put(path + "/threads/" + thread + "/read-mark", {{"number", 1}});
        circle = circle_of({&member, &observer});
        closed = circle_of({&observer}, "Technique");
        own = circle_of({&moderator}, "Animation");
        hidden = thread_in(circle, member);
        moderator.post(path + "/circles/" + circle + "/entry-requests");
        accept_for_organisation(member, {{"signatory", {{"name", "Marie Maire"}, {"email", "maire@example.net"}}}});
        moderator.post(path + "/nda/reminders", {{"members", {newcomer.member}}});
        for (const auto& [where, message] : {std::pair(thread, post), std::pair(hidden, member.get(path + "/threads/" + hidden + "/posts").items()[0]["id"].get<std::string>())})
            member.post(path + "/releases", {{"title", "Bilan"}, {"thread", where}, {"posts", {message}}});
        const std::string of_circle = instance.sql("SELECT release_id FROM margelle.releases WHERE thread_id = '" + hidden + "'");
        member.put(path + "/releases/" + of_circle + "/approval");
        instance.sql("INSERT INTO margelle.readings (group_id, thread_id, number, member_id, feed_id)"
                     " SELECT group_id, thread_id, 1, '" + member.member + "', feed_id FROM margelle.threads WHERE thread_id IN ('" + thread + "', '" + hidden + "')");
        document(member, "Plan.txt", "Le plan");
        document(member, "Budget.txt", "Le budget", circle);
        upload(member, "abc");
        outsider.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "association"}}}});
        robot = bot();
        robot.post(path + "/datasets", dataset_of("silos"));
        moderator.put(path + "/datasets/" + robot.post(path + "/datasets", dataset_of("périmé")).json()["id"].get<std::string>() + "/hiding", {{"hidden", true}, {"reason", "Périmé"}});
        moderator.post(path + "/subscriptions", {{"kind", "udata"}, {"portal", "https://www.data.gouv.fr"}});
    }
    std::string foreign, circle, closed, own, hidden;
    Client robot = anonymous;       // a bot with every scope
};

// Whoever is named in personas.txt, and the anonymous.
const std::map<std::string, Client FullCast::*> personas{
    {"anonymous", &Cast::anonymous}, {"outsider", &Cast::outsider}, {"invited", &Cast::invited}, {"newcomer", &Cast::newcomer}, {"outdated", &Cast::outdated},
    {"observer", &Cast::observer}, {"member", &Cast::member}, {"moderator", &Cast::moderator}, {"revoked", &Cast::revoked}, {"bot", &FullCast::robot}};

std::string token_hash(const Client& client) {
    if (!client.key.empty()) return "'\\x" + to_hex(sha256("access key\n" + client.key)) + "'";
    return client.cookie.empty() ? "NULL" : "'\\x" + to_hex(sha256(client.cookie.substr(client.cookie.find('=') + 1))) + "'";
}

std::string entering(const Client& client, const std::string& group) { return "SELECT * FROM margelle.enter(" + token_hash(client) + ", '" + group + "')"; }

std::string filled(std::string statement, const Client& me, const FullCast& cast) {
    const bool observes = me.member == cast.observer.member;
    const std::map<std::string, std::string> values{{"$group", cast.group}, {"$thread", cast.thread}, {"$post", cast.post}, {"$foreign", cast.foreign},
        {"$circle", cast.circle}, {"$closed", cast.closed}, {"$own", cast.own}, {"$hidden", cast.hidden},
        {"$me", me.member.empty() ? new_id() : me.member}, {"$other", observes ? cast.member.member : cast.observer.member}, {"$new", new_id()}};
    for (const auto& [name, value] : values)
        for (std::size_t at; (at = statement.find(name)) != std::string::npos;) statement.replace(at, name.size(), "'" + value + "'");
    if (const std::size_t at = statement.find("$token"); at != std::string::npos) statement.replace(at, 6, token_hash(me));
    return statement;
}

// How many rows a statement reads or changes; an error is none.
std::size_t effect(pqxx::transaction_base& transaction, const std::string& statement) {
    try {
        const auto result = transaction.exec(statement);
        return result.columns() > 0 || statement.starts_with("SELECT") ? result.size() : result.affected_rows();
    } catch (const pqxx::sql_error&) {
        return 0;
    }
}

constexpr const char* settings =
    "SELECT concat(current_setting('margelle.member', true), current_setting('margelle.card', true), current_setting('margelle.lobby', true),"
    " current_setting('margelle.group', true), current_setting('margelle.circles', true), current_setting('margelle.may_write', true),"
    " current_setting('margelle.role', true), current_setting('margelle.scopes', true))";

}  // namespace

BOOST_AUTO_TEST_SUITE(policies)

BOOST_AUTO_TEST_CASE(a_statement_has_an_effect_for_those_alone_whom_the_table_names) {
    Instance instance;
    FullCast cast(instance);
    pqxx::connection connection(instance.database.app_url());
    for (const Probe& probe : read_probes()) {
        for (const auto& [name, client] : personas) {
            pqxx::work work(connection);
            const Client& me = cast.*client;
            work.exec(entering(me, cast.group));
            const std::size_t rows = effect(work, filled(probe.statement, me, cast));
            BOOST_TEST((rows > 0) == probe.personas.contains(name), probe.name << ", as " << name << ": " << rows << " rows");
        }
    }
}

BOOST_AUTO_TEST_CASE(who_is_named_in_the_table_exists) {
    for (const Probe& probe : read_probes())
        for (const std::string& name : probe.personas) BOOST_TEST(personas.count(name) == 1u, probe.name << ": " << name);
}

BOOST_AUTO_TEST_CASE(withdrawn_access_is_not_turned_into_leaving_even_where_the_group_can_be_seen) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    pqxx::connection connection(instance.database.app_url());
    const auto set = [&](const char* state) {
        pqxx::work work(connection);
        work.exec(entering(cast.revoked, cast.group));
        return effect(work, "UPDATE margelle.memberships SET state = '" + std::string(state) + "', role = 'member' WHERE group_id = '" + cast.group + "' AND member_id = '" + cast.revoked.member + "'");
    };
    BOOST_TEST(set("left") == 0u);
    BOOST_TEST(set("active") == 0u);
    BOOST_TEST(set("requested") == 1u);
}

BOOST_AUTO_TEST_CASE(without_entering_there_is_nothing_to_see_in_any_table) {
    Instance instance;
    FullCast cast(instance);
    pqxx::connection superuser(instance.database.superuser_url());
    pqxx::nontransaction all(superuser);
    const auto tables = all.exec("SELECT relname FROM pg_class WHERE relnamespace = 'margelle'::regnamespace AND relkind IN ('r', 'p')"
                                 " AND relname NOT IN ('actor_categories', 'themes', 'phases', 'territories', 'migrations', 'attempts')");
    BOOST_TEST(tables.size() > 20u);
    pqxx::connection connection(instance.database.app_url());
    for (const auto& row : tables) {
        const std::string table = row[0].as<std::string>();
        pqxx::work work(connection);
        BOOST_TEST(effect(work, "SELECT FROM margelle." + table) == 0u, table);
    }
}

BOOST_AUTO_TEST_CASE(a_refused_second_entering_leaves_nothing_of_the_first) {
    Instance instance;
    Cast cast(instance);
    pqxx::connection connection(instance.database.app_url());
    pqxx::work work(connection);
    work.exec(entering(cast.moderator, cast.group));
    BOOST_TEST(effect(work, "SELECT FROM margelle.posts") == 1u);
    work.exec(entering(cast.moderator, new_id()));
    BOOST_TEST(effect(work, "SELECT FROM margelle.posts") == 0u);
    BOOST_TEST(work.exec1(settings)[0].as<std::string>() == cast.moderator.member);
    work.exec(entering(cast.moderator, cast.group));
    work.exec(entering(cast.anonymous, cast.group));
    BOOST_TEST(work.exec1(settings)[0].as<std::string>() == "");
}

BOOST_AUTO_TEST_CASE(a_transaction_leaves_no_settings_behind_on_its_connection) {
    Instance instance;
    Cast cast(instance);
    pqxx::connection connection(instance.database.app_url());
    for (const bool commits : {true, false}) {
        {
            pqxx::work work(connection);
            work.exec(entering(cast.moderator, cast.group));
            BOOST_TEST(work.exec1(settings)[0].as<std::string>() != "");
            if (commits) work.commit();
        }
        pqxx::work next(connection);
        BOOST_TEST(next.exec1(settings)[0].as<std::string>() == "");
        BOOST_TEST(effect(next, "SELECT FROM margelle.posts") == 0u);
    }
}

BOOST_AUTO_TEST_CASE(the_live_hub_is_told_of_those_alone_who_may_read_now) {
    Instance instance;
    FullCast cast(instance);
    const std::string sessions = "ARRAY(SELECT session_id FROM margelle.sessions)", group = "'" + cast.group + "'";
    const auto count = [&](const std::string& function) { return instance.sql("SELECT count(*) FROM margelle." + function); };
    const std::string readers = "readers_among(" + group + ", " + group + ", " + sessions + ")";
    BOOST_TEST(instance.sql("SELECT string_agg(m.name, ', ' ORDER BY m.name) FROM margelle." + readers + " r JOIN margelle.sessions s ON s.session_id = r"
                            " JOIN margelle.members m USING (member_id)") == "Mehdi Member, Mona Moderator, Odile Observer");
    const std::string within = "readers_among(" + group + ", '" + cast.circle + "', " + sessions + ")";
    BOOST_TEST(count(within) == "2");
    const std::string total = count("open_among(" + sessions + ")");
    const auto spoil = [&](const Client& who, const char* table, const char* change) { instance.sql(std::string("UPDATE margelle.") + table + " SET " + change + " WHERE member_id = '" + who.member + "'"); };
    spoil(cast.observer, "sessions", "expires_at = now()");
    spoil(cast.member, "sessions", "last_used_at = now() - interval '14 days'");
    spoil(cast.moderator, "accounts", "locked_at = now()");
    BOOST_TEST(count(readers) == "0");
    BOOST_TEST(count(within) == "0");
    BOOST_TEST(count("open_among(" + sessions + ")") == std::to_string(std::stoi(total) - 3));
}

BOOST_AUTO_TEST_CASE(a_circle_takes_nobody_who_takes_no_part_in_the_group) {
    Instance instance;
    FullCast cast(instance);
    BOOST_CHECK_THROW(instance.sql("INSERT INTO margelle.circle_members VALUES ('" + cast.group + "', '" + cast.circle + "', '" + cast.outsider.member + "')"), pqxx::sql_error);
}

BOOST_AUTO_TEST_CASE(in_a_suspended_group_nobody_writes_and_everybody_reads) {
    Instance instance;
    Cast cast(instance);
    instance.sql("UPDATE margelle.groups SET frozen_at = now() WHERE group_id = '" + cast.group + "'");
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    BOOST_TEST(cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Non"}}).problem() == "read-only");
    BOOST_TEST(cast.moderator.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Non"}}).problem() == "read-only");
}

BOOST_AUTO_TEST_SUITE_END()
