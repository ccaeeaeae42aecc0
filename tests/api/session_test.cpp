// Signing in and out, by password and by link; sessions; limits.
#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const std::string password = "neuf pommes vertes";

Client with_password(Instance& instance) {
    Client client = instance.person("Paule Password");
    BOOST_REQUIRE(client.put("/me/password", {{"new_password", password}}).status == 204);
    return client;
}

Answer sign_in(Client& client, const std::string& email, const std::string& with = password) { return client.post("/session", {{"email", email}, {"password", with}}); }

// A problem without the id of its request.
std::string without_instance(const Answer& answer) {
    Json problem = answer.json();
    problem.erase("instance");
    return problem.dump();
}

void fail_to_sign_in(Instance& instance, int times, const std::string& email, const std::string& address = "192.0.2.1") {
    Client client = instance.stranger();
    client.address = address;
    for (int i = 0; i < times; ++i) BOOST_TEST(sign_in(client, email, "wrong").problem() == "wrong-credentials");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session)

BOOST_AUTO_TEST_CASE(a_password_opens_a_session) {
    Instance instance;
    const Client account = with_password(instance);
    Client browser = instance.stranger();
    const Answer answer = sign_in(browser, account.email);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.json()["id"] == account.member);
    BOOST_TEST(answer.headers.at("Set-Cookie").find("HttpOnly; SameSite=Lax") != std::string::npos);
    BOOST_TEST(answer.body.find(browser.cookie.substr(browser.cookie.find('=') + 1)) == std::string::npos);
    BOOST_TEST(browser.get("/me").status == 200);
}

BOOST_AUTO_TEST_CASE(an_address_is_the_same_in_capitals) {
    Instance instance;
    const Client account = with_password(instance);
    Client browser = instance.stranger();
    std::string capitals = account.email;
    for (char& c : capitals) c = static_cast<char>(std::toupper(c));
    BOOST_TEST(sign_in(browser, capitals).status == 200);
}

BOOST_AUTO_TEST_CASE(an_unknown_address_and_a_wrong_password_get_the_same_answer) {
    Instance instance;
    const Client account = with_password(instance), without = instance.person("Lise Lien");
    Client browser = instance.stranger();
    const Answer wrong = sign_in(browser, account.email, "wrong"), unknown = sign_in(browser, "nobody@example.org"), linked = sign_in(browser, without.email, "wrong");
    BOOST_TEST(wrong.status == 422);
    BOOST_TEST(wrong.problem() == "wrong-credentials");
    BOOST_TEST(unknown.status == wrong.status);
    BOOST_TEST(without_instance(unknown) == without_instance(wrong));
    BOOST_TEST(without_instance(linked) == without_instance(wrong));
    BOOST_TEST((unknown.headers == wrong.headers));
}

