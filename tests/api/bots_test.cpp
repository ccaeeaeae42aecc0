// Bots and their access keys.
#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "protocol/digest.hpp"
#include "server/app.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

std::string path_of(const Cast& cast, const Client& bot) { return cast.path + "/bots/" + bot.member; }

}  // namespace

BOOST_AUTO_TEST_SUITE(bots)

BOOST_AUTO_TEST_CASE(a_moderator_makes_a_bot_and_a_key_and_the_bot_posts_a_dataset) {
    Instance instance;
    Cast cast(instance);
    const Answer made = cast.moderator.post(cast.path + "/bots", {{"name", "Moissonneur"}, {"scopes", {"datasets:write"}}});
    BOOST_TEST(made.status == 201);
    const Json bot = made.json();
    BOOST_TEST(bot["name"] == "Moissonneur");
    BOOST_TEST(bot["owner"]["id"] == cast.moderator.member);
    BOOST_TEST(bot["state"] == "active");
    BOOST_TEST(bot["works"] == true);
    BOOST_TEST(bot["keys"].empty());
    const Json key = cast.moderator.post(cast.path + "/bots/" + bot["id"].get<std::string>() + "/keys", {{"name", "serveur"}}).json();
    Client program = instance.stranger();
    program.key = key["key"];
    const Answer posted = program.post(cast.path + "/datasets", dataset_of("silos"));
    BOOST_TEST(posted.status == 201);
    BOOST_TEST(posted.json()["author"] == Json({{"id", bot["id"]}, {"name", "Moissonneur"}, {"bot", true}}));
    BOOST_TEST(cast.member.get(cast.path + "/datasets").items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_bot_wrote_says_so) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    const Json thread = bot.post(cast.path + "/threads", {{"title", "Nouvelles données"}, {"body", "Trois jeux."}}).json();
    BOOST_TEST(thread["author"]["bot"] == true);
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    BOOST_TEST(bot.post(posts, {{"body", "Bonjour"}}).json()["author"]["bot"] == true);
    const Json read = cast.member.get(posts).items();
    BOOST_TEST(read[0]["author"]["bot"] == false);
    BOOST_TEST(read[1]["author"]["bot"] == true);
    BOOST_TEST(read[1]["author"]["name"] == "Moissonneur");
    for (const Json& one : cast.member.get(cast.path + "/threads").items()) BOOST_TEST(one["author"]["bot"] == (one["id"] == thread["id"]));
}

BOOST_AUTO_TEST_CASE(a_bots_repeated_post_happens_once) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot({"threads:write"});
    const std::string posts = cast.path + "/threads/" + cast.thread + "/posts";
    const Headers key{{"idempotency-key", "nuit"}};
    const Answer first = bot.post(posts, {{"body", "Une fois"}}, key), again = bot.post(posts, {{"body", "Une fois"}}, key);
    BOOST_TEST(again.status == 201);
    BOOST_TEST(again.json()["id"] == first.json()["id"]);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.posts WHERE body = 'Une fois'") == "1");
}

BOOST_AUTO_TEST_CASE(bots_are_not_among_the_members) {
    Instance instance;
    Cast cast(instance);
    const Client bot = cast.bot();
    for (const Json& member : cast.member.get(cast.path + "/members").items()) BOOST_TEST(member["member"]["id"] != bot.member);
    BOOST_TEST(cast.member.get(cast.path + "/bots").items()[0]["id"] == bot.member);
    BOOST_TEST(cast.moderator.get(cast.path + "/nda/pending").body.find(bot.member) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(moderators_alone_see_keys_and_nobody_sees_one_again) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    const Answer shown = cast.moderator.get(path_of(cast, bot));
    BOOST_TEST(shown.json()["keys"].size() == 1u);
    BOOST_TEST(shown.body.find(bot.key) == std::string::npos);
    BOOST_TEST(cast.member.get(path_of(cast, bot)).json()["keys"].empty());
    for (const std::string& kept : {bot.key, to_hex(sha256(bot.key)), std::string("mgl_")})
        BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.access_keys k WHERE to_jsonb(k)::text LIKE '%" + kept + "%'") == "0", kept);
    BOOST_TEST(instance.sql("SELECT encode(token_hash, 'hex') FROM margelle.access_keys") == to_hex(sha256("access key\n" + bot.key)));
}

BOOST_AUTO_TEST_CASE(a_key_is_not_taken_from_a_cookie_nor_a_session_from_a_key) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    Client browser = instance.stranger();
    browser.cookie = "margelle_session=" + bot.key;
    BOOST_TEST(browser.get(cast.path + "/datasets").status == 401);
    Client program = instance.stranger();
    program.key = cast.member.cookie.substr(cast.member.cookie.find('=') + 1);
    BOOST_TEST(program.get(cast.path + "/datasets").status == 401);
    BOOST_TEST(instance.stranger().get(cast.path + "/datasets?access_token=" + bot.key).status == 422);
}

