// Every operation asked by bots: bot_access.txt says which of them take an access key, and with which scope.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <functional>
#include <sstream>

#include "protocol/ids.hpp"
#include "server/documents.hpp"
#include "server/route.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Row {
    std::string operation, scope;
    int status;
};

const std::vector<Row>& table() {
    static const std::vector<Row> rows = [] {
        std::ifstream file(MARGELLE_SOURCE_DIR "/tests/api/bot_access.txt");
        std::vector<Row> read;
        for (std::string line; std::getline(file, line);) {
            if (line.empty() || line.starts_with('#')) continue;
            std::istringstream words(line);
            Row row;
            words >> row.operation >> row.scope >> row.status;
            if (!words) throw std::runtime_error("bot_access.txt: " + line);
            read.push_back(std::move(row));
        }
        return read;
    }();
    return rows;
}

const Row* row_of(std::string_view operation) {
    for (const Row& row : table())
        if (row.operation == operation) return &row;
    return nullptr;
}

struct World {
    explicit World(const std::string& confidentiality = "nda") : cast(instance, confidentiality) {
        dataset = cast.bot().post(cast.path + "/datasets", dataset_of("silos")).json()["id"];
        subscription = cast.moderator.post(cast.path + "/subscriptions", {{"kind", "udata"}, {"portal", "https://www.data.gouv.fr"}}).json()["id"];
    }

    Instance instance;
    Cast cast;
    std::string dataset, subscription;

    Answer ask(Client& who, const Route& route, const std::string& group = "") {
        static const std::map<std::string_view, std::function<Json()>> bodies{
            {"createThread", [] { return Json{{"title", "Silo"}, {"body", "Bonjour"}}; }},
            {"createPost", [] { return Json{{"body", "Bonjour"}}; }},
            {"postDataset", [] { return dataset_of(new_id()); }},
            {"reportRun", [] {
                 return Json{{"started_at", "2026-11-27T06:00:00Z"}, {"finished_at", "2026-11-27T06:01:00Z"}, {"created", 1}, {"changed", 0}, {"unchanged", 2}, {"skipped", 0}};
             }}};
        const auto body = bodies.find(route.operation);
        return who.send(route.verb,
            fill_path(route.path, {{"group", group.empty() ? cast.group : group}, {"thread", cast.thread}, {"post", cast.post}, {"dataset", dataset}, {"subscription", subscription},
                                      {"member", cast.member.member}, {"reaction", "agree"}, {"version", "1"}, {"number", "1"}}),
            body == bodies.end() ? Json() : body->second());
    }
};

// A request of no good shape says so first, whoever sends it: that betrays nothing.
bool is_about_its_shape(const Answer& answer) { return answer.status == 422 || answer.status == 428 || answer.status == 415 || answer.status == 400 || answer.status == 412; }