BOOST_AUTO_TEST_CASE(a_new_session_ends_the_one_that_the_request_came_with) {
    Instance instance;
    Client account = with_password(instance);
    const std::string before = account.cookie;
    BOOST_TEST(sign_in(account, account.email).status == 200);
    BOOST_TEST(account.cookie != before);
    Client old = instance.stranger();
    old.cookie = before;
    BOOST_TEST(old.get("/me").status == 401);
    BOOST_TEST(instance.recorder.endings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_chosen_token_opens_nothing) {
    Instance instance;
    const Client account = with_password(instance);
    Client browser = instance.stranger();
    browser.cookie = "margelle_session=" + new_token();
    const std::string preset = browser.cookie;
    BOOST_TEST(sign_in(browser, account.email).status == 200);
    BOOST_TEST(browser.cookie != preset);
}

BOOST_AUTO_TEST_CASE(the_database_knows_tokens_by_their_hash_alone) {
    Instance instance;
    const Client account = instance.person("Paule Password");
    const std::string token = account.cookie.substr(account.cookie.find('=') + 1);
    BOOST_TEST(instance.sql("SELECT encode(token_hash, 'hex') FROM margelle.sessions") == to_hex(sha256(token)));
}

BOOST_AUTO_TEST_CASE(ten_failures_of_an_account_close_it_for_a_while_whatever_the_address) {
    Instance instance;
    const Client account = with_password(instance);
    for (int i = 0; i < 10; ++i) fail_to_sign_in(instance, 1, account.email, "192.0.2." + std::to_string(i + 1));
    Client browser = instance.stranger();
    browser.address = "198.51.100.9";
    const Answer limited = sign_in(browser, account.email);
    BOOST_TEST(limited.status == 429);
    BOOST_TEST(limited.problem() == "rate-limited");
    BOOST_TEST(std::stoi(limited.headers.at("Retry-After")) > 0);
    instance.sql("UPDATE margelle.attempts SET at = at - interval '15 minutes'");
    BOOST_TEST(sign_in(browser, account.email).status == 200);
}

BOOST_AUTO_TEST_CASE(an_unknown_account_is_limited_like_a_known_one) {
    Instance instance;
    fail_to_sign_in(instance, 10, "nobody@example.org");
    Client browser = instance.stranger();
    BOOST_TEST(sign_in(browser, "nobody@example.org").status == 429);
    BOOST_TEST(sign_in(browser, "NOBODY@example.org").status == 429);
}

BOOST_AUTO_TEST_CASE(a_hundred_failures_close_an_address_but_no_other) {
    Instance instance;
    const Client account = with_password(instance);
    instance.sql("INSERT INTO margelle.attempts (kind, key) SELECT 'sign_in_address', '192.0.2.1' FROM generate_series(1, 99)");
    fail_to_sign_in(instance, 1, "nobody@example.org");
    Client browser = instance.stranger();
    BOOST_TEST(sign_in(browser, account.email).status == 429);
    browser.address = "192.0.2.2";
    BOOST_TEST(sign_in(browser, account.email).status == 200);
}

BOOST_AUTO_TEST_CASE(a_whole_64_counts_as_one_address) {
    Instance instance;
    for (int i = 0; i < 100; ++i) fail_to_sign_in(instance, 1, "nobody" + std::to_string(i) + "@example.org", "2001:db8::" + std::to_string(i + 1));
    Client browser = instance.stranger();
    browser.address = "2001:db8::ffff";
    BOOST_TEST(sign_in(browser, "somebody@example.org").status == 429);
    browser.address = "2001:db8:0:1::1";
    BOOST_TEST(sign_in(browser, "somebody@example.org").problem() == "wrong-credentials");
}

BOOST_AUTO_TEST_CASE(success_is_not_counted) {
    Instance instance;
    const Client account = with_password(instance);
    for (int i = 0; i < 15; ++i) {
        Client browser = instance.stranger();
        BOOST_TEST(sign_in(browser, account.email).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(asking_for_a_link_gets_the_same_answer_for_a_known_and_an_unknown_address) {
    Instance instance;
    const Client account = instance.person("Lise Lien");
    Client browser = instance.stranger();
    for (const char* path : {"/sign-in-links", "/password-resets"}) {
        const Answer known = browser.post(path, {{"email", account.email}}), unknown = browser.post(path, {{"email", "nobody@example.org"}});
        BOOST_TEST(known.status == 202);
        BOOST_TEST(unknown.status == 202);
        BOOST_TEST(known.body == unknown.body);
        BOOST_TEST((known.headers == unknown.headers));
    }
    BOOST_TEST(instance.sql("SELECT string_agg(kind, ' ' ORDER BY kind) FROM margelle.outbox") == "set_password sign_in");
}

BOOST_AUTO_TEST_CASE(asking_for_mails_is_limited_by_account) {
    Instance instance;
    Client browser = instance.stranger();
    for (int i = 0; i < 10; ++i) BOOST_TEST(browser.post("/sign-in-links", {{"email", "nobody@example.org"}}).status == 202);
    const Answer limited = browser.post("/password-resets", {{"email", "nobody@example.org"}});
    BOOST_TEST(limited.status == 429);
    BOOST_TEST(limited.headers.count("Retry-After") == 1u);
}

BOOST_AUTO_TEST_CASE(a_link_opens_one_session_once) {
    Instance instance;
    const Client account = instance.person("Lise Lien");
    const std::string token = instance.mail_token("sign_in", account.member);
    Client browser = instance.stranger();
    const Answer first = browser.post("/sign-in-links/redemption", {{"token", token}});
    BOOST_TEST(first.status == 200);
    BOOST_TEST(first.json()["id"] == account.member);
    BOOST_TEST(instance.stranger().post("/sign-in-links/redemption", {{"token", token}}).problem() == "wrong-credentials");
}

BOOST_AUTO_TEST_CASE(a_link_lasts_fifteen_minutes) {
    Instance instance;
    const Client account = instance.person("Lise Lien");
    const std::string token = instance.mail_token("sign_in", account.member);
    instance.sql("UPDATE margelle.mail_tokens SET expires_at = expires_at - interval '15 minutes'");
    BOOST_TEST(instance.stranger().post("/sign-in-links/redemption", {{"token", token}}).problem() == "wrong-credentials");
}

BOOST_AUTO_TEST_CASE(a_token_of_one_kind_does_not_serve_for_another) {
    Instance instance;
    const Client account = instance.person("Lise Lien");
    const std::string reset = instance.mail_token("set_password", account.member), stop = instance.mail_token("stop_notices", account.member);
    Client browser = instance.stranger();
    BOOST_TEST(browser.post("/sign-in-links/redemption", {{"token", reset}}).problem() == "wrong-credentials");
    BOOST_TEST(browser.post("/sign-in-links/redemption", {{"token", stop}}).problem() == "wrong-credentials");
    BOOST_TEST(browser.post("/password-resets/redemption", {{"token", stop}, {"new_password", password}}).problem() == "wrong-credentials");
}

BOOST_AUTO_TEST_CASE(guessing_tokens_is_limited_by_address) {
    Instance instance;
    instance.sql("INSERT INTO margelle.attempts (kind, key) SELECT 'token_address', '192.0.2.1' FROM generate_series(1, 99)");
    Client browser = instance.stranger();
    BOOST_TEST(browser.post("/sign-in-links/redemption", {{"token", new_token()}}).problem() == "wrong-credentials");
    for (const char* path : {"/sign-in-links/redemption", "/notice-stops", "/invitations/lookup"}) BOOST_TEST(browser.post(path, {{"token", new_token()}}).status == 429, path);
    BOOST_TEST(browser.post("/password-resets/redemption", {{"token", new_token()}, {"new_password", password}}).status == 429);
    BOOST_TEST(browser.post("/invitations/acceptance", {{"token", new_token()}, {"name", "Anne"}, {"category", "resident"}}).status == 429);
}

BOOST_AUTO_TEST_CASE(a_reset_sets_the_password_and_ends_every_other_session) {
    Instance instance;
    Client account = with_password(instance);
    Client browser = instance.stranger();
    const std::string token = instance.mail_token("set_password", account.member);
    BOOST_TEST(browser.post("/password-resets/redemption", {{"token", token}, {"new_password", "dix poires mûres"}}).status == 200);
    BOOST_TEST(browser.get("/me").status == 200);
    BOOST_TEST(account.get("/me").status == 401);
    BOOST_TEST(instance.recorder.endings.size() == 1u);
    Client other = instance.stranger();
    BOOST_TEST(sign_in(other, account.email).problem() == "wrong-credentials");
    BOOST_TEST(sign_in(other, account.email, "dix poires mûres").status == 200);
    BOOST_TEST(other.post("/password-resets/redemption", {{"token", token}, {"new_password", password}}).problem() == "wrong-credentials");
}

BOOST_AUTO_TEST_CASE(a_new_password_ends_the_links_that_were_on_their_way) {
    Instance instance;
    Client account = with_password(instance);
    Client browser = instance.stranger();
    const auto tokens = [&] {
        return std::pair(instance.mail_token("sign_in", account.member), instance.mail_token("set_password", account.member));
    };
    const auto serve = [&](const std::pair<std::string, std::string>& links) {
        return browser.post("/sign-in-links/redemption", {{"token", links.first}}).status == 200 ||
               browser.post("/password-resets/redemption", {{"token", links.second}, {"new_password", "onze figues sèches"}}).status == 200;
    };
    const auto before_reset = tokens();
    const std::string stop = instance.mail_token("stop_notices", account.member);
    BOOST_REQUIRE(browser.post("/password-resets/redemption", {{"token", instance.mail_token("set_password", account.member)}, {"new_password", "dix poires mûres"}}).status == 200);
    BOOST_TEST(!serve(before_reset));
    BOOST_TEST(browser.post("/notice-stops", {{"token", stop}}).status == 204);
    const auto before_change = tokens();
    BOOST_REQUIRE(browser.put("/me/password", {{"current_password", "dix poires mûres"}, {"new_password", "douze noix vertes"}}).status == 204);
    BOOST_TEST(!serve(before_change));
}

BOOST_AUTO_TEST_CASE(a_change_of_password_ends_ones_other_sessions_and_keeps_ones_own) {
    Instance instance;
    Client account = with_password(instance);
    Client other = instance.stranger();
    BOOST_REQUIRE(sign_in(other, account.email).status == 200);
    BOOST_TEST(account.put("/me/password", {{"current_password", password}, {"new_password", "dix poires mûres"}}).status == 204);
    BOOST_TEST(account.get("/me").status == 200);
    BOOST_TEST(other.get("/me").status == 401);
}

BOOST_AUTO_TEST_CASE(a_change_of_password_asks_for_the_current_one) {
    Instance instance;
    Client account = with_password(instance);
    for (const Json& body : {Json{{"new_password", "dix poires mûres"}}, Json{{"current_password", "wrong"}, {"new_password", "dix poires mûres"}}}) {
        const Answer refused = account.put("/me/password", body);
        BOOST_TEST(refused.status == 422);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/current_password");
    }
}

BOOST_AUTO_TEST_CASE(guessing_the_current_password_is_limited) {
    Instance instance;
    Client account = with_password(instance);
    for (int i = 0; i < 10; ++i) account.put("/me/password", {{"current_password", "wrong"}, {"new_password", "dix poires mûres"}});
    BOOST_TEST(account.put("/me/password", {{"current_password", password}, {"new_password", "dix poires mûres"}}).status == 429);
}

BOOST_AUTO_TEST_CASE(a_password_is_long_enough_and_not_a_common_one) {
    Instance instance;
    Client account = instance.person("Paule Password");
    for (const char* weak : {"sept777", "password", "PASSWORD", "12345678"}) {
        const Answer refused = account.put("/me/password", {{"new_password", weak}});
        BOOST_TEST(refused.status == 422, weak);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/new_password");
    }
    for (const std::string& fine : {std::string("tout en minuscules"), std::string(1024, 'a'), std::string("é à ü ß 木材 ")}) {
        Client other = instance.person("Paule Password");
        BOOST_TEST(other.put("/me/password", {{"new_password", fine}}).status == 204);
        Client browser = instance.stranger();
        BOOST_TEST(sign_in(browser, other.email, fine).status == 200);
        BOOST_TEST(sign_in(browser, other.email, fine.substr(0, fine.size() - 1)).problem() == "wrong-credentials");
    }
}

BOOST_AUTO_TEST_CASE(signing_out_ends_the_session) {
    Instance instance;
    Client account = instance.person("Lise Lien");
    const std::string cookie = account.cookie;
    const Answer answer = account.remove("/session");
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(answer.headers.at("Set-Cookie").find("Max-Age=0") != std::string::npos);
    account.cookie = cookie;
    BOOST_TEST(account.get("/me").status == 401);
    BOOST_TEST(instance.recorder.endings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_lists_and_ends_ones_sessions) {
    Instance instance;
    Client account = with_password(instance);
    Client other = instance.stranger();
    BOOST_REQUIRE(sign_in(other, account.email).status == 200);
    const Json sessions = account.get("/me/sessions").json()["items"];
    BOOST_REQUIRE(sessions.size() == 2u);
    int current = 0;
    std::string another;
    for (const Json& session : sessions) {
        BOOST_TEST(session["user_agent"] == "a test");
        BOOST_TEST(session["address"] == "192.0.2.1");
        if (session["current"]) ++current;
        else another = session["id"];
    }
    BOOST_TEST(current == 1);
    BOOST_TEST(account.remove("/me/sessions/" + another).status == 204);
    BOOST_TEST(other.get("/me").status == 401);
    BOOST_TEST(account.get("/me").status == 200);
    BOOST_TEST((instance.recorder.endings == std::vector<std::string>{another}));
}

BOOST_AUTO_TEST_CASE(a_session_ends_after_two_idle_weeks) {
    Instance instance;
    Client account = instance.person("Lise Lien");
    instance.sql("UPDATE margelle.sessions SET last_used_at = now() - interval '13 days'");
    BOOST_TEST(account.get("/me").status == 200);
    BOOST_TEST(instance.sql("SELECT last_used_at > now() - interval '1 minute' FROM margelle.sessions") == "t");
    instance.sql("UPDATE margelle.sessions SET last_used_at = now() - interval '14 days'");
    BOOST_TEST(account.get("/me").status == 401);
}

BOOST_AUTO_TEST_CASE(a_session_ends_after_ninety_days_however_it_is_used) {
    Instance instance;
    Client account = instance.person("Lise Lien");
    BOOST_TEST(instance.sql("SELECT expires_at = created_at + interval '90 days' FROM margelle.sessions") == "t");
    instance.sql("UPDATE margelle.sessions SET expires_at = now()");
    BOOST_TEST(account.get("/me").status == 401);
}

BOOST_AUTO_TEST_CASE(a_locked_account_neither_keeps_nor_opens_sessions) {
    Instance instance;
    Client account = with_password(instance);
    const std::string link = instance.mail_token("sign_in", account.member), reset = instance.mail_token("set_password", account.member);
    instance.sql("UPDATE margelle.accounts SET locked_at = now()");
    BOOST_TEST(account.get("/me").status == 401);
    Client browser = instance.stranger();
    const Answer wrong = sign_in(browser, "nobody@example.org"), locked = sign_in(browser, account.email);
    BOOST_TEST(without_instance(locked) == without_instance(wrong));
    BOOST_TEST(browser.post("/sign-in-links/redemption", {{"token", link}}).problem() == "wrong-credentials");
    BOOST_TEST(browser.post("/password-resets/redemption", {{"token", reset}, {"new_password", password}}).problem() == "wrong-credentials");
    BOOST_TEST(browser.post("/sign-in-links", {{"email", account.email}}).status == 202);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.outbox") == "0");
}

BOOST_AUTO_TEST_CASE(a_foreign_page_changes_nothing) {
    Instance instance;
    Client account = instance.person("Lise Lien");
    for (const char* origin : {"https://evil.example", "null", ""})
        BOOST_TEST(account.remove("/session", nullptr, {{"origin", origin}}).problem() == "foreign-origin", origin);
    BOOST_TEST(account.get("/me", {{"origin", "https://evil.example"}}).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