BOOST_AUTO_TEST_CASE(a_session_and_a_key_together_are_refused) {
    Instance instance;
    Cast cast(instance);
    Client both = cast.bot();
    both.cookie = cast.moderator.cookie;
    BOOST_TEST(both.get(cast.path + "/datasets").problem() == "two-credentials");
    BOOST_TEST(both.post(cast.path + "/datasets", dataset_of("silos")).problem() == "two-credentials");
    // What a proxy in front asks for is no key.
    BOOST_TEST(cast.member.get(cast.path + "/datasets", {{"authorization", "Basic YTpi"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_key_needs_no_origin_and_a_session_still_does) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    BOOST_TEST(bot.post(cast.path + "/datasets", dataset_of("silos"), {{"origin", "https://elsewhere.example"}}).status == 201);
    BOOST_TEST(cast.member.post(cast.path + "/datasets", dataset_of("silos"), {{"origin", "https://elsewhere.example"}}).problem() == "foreign-origin");
}

BOOST_AUTO_TEST_CASE(one_key_follows_another_without_a_break) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    Client next = bot;
    next.key = cast.moderator.post(path_of(cast, bot) + "/keys", {{"name", "suivante"}}).json()["key"];
    for (Client* one : {&bot, &next}) BOOST_TEST(one->get("/bot").status == 200);
    const std::string old = bot.get("/bot").json()["key"]["id"];
    BOOST_TEST(cast.moderator.remove(path_of(cast, bot) + "/keys/" + old).status == 204);
    BOOST_TEST(bot.get("/bot").status == 401);
    BOOST_TEST(next.get("/bot").json()["key"]["name"] == "suivante");
    BOOST_TEST(cast.moderator.remove(path_of(cast, bot) + "/keys/" + old).status == 404);
}

BOOST_AUTO_TEST_CASE(a_key_holds_a_year_unless_it_is_said_and_never_longer_than_that) {
    Instance instance;
    Cast cast(instance);
    const Client bot = cast.bot();
    const std::string keys = path_of(cast, bot) + "/keys", days = "SELECT extract(day FROM expires_at - created_at)::int FROM margelle.access_keys ORDER BY created_at DESC LIMIT 1";
    BOOST_TEST(instance.sql(days) == "365");
    cast.moderator.post(keys, {{"days", 7}});
    BOOST_TEST(instance.sql(days) == "7");
    BOOST_TEST(cast.moderator.post(keys, {{"days", 367}}).status == 422);
    BOOST_TEST(cast.moderator.post(keys, {{"days", 0}}).status == 422);
    BOOST_CHECK_THROW(instance.sql("UPDATE margelle.access_keys SET expires_at = now() + interval '400 days'"), pqxx::sql_error);
}

BOOST_AUTO_TEST_CASE(five_keys_hold_at_once) {
    Instance instance;
    Cast cast(instance);
    const Client bot = cast.bot();
    const std::string keys = path_of(cast, bot) + "/keys";
    for (int i = 0; i < 4; ++i) BOOST_TEST(cast.moderator.post(keys, Json::object()).status == 201);
    BOOST_TEST(cast.moderator.post(keys, Json::object()).problem() == "conflict");
    cast.moderator.remove(keys + "/" + cast.moderator.get(path_of(cast, bot)).json()["keys"][0]["id"].get<std::string>());
    BOOST_TEST(cast.moderator.post(keys, Json::object()).status == 201);
}

BOOST_AUTO_TEST_CASE(the_last_use_of_a_key_is_shown_to_the_minute) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    const auto used = [&] { return cast.moderator.get(path_of(cast, bot)).json()["keys"][0]["last_used_at"]; };
    BOOST_TEST(used().is_null());
    bot.get(cast.path + "/datasets");
    const Json first = used();
    BOOST_TEST(!first.is_null());
    bot.get(cast.path + "/datasets");
    BOOST_TEST(used() == first);
    instance.sql("UPDATE margelle.access_keys SET last_used_at = last_used_at - interval '61 seconds'");
    bot.get(cast.path + "/datasets");
    BOOST_TEST(instance.sql("SELECT last_used_at > now() - interval '30 seconds' FROM margelle.access_keys") == "t");
}

BOOST_AUTO_TEST_CASE(a_key_that_asks_too_often_waits) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    Answer last;
    int asked = 0;
    while (asked < App::requests_per_minute * 3 && (last = bot.get("/bot")).status == 200) ++asked;
    BOOST_TEST(asked >= App::requests_per_minute);
    BOOST_TEST(last.problem() == "rate-limited");
    BOOST_TEST(last.headers.count("Retry-After") == 1u);
    BOOST_TEST(cast.bot().get("/bot").status == 200);
    BOOST_TEST(cast.member.get(cast.path + "/datasets").status == 200);
}