void expect_everywhere(World& world, Client& bot, int status, const std::string& problem) {
    for (const Route& route : routes()) {
        const Row* const row = row_of(route.operation);
        if (!row) continue;
        const bool outside = row->scope == "any" && status != 401;      // what it says of itself is of no group
        const Answer answer = world.ask(bot, route);
        BOOST_TEST(answer.status == (outside ? row->status : status), row->operation << ": " << answer.status << " " << answer.body);
        if (!outside) BOOST_TEST(answer.problem() == problem, row->operation);
        BOOST_TEST((outside || answer.body.find("Silo") == std::string::npos), row->operation << " shows content");
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bot_access)

BOOST_AUTO_TEST_CASE(the_table_the_routes_and_the_contract_name_the_same_scopes) {
    const Json paths = Json::parse(margelle::document("openapi.json"))["paths"];
    std::map<std::string, std::string> described;
    for (const Json& path : paths)
        for (const auto& [method, operation] : path.items())
            if (operation.is_object() && operation.contains("x-scope")) described[operation["operationId"]] = operation["x-scope"];
    BOOST_TEST(described.size() == table().size());
    for (const Route& route : routes()) {
        const Row* const row = row_of(route.operation);
        BOOST_TEST((route.scope == Scope::none) == (row == nullptr), route.operation);
        if (!row) continue;
        BOOST_TEST(described[row->operation] == row->scope, row->operation);
        if (row->scope != "any") BOOST_TEST(holds(row->scope, route.scope), row->operation);
    }
}

BOOST_AUTO_TEST_CASE(with_every_scope_a_bot_gets_what_the_table_says_and_nothing_else) {
    World world;
    Client bot = world.cast.bot();
    for (const Route& route : routes()) {
        const Answer answer = world.ask(bot, route);
        if (const Row* const row = row_of(route.operation)) BOOST_TEST(answer.status == row->status, route.operation << ": " << answer.status << " " << answer.body);
        else if (route.gate == Gate::open) BOOST_TEST(answer.status != 401, route.operation);
        else if (!is_about_its_shape(answer)) BOOST_TEST(answer.problem() == "out-of-scope", route.operation << ": " << answer.status << " " << answer.body);
    }
}

BOOST_AUTO_TEST_CASE(with_one_scope_a_bot_gets_what_needs_that_one) {
    World world;
    for (const Json& scope : every_scope) {
        Client bot = world.cast.bot(Json::array({scope}));
        for (const Route& route : routes()) {
            const Row* const row = row_of(route.operation);
            if (!row) continue;
            const Answer answer = world.ask(bot, route);
            if (row->scope == "any" || row->scope == scope) BOOST_TEST(answer.status == row->status, route.operation << " with " << scope << ": " << answer.body);
            else BOOST_TEST(answer.problem() == "out-of-scope", route.operation << " with " << scope << ": " << answer.status);
        }
    }
}

BOOST_AUTO_TEST_CASE(in_another_group_a_bot_finds_nothing) {
    World world;
    Cast other(world.instance, "light", "listed");
    Client bot = world.cast.bot();
    for (const std::string& group : {other.group, new_id()})
        for (const Route& route : routes()) {
            const Row* const row = row_of(route.operation);
            if (row && row->scope != "any") BOOST_TEST(world.ask(bot, route, group).status == 404, route.operation);
        }
}

BOOST_AUTO_TEST_CASE(a_key_that_was_revoked_opens_nothing) {
    World world;
    Client bot = world.cast.bot();
    const std::string key = world.cast.moderator.get(world.cast.path + "/bots/" + bot.member).json()["keys"][0]["id"];
    BOOST_TEST(world.cast.moderator.remove(world.cast.path + "/bots/" + bot.member + "/keys/" + key).status == 204);
    expect_everywhere(world, bot, 401, "unauthenticated");
}

BOOST_AUTO_TEST_CASE(a_key_whose_days_are_over_opens_nothing) {
    World world;
    Client bot = world.cast.bot();
    world.instance.sql("UPDATE margelle.access_keys SET expires_at = now()");
    expect_everywhere(world, bot, 401, "unauthenticated");
}

BOOST_AUTO_TEST_CASE(a_bot_that_was_revoked_opens_nothing_with_any_key) {
    World world;
    Client bot = world.cast.bot();
    Client later = bot;
    later.key = world.cast.moderator.post(world.cast.path + "/bots/" + bot.member + "/keys", Json::object()).json()["key"];
    BOOST_TEST(world.cast.moderator.remove(world.cast.path + "/bots/" + bot.member).status == 204);
    expect_everywhere(world, bot, 401, "unauthenticated");
    expect_everywhere(world, later, 401, "unauthenticated");
}

BOOST_AUTO_TEST_CASE(what_is_no_key_opens_nothing) {
    World world;
    Client bot = world.cast.bot();
    for (const std::string& key : {bot.key + "a", bot.key.substr(4), std::string("mgl_"), std::string("x")}) {
        bot.key = key;
        expect_everywhere(world, bot, 401, "unauthenticated");
    }
}

BOOST_AUTO_TEST_CASE(a_bot_whose_owner_is_locked_out_is_so_too) {
    World world;
    Client bot = world.cast.bot(Json::array(), &world.cast.member);
    world.instance.sql("UPDATE margelle.accounts SET locked_at = now() WHERE member_id = '" + world.cast.member.member + "'");
    expect_everywhere(world, bot, 401, "unauthenticated");
}

BOOST_AUTO_TEST_CASE(a_bot_whose_owner_takes_part_no_more_finds_nothing) {
    for (const bool removed : {true, false}) {
        World world;
        Client bot = world.cast.bot(Json::array(), &world.cast.member);
        if (removed) world.cast.moderator.patch(world.cast.path + "/members/" + world.cast.member.member, {{"state", "removed"}});
        else world.cast.member.remove(world.cast.path + "/membership");
        expect_everywhere(world, bot, 404, "not-found");
    }
}

BOOST_AUTO_TEST_CASE(a_bot_waits_until_its_owner_has_accepted_the_agreement_that_holds) {
    World world;
    Client bot = world.cast.bot(Json::array(), &world.cast.member);
    BOOST_TEST(world.cast.moderator.post(world.cast.path + "/nda/versions", {{"kind", "material"}, {"text", "Trois."}, {"summary", "Rien ne sort."}}).status == 201);
    expect_everywhere(world, bot, 403, "nda-required");
    BOOST_TEST(bot.get(world.cast.path + "/datasets").json()["nda_version"] == 3);
    world.cast.accept(world.cast.member);
    BOOST_TEST(bot.get(world.cast.path + "/datasets").status == 200);
    world.cast.member.post(world.cast.path + "/nda/withdrawal");
    expect_everywhere(world, bot, 403, "nda-required");
}

BOOST_AUTO_TEST_CASE(in_a_suspended_group_no_bot_does_anything) {
    World world;
    Client bot = world.cast.bot();
    world.cast.moderator.put(world.cast.path + "/suspension", {{"suspended", true}, {"reason", "Fuite"}});
    expect_everywhere(world, bot, 403, "read-only");
    world.cast.moderator.put(world.cast.path + "/suspension", {{"suspended", false}, {"reason", "Fin"}});
    BOOST_TEST(bot.get(world.cast.path + "/datasets").status == 200);
}

BOOST_AUTO_TEST_CASE(a_bot_whose_owner_observes_reads_alone) {
    World world;
    Client bot = world.cast.bot(Json::array(), &world.cast.member);
    world.cast.moderator.patch(world.cast.path + "/members/" + world.cast.member.member, {{"role", "observer"}});
    for (const Route& route : routes()) {
        const Row* const row = row_of(route.operation);
        if (!row) continue;
        const Answer answer = world.ask(bot, route);
        if (route.verb == Verb::get) BOOST_TEST(answer.status == row->status, route.operation);
        else BOOST_TEST(answer.problem() == "read-only", route.operation << ": " << answer.status);
    }
}

BOOST_AUTO_TEST_CASE(a_bot_neither_reads_as_somebody_else_nor_enters_a_circle) {
    World world;
    Client bot = world.cast.bot();
    BOOST_TEST(bot.get(world.cast.path + "/datasets", {{"read-as", "member:" + world.cast.member.member}}).problem() == "out-of-scope");
    const std::string circle = world.cast.circle_of({&world.cast.moderator});
    const std::string thread = world.cast.thread_in(circle, world.cast.moderator);
    BOOST_TEST(bot.get(world.cast.path + "/events?circle=" + circle).status == 404);
    BOOST_TEST(bot.post(world.cast.path + "/threads/" + thread + "/posts", {{"body", "Bonjour"}}).status == 404);
    BOOST_TEST(bot.post(world.cast.path + "/threads", {{"title", "Silo"}, {"body", "Bonjour"}, {"circle", circle}}).status == 422);
    BOOST_TEST(world.cast.moderator.put(world.cast.path + "/circles/" + circle + "/members/" + bot.member).status >= 400);
}

BOOST_AUTO_TEST_SUITE_END()
