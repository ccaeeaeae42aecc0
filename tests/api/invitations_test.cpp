// Invitations by e-mail, and what becomes of them.
#include <boost/test/unit_test.hpp>

#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Json lines(std::initializer_list<Json> invitations) { return {{"invitations", Json(std::vector<Json>(invitations))}}; }

struct Invited {
    std::string id, token;
};

Invited invite(Instance& instance, Cast& cast, const Json& line) {
    const Answer answer = cast.moderator.post(cast.path + "/invitations", lines({line}));
    BOOST_REQUIRE(answer.status == 201);
    const std::string id = answer.json()["items"][0]["id"];
    return {id, instance.invitation_token(id)};
}

const Json taking = {{"name", "Fanny Fresh"}, {"category", "resident"}};

Json with_token(const std::string& token, Json body = taking) {
    body["token"] = token;
    return body;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(invitations)

BOOST_AUTO_TEST_CASE(an_invitation_carries_what_the_invitee_only_confirms) {
    Instance instance;
    Cast cast(instance);
    const Invited invited = invite(instance, cast, {{"email", "fanny@example.org"}, {"name", "Fanny Fresh"}, {"organisation_name", "Régie du bois"}, {"category", "social_economy"}, {"language", "en"}});
    const Json offer = instance.stranger().post("/invitations/lookup", {{"token", invited.token}}).json();
    BOOST_TEST(offer["email"] == "fanny@example.org");
    BOOST_TEST(offer["name"] == "Fanny Fresh");
    BOOST_TEST(offer["organisation_name"] == "Régie du bois");
    BOOST_TEST(offer["category"] == "social_economy");
    BOOST_TEST(offer["language"] == "en");
    BOOST_TEST(offer["inviter_name"] == "Mona Moderator");
    BOOST_TEST(offer["group"]["name"] == "Chaleur du bois");
    BOOST_TEST(offer["account_exists"] == false);
}

BOOST_AUTO_TEST_CASE(taking_it_up_creates_the_account_joins_and_signs_in) {
    Instance instance;
    Cast cast(instance);
    const Invited invited = invite(instance, cast, {{"email", "fanny@example.org"}, {"organisation_name", "Régie du bois"}, {"language", "en"}});
    Client browser = instance.stranger();
    Json body = with_token(invited.token);
    body["organisation_name"] = "Régie du bois";
    body["password"] = "neuf pommes vertes";
    const Answer joined = browser.post("/invitations/acceptance", body);
    BOOST_TEST(joined.status == 200);
    BOOST_TEST(joined.json()["group_id"] == cast.group);
    BOOST_TEST(joined.json()["me"]["email"] == "fanny@example.org");
    BOOST_TEST(joined.json()["me"]["language"] == "en");
    BOOST_TEST(joined.json()["me"]["has_password"] == true);
    BOOST_TEST(joined.json()["me"]["organisations"][0]["organisation"]["name"] == "Régie du bois");
    BOOST_TEST(browser.get(cast.path).json()["standing"] == "lobby");
    BOOST_TEST(browser.get(cast.path + "/threads").problem() == "nda-required");
    Client other = instance.stranger();
    BOOST_TEST(other.post("/session", {{"email", "fanny@example.org"}, {"password", "neuf pommes vertes"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_link_serves_once) {
    Instance instance;
    Cast cast(instance);
    const Invited invited = invite(instance, cast, {{"email", "fanny@example.org"}});
    Client browser = instance.stranger();
    BOOST_TEST(browser.post("/invitations/lookup", {{"token", invited.token}}).status == 200);
    BOOST_TEST(browser.post("/invitations/lookup", {{"token", invited.token}}).status == 200);
    BOOST_REQUIRE(browser.post("/invitations/acceptance", with_token(invited.token)).status == 200);
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", invited.token}}).status == 404);
    BOOST_TEST(instance.stranger().post("/invitations/acceptance", with_token(invited.token)).status == 404);
}

BOOST_AUTO_TEST_CASE(a_link_expires_after_thirty_days) {
    Instance instance;
    Cast cast(instance);
    const Invited invited = invite(instance, cast, {{"email", "fanny@example.org"}});
    BOOST_TEST(instance.sql("SELECT expires_at = created_at + interval '30 days' FROM margelle.invitations WHERE invitation_id = '" + invited.id + "'") == "t");
    instance.sql("UPDATE margelle.invitations SET expires_at = now() WHERE invitation_id = '" + invited.id + "'");
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", invited.token}}).status == 404);
    BOOST_TEST(instance.stranger().post("/invitations/acceptance", with_token(invited.token)).status == 404);
    for (const Json& one : cast.moderator.get(cast.path + "/invitations").items())
        if (one["id"] == invited.id) BOOST_TEST(one["state"] == "expired");
    BOOST_TEST(cast.moderator.post(cast.path + "/invitations", lines({{{"email", "fanny@example.org"}}})).status == 201);
}

BOOST_AUTO_TEST_CASE(a_withdrawn_invitation_opens_nothing) {
    Instance instance;
    Cast cast(instance);
    const Invited invited = invite(instance, cast, {{"email", "fanny@example.org"}});
    BOOST_TEST(cast.moderator.remove(cast.path + "/invitations/" + invited.id).status == 204);
    BOOST_TEST(cast.moderator.remove(cast.path + "/invitations/" + invited.id).status == 404);
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", invited.token}}).status == 404);
    BOOST_TEST(instance.stranger().post("/invitations/acceptance", with_token(invited.token)).status == 404);
}

BOOST_AUTO_TEST_CASE(a_withdrawn_invitation_of_a_member_opens_nothing_either) {
    Instance instance;
    Cast cast(instance);
    const std::string id = cast.invited.get("/me/invitations").json()["items"][0]["id"];
    BOOST_REQUIRE(cast.moderator.remove(cast.path + "/invitations/" + id).status == 204);
    BOOST_TEST(cast.invited.get("/me/invitations").json()["items"].empty());
    BOOST_TEST(cast.invited.post("/me/invitations/" + id + "/acceptance", Json::object()).status == 404);
    BOOST_TEST(cast.invited.get(cast.path).status == 404);
}

BOOST_AUTO_TEST_CASE(an_existing_account_takes_up_its_invitation_by_link_or_from_its_page) {
    Instance instance;
    Cast cast(instance);
    Client by_link = instance.person("Lise Lien"), by_page = instance.person("Paul Page");
    const Invited first = invite(instance, cast, {{"email", by_link.email}});
    invite(instance, cast, {{"email", by_page.email}, {"organisation_name", "Régie du bois"}, {"category", "association"}, {"role", "observer"}});
    Client browser = instance.stranger();
    BOOST_TEST(browser.post("/invitations/lookup", {{"token", first.token}}).json()["account_exists"] == true);
    // Whoever the link was passed on to does not come into the account by it.
    for (Client* other : {&browser, &by_page}) BOOST_TEST(other->post("/invitations/acceptance", with_token(first.token)).status == 401);
    const Answer joined = by_link.post("/invitations/acceptance", with_token(first.token));
    BOOST_TEST(joined.json()["me"]["id"] == by_link.member);
    BOOST_TEST(joined.json()["me"]["name"] == "Lise Lien");
    const Json waiting = by_page.get("/me/invitations").json()["items"];
    BOOST_REQUIRE(waiting.size() == 1u);
    BOOST_TEST(by_page.post("/me/invitations/" + waiting[0]["id"].get<std::string>() + "/acceptance", Json::object()).json()["group_id"] == cast.group);
    BOOST_TEST(by_page.get("/me").json()["organisations"][0]["organisation"]["name"] == "Régie du bois");
    for (const Json& member : cast.moderator.get(cast.path + "/members").items())
        if (member["member"]["id"] == by_page.member) {
            BOOST_TEST(member["category"] == "association");
            BOOST_TEST(member["role"] == "observer");
            BOOST_TEST(member["organisation"]["name"] == "Régie du bois");
        }
}

BOOST_AUTO_TEST_CASE(an_account_that_comes_into_being_while_the_password_is_hashed_is_not_opened_either) {
    Instance instance;
    Cast cast(instance);
    Client known = instance.person("Karim Known");
    Json body = with_token(invite(instance, cast, {{"email", known.email}}).token);
    body["password"] = "neuf pommes vertes";
    body["organisation_name"] = "Régie du bois";
    // The first look, and no later one, does not find the account yet.
    instance.sql("ALTER FUNCTION margelle.lookup_invitation RENAME TO lookup_now; CREATE SEQUENCE margelle.looks;"
                 "CREATE FUNCTION margelle.lookup_invitation(p bytea)"
                 " RETURNS TABLE (group_id uuid, invitation_id uuid, group_name text, purpose text, confidentiality text, email text, name text,"
                 "  organisation_name text, category text, language text, role text, inviter_name text, message text, member_id uuid, expires_at timestamptz)"
                 " LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$ SELECT x.group_id, x.invitation_id, x.group_name, x.purpose,"
                 "  x.confidentiality, x.email, x.name, x.organisation_name, x.category, x.language, x.role, x.inviter_name, x.message,"
                 "  CASE WHEN nextval('margelle.looks') > 1 THEN x.member_id END, x.expires_at FROM margelle.lookup_now(p) x $$");
    Client browser = instance.stranger();
    for (Client* other : {&browser, &cast.outsider}) {
        instance.sql("ALTER SEQUENCE margelle.looks RESTART");
        BOOST_TEST(other->post("/invitations/acceptance", body).status == 401);
        BOOST_TEST(instance.sql("SELECT last_value FROM margelle.looks") == "2");
    }
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.memberships WHERE member_id = '" + known.member + "'") == "0");
    BOOST_TEST(known.post("/invitations/acceptance", body).status == 200);
}

BOOST_AUTO_TEST_CASE(no_invitation_lets_in_again_who_was_removed) {
    Instance instance;
    Cast cast(instance);
    // Which they did not take up: they had come by asking.
    instance.sql("INSERT INTO margelle.invitations (group_id, invitation_id, email, role, invited_by) VALUES ('" + cast.group + "', gen_random_uuid(), '" +
                 cast.newcomer.email + "', 'moderator', '" + cast.moderator.member + "')");
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.newcomer.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(cast.newcomer.get("/me/invitations").items().empty());
    BOOST_TEST(cast.newcomer.get(cast.path).status == 404);
}

BOOST_AUTO_TEST_CASE(whoever_came_another_way_has_no_invitation_left) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    BOOST_REQUIRE(cast.invited.post(cast.path + "/join-requests", {{"category", "resident"}}).status == 202);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/join-requests/" + cast.invited.member, {{"decision", "accept"}}).status == 204);
    BOOST_TEST(cast.invited.get("/me/invitations").items().empty());
}

BOOST_AUTO_TEST_CASE(who_moderates_no_more_has_invited_nobody_to_moderate) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    Client later = instance.person("Lou Later"), plain = instance.person("Paul Plain");
    for (const auto& [who, role] : {std::pair(&later, "moderator"), std::pair(&plain, "member")})
        BOOST_REQUIRE(cast.member.post(cast.path + "/invitations", {{"invitations", {{{"email", who->email}, {"role", role}}}}}).status == 201);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "member"}}).status == 200);
    BOOST_TEST(later.get("/me/invitations").items().empty());
    BOOST_TEST(plain.get("/me/invitations").items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(whoever_is_locked_out_or_has_left_has_invited_nobody) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    Client later = instance.person("Lou Later"), plain = instance.person("Paul Plain");
    const Json both = lines({{{"email", later.email}, {"role", "moderator"}}, {{"email", plain.email}}});
    const Json sent = cast.member.post(cast.path + "/invitations", both).json();
    const std::string first = sent["items"][0]["id"], token = instance.invitation_token(first);
    const auto lock = [&](const std::string& since) { instance.sql("UPDATE margelle.accounts SET locked_at = " + since + " WHERE member_id = '" + cast.member.member + "'"); };
    lock("now()");
    for (Client* who : {&later, &plain}) {
        BOOST_TEST(who->get("/me/invitations").items().empty());
        BOOST_TEST(who->get(cast.path).status == 404);
        for (const Json& one : sent["items"]) BOOST_TEST(who->post("/me/invitations/" + one["id"].get<std::string>() + "/acceptance", {{"category", "resident"}}).status == 404);
    }
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", token}}).status == 404);
    BOOST_TEST(later.post("/invitations/acceptance", with_token(token)).status == 404);
    // Not even by the statement that takes it up.
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.take_invitation('" + first + "', '" + later.member + "', 'resident', NULL)") == "0");
    lock("NULL");
    BOOST_TEST(later.get("/me/invitations").items().size() == 1u);
    lock("now()");
    BOOST_TEST(cast.moderator.post(cast.path + "/invitations", lines({{{"email", plain.email}}})).status == 201, "it is not in the way of another's");
    BOOST_TEST(plain.get("/me/invitations").items().size() == 1u);
    lock("NULL");
    BOOST_TEST(plain.get("/me/invitations").items().size() == 1u);
    BOOST_REQUIRE(cast.member.remove(cast.path + "/membership").status == 204);
    BOOST_TEST(later.get("/me/invitations").items().empty());
}