BOOST_AUTO_TEST_CASE(its_owner_is_whoever_takes_part_and_has_accepted) {
    Instance instance;
    Cast cast(instance);
    const auto make = [&](const std::string& owner) {
        return cast.moderator.post(cast.path + "/bots", {{"name", "Moissonneur"}, {"scopes", {"datasets:write"}}, {"owner", owner}});
    };
    for (const Client* nobody : {&cast.outsider, &cast.newcomer, &cast.outdated, &cast.revoked, &cast.invited}) {
        const Answer refused = make(nobody->member);
        BOOST_TEST(refused.status == 422);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/owner");
    }
    BOOST_TEST(make(cast.bot().member).status == 422);
    const Json bot = make(cast.member.member).json();
    BOOST_TEST(bot["owner"]["id"] == cast.member.member);
    BOOST_TEST(bot["created_by"]["id"] == cast.moderator.member);
}

BOOST_AUTO_TEST_CASE(a_bot_works_once_whoever_answers_for_it_has_said_so) {
    Instance instance;
    Cast cast(instance);
    const std::string bot = cast.path + "/bots/" +
        cast.moderator.post(cast.path + "/bots", {{"name", "Moissonneur"}, {"scopes", every_scope}, {"owner", cast.member.member}}).json()["id"].get<std::string>();
    Client program = instance.stranger();
    program.key = cast.moderator.post(bot + "/keys", Json::object()).json()["key"];
    const auto closed = [&] {
        BOOST_TEST(program.get(cast.path + "/datasets").status == 404);
        BOOST_TEST(program.post(cast.path + "/threads", {{"title", "Silo"}, {"body", "Bonjour"}}).status == 404);
        BOOST_TEST(cast.moderator.get(bot).json()["state"] == "awaiting");
        BOOST_TEST(cast.moderator.get(bot).json()["works"] == false);
    };
    closed();
    BOOST_TEST(cast.moderator.put(bot + "/confirmation").problem() == "owner-only");
    BOOST_TEST(cast.member.put(bot + "/confirmation").json()["state"] == "active");
    BOOST_TEST(cast.member.put(bot + "/confirmation").status == 200);
    BOOST_TEST(program.get(cast.path + "/datasets").status == 200);
    // In other hands it waits again, unless they are those of whoever gives it.
    cast.moderator.patch(bot, {{"owner", cast.observer.member}}, {{"if-match", cast.moderator.get(bot).etag()}});
    closed();
    cast.moderator.patch(bot, {{"owner", cast.moderator.member}}, {{"if-match", cast.moderator.get(bot).etag()}});
    BOOST_TEST(program.get(cast.path + "/datasets").status == 200);
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY entry) FROM margelle.audit_entries WHERE kind LIKE 'bot.%'") == "bot.created bot.confirmed bot.changed bot.changed");
}