BOOST_AUTO_TEST_CASE(another_moderator_withdraws_what_one_has_sent) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"role", "moderator"}}).status == 200);
    const Invited invited = invite(instance, cast, {{"email", "fanny@example.org"}});
    BOOST_TEST(cast.member.remove(cast.path + "/invitations/" + invited.id).status == 204);
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", invited.token}}).status == 404);
}

BOOST_AUTO_TEST_CASE(an_invitation_is_for_its_address_alone) {
    Instance instance;
    Cast cast(instance);
    const std::string id = cast.invited.get("/me/invitations").json()["items"][0]["id"];
    BOOST_TEST(cast.outsider.get("/me/invitations").json()["items"].empty());
    BOOST_TEST(cast.outsider.post("/me/invitations/" + id + "/acceptance", Json::object()).status == 404);
    BOOST_TEST(cast.outsider.remove("/me/invitations/" + id).status == 404);
}

BOOST_AUTO_TEST_CASE(a_declined_invitation_is_over) {
    Instance instance;
    Cast cast(instance);
    const std::string id = cast.invited.get("/me/invitations").json()["items"][0]["id"];
    BOOST_TEST(cast.invited.remove("/me/invitations/" + id).status == 204);
    BOOST_TEST(cast.invited.get(cast.path).status == 404);
    BOOST_TEST(cast.moderator.get(cast.path + "/invitations").json()["items"][0]["state"] == "declined");
}

BOOST_AUTO_TEST_CASE(thirty_lines_go_at_once_and_not_one_more) {
    Instance instance;
    Cast cast(instance);
    Json many = {{"invitations", Json::array()}};
    for (int i = 0; i < 30; ++i) many["invitations"].push_back({{"email", "line" + std::to_string(i) + "@example.org"}});
    const Answer sent = cast.moderator.post(cast.path + "/invitations", many);
    BOOST_TEST(sent.status == 201);
    BOOST_TEST(sent.json()["items"].size() == 30u);
    BOOST_TEST(sent.json()["items"][0]["delivery"] == "queued");
    many["invitations"].push_back({{"email", "line31@example.org"}});
    BOOST_TEST(cast.moderator.post(cast.path + "/invitations", many).status == 422);
    BOOST_TEST(cast.moderator.post(cast.path + "/invitations", {{"invitations", Json::array()}}).status == 422);
}

BOOST_AUTO_TEST_CASE(an_address_is_not_mailed_again_and_again) {
    Instance instance;
    Cast cast(instance);
    for (int i = 0; i < 10; ++i) {
        const Answer sent = cast.moderator.post(cast.path + "/invitations", lines({{{"email", "fanny@example.org"}}}));
        BOOST_REQUIRE(sent.status == 201);
        BOOST_REQUIRE(cast.moderator.remove(cast.path + "/invitations/" + sent.json()["items"][0]["id"].get<std::string>()).status == 204);
    }
    const Answer refused = cast.moderator.post(cast.path + "/invitations", lines({{{"email", "FANNY@example.org"}}}));
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(refused.headers.count("Retry-After") == 1u);
    BOOST_TEST(instance.stranger().post("/sign-in-links", {{"email", "fanny@example.org"}}).status == 429, "it is the budget of all mails");
    BOOST_TEST(cast.moderator.post(cast.path + "/invitations", lines({{{"email", "other@example.org"}}})).status == 201);
}