BOOST_AUTO_TEST_CASE(a_changed_bot_does_what_it_may_now) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot({"datasets:read"});
    BOOST_TEST(bot.post(cast.path + "/datasets", dataset_of("silos")).problem() == "out-of-scope");
    const Answer before = cast.moderator.get(path_of(cast, bot));
    const Answer changed = cast.moderator.patch(path_of(cast, bot), {{"name", "Récolteur"}, {"scopes", {"datasets:write"}}, {"owner", cast.member.member}}, {{"if-match", before.etag()}});
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.json()["name"] == "Récolteur");
    BOOST_TEST(changed.json()["owner"]["id"] == cast.member.member);
    cast.member.put(path_of(cast, bot) + "/confirmation");
    BOOST_TEST(bot.post(cast.path + "/datasets", dataset_of("silos")).json()["author"]["name"] == "Récolteur");
    BOOST_TEST(bot.get(cast.path + "/datasets").problem() == "out-of-scope");
    BOOST_TEST(cast.moderator.patch(path_of(cast, bot), {{"name", "Autre"}}, {{"if-match", before.etag()}}).status == 412);
}

BOOST_AUTO_TEST_CASE(what_is_revoked_stays_so) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    bot.post(cast.path + "/datasets", dataset_of("silos"));
    cast.moderator.remove(path_of(cast, bot));
    const Answer ended = cast.moderator.get(path_of(cast, bot));
    BOOST_TEST(ended.json()["state"] == "revoked");
    BOOST_TEST(ended.json()["works"] == false);
    BOOST_TEST(cast.moderator.patch(path_of(cast, bot), {{"name", "Autre"}}, {{"if-match", ended.etag()}}).problem() == "conflict");
    BOOST_TEST(cast.moderator.post(path_of(cast, bot) + "/keys", Json::object()).problem() == "conflict");
    BOOST_TEST(cast.moderator.remove(path_of(cast, bot)).status == 204);
    BOOST_CHECK_THROW(instance.sql("UPDATE margelle.bots SET revoked_at = NULL"), pqxx::sql_error);
    BOOST_TEST(cast.member.get(cast.path + "/datasets").items()[0]["author"]["name"] == "Moissonneur");
}

BOOST_AUTO_TEST_CASE(bots_and_keys_are_on_record) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    cast.moderator.patch(path_of(cast, bot), {{"name", "Récolteur"}}, {{"if-match", "\"r1\""}});
    cast.moderator.remove(path_of(cast, bot) + "/keys/" + cast.moderator.get(path_of(cast, bot)).json()["keys"][0]["id"].get<std::string>());
    cast.moderator.remove(path_of(cast, bot));
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY entry) FROM margelle.audit_entries WHERE subject_id = '" + bot.member + "'") ==
               "bot.created access_key.issued bot.changed access_key.revoked bot.revoked");
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM margelle.events WHERE data ->> 'bot_id' = '" + bot.member + "'") ==
               "bot.created bot.changed bot.changed bot.revoked");
}

// A request that entered before the key was revoked and writes after it: the access epoch decides.
BOOST_AUTO_TEST_CASE(what_entered_before_its_key_was_revoked_writes_nothing_after) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot();
    persistence::Connection connection(instance.database.app_url());
    persistence::Transaction t(connection, persistence::Access::write);
    const auto who = t.enter(sha256("access key\n" + bot.key), cast.group);
    BOOST_TEST(who.standing.value_or("") == "in");
    cast.moderator.remove(path_of(cast, bot));
    BOOST_TEST(instance.sql("SELECT access_epoch > " + std::to_string(who.access_epoch) + " FROM margelle.feed_heads WHERE feed_id = '" + cast.group + "'") == "t");
    BOOST_TEST(!t.enter(sha256("access key\n" + bot.key), cast.group).member.has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_bot_is_on_record_by_name) {
    Instance instance;
    Cast cast(instance), other(instance);
    Client bot = cast.bot();
    bot.get(other.path + "/datasets");
    instance.settle_audit();
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'access.refused' AND group_id = '" + other.group + "' AND actor_id = '" + bot.member + "'") == "1");
}

BOOST_AUTO_TEST_CASE(an_erased_owner_leaves_a_bot_that_opens_nothing) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot(Json::array(), &cast.member);
    BOOST_TEST(cast.member.remove("/me", {{"confirm_email", cast.member.email}}).status == 204);
    BOOST_TEST(bot.get(cast.path + "/datasets").status == 401);
    BOOST_TEST(cast.moderator.get(path_of(cast, bot)).json()["works"] == false);
}

BOOST_AUTO_TEST_SUITE_END()