BOOST_AUTO_TEST_CASE(nobody_invites_the_whole_world_from_wherever_they_are) {
    Instance instance;
    Cast cast(instance);
    const auto sheet = [&](int number, int size) {
        cast.moderator.address = "192.0.2." + std::to_string(100 + number);
        Json many = {{"invitations", Json::array()}};
        for (int i = 0; i < size; ++i) many["invitations"].push_back({{"email", "line" + std::to_string(number) + "." + std::to_string(i) + "@example.org"}});
        return cast.moderator.post(cast.path + "/invitations", many).status;
    };
    const int before = std::stoi(instance.sql("SELECT count(*) FROM margelle.attempts WHERE kind = 'invitation_member'"));
    for (int number = 0; number < 2; ++number) BOOST_TEST(sheet(number, 30) == 201);
    BOOST_TEST(sheet(2, 30 - before) == 201);
    BOOST_TEST(sheet(3, 1) == 429);
    instance.sql("UPDATE margelle.attempts SET at = at - interval '20 minutes'");
    BOOST_TEST(sheet(3, 1) == 201);
}

BOOST_AUTO_TEST_CASE(a_check_finds_what_would_happen_and_sends_nothing) {
    Instance instance;
    Cast cast(instance);
    const int mails = instance.recorder.mails;
    const Json found = cast.moderator.post(cast.path + "/invitation-checks", lines({{{"email", "new@example.org"}}, {{"email", cast.member.email}}, {{"email", cast.invited.email}}, {{"email", "NEW@example.org"}}})).json();
    std::string findings;
    for (const Json& one : found["items"]) findings += one["finding"].get<std::string>() + " ";
    BOOST_TEST(findings == "ready already_member already_invited duplicate ");
    BOOST_TEST(instance.recorder.mails == mails);
    BOOST_TEST(cast.moderator.get(cast.path + "/invitations").json()["items"].size() == 6u);
}

BOOST_AUTO_TEST_CASE(one_wrong_line_stops_them_all_and_is_named) {
    Instance instance;
    Cast cast(instance);
    const Answer refused = cast.moderator.post(cast.path + "/invitations", lines({{{"email", "new@example.org"}}, {{"email", cast.member.email}}}));
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(refused.json()["errors"] == Json::parse(R"([{"pointer":"/invitations/1","detail":"already_member"}])"));
    const Answer unknown = cast.moderator.post(cast.path + "/invitations", lines({{{"email", "new@example.org"}}, {{"email", "other@example.org"}, {"category", "kings"}}}));
    BOOST_TEST(unknown.json()["errors"][0]["pointer"] == "/invitations/1/category");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.invitations WHERE email IN ('new@example.org', 'other@example.org')") == "0");
}

BOOST_AUTO_TEST_CASE(a_member_whose_access_was_withdrawn_may_be_invited_again) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.post(cast.path + "/invitations", lines({{{"email", cast.revoked.email}}})).status == 201);
    BOOST_TEST(cast.revoked.get(cast.path).json()["standing"] == "invited");
    BOOST_TEST(cast.revoked.get(cast.path + "/threads").status == 404);
    const std::string id = cast.revoked.get("/me/invitations").json()["items"][0]["id"];
    BOOST_TEST(cast.revoked.post("/me/invitations/" + id + "/acceptance", {{"category", "resident"}}).status == 200);
    BOOST_TEST(cast.revoked.get(cast.path + "/threads").status == 200);
}

BOOST_AUTO_TEST_CASE(a_common_password_is_refused_before_the_account_exists) {
    Instance instance;
    Cast cast(instance);
    Json body = with_token(invite(instance, cast, {{"email", "fanny@example.org"}}).token);
    body["password"] = "password";
    BOOST_TEST(instance.stranger().post("/invitations/acceptance", body).json()["errors"][0]["pointer"] == "/password");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.accounts WHERE email = 'fanny@example.org'") == "0");
}

BOOST_AUTO_TEST_CASE(an_unknown_token_offers_nothing) {
    Instance instance;
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", new_token()}}).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
