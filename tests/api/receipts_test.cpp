// Proof that outlives access: one's own receipts, checking one, keys that rotate, and when an acceptance is forgotten.
#include <boost/test/unit_test.hpp>

#include "protocol/receipt.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Json receipt_of(Client& who, const Cast& cast) { return who.get("/me/receipts/" + cast.group + "/2").json()["receipt"]; }

bool checked(Client who, const Json& receipt) { return who.post("/receipt-checks", receipt).json()["valid"]; }

// A version that promises secrecy for so long, accepted by the member, who then leaves; as of `left` ago.
void accept_and_leave(Instance& instance, Cast& cast, const Json& secrecy_months, const char* left) {
    BOOST_REQUIRE(cast.moderator.post(cast.path + "/nda/versions", {{"kind", "material"}, {"text", "Troisième version."}, {"summary", "Rien ne sort."}, {"secrecy_months", secrecy_months}}).status == 201);
    BOOST_REQUIRE(cast.accept_for_organisation(cast.member, {{"signatory", {{"name", "Marie Maire"}, {"email", "maire@example.net"}}}}).status == 201);
    cast.accept(cast.moderator);
    cast.accept(cast.observer);
    BOOST_REQUIRE(cast.member.remove(cast.path + "/membership").status == 204);
    instance.sql("UPDATE margelle.memberships SET left_at = left_at - interval '" + std::string(left) + "' WHERE member_id = '" + cast.member.member + "'");
    // The first two versions of the cast promise secrecy without end; here they promise none.
    instance.sql("ALTER TABLE margelle.nda_versions DISABLE TRIGGER immutable; UPDATE margelle.nda_versions SET secrecy_months = 0 WHERE number < 3;"
                 " ALTER TABLE margelle.nda_versions ENABLE TRIGGER immutable; UPDATE margelle.audit_entries SET position = entry, hash = '\\x00', personal_sha256 = '\\x00'");
}

std::string anonymised(Instance& instance) { return instance.sql("SELECT margelle.anonymise_register(5)"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(receipts)

BOOST_AUTO_TEST_CASE(ones_own_acceptances_are_listed_the_newest_first) {
    Instance instance;
    Cast cast(instance);
    cast.accept_for_organisation(cast.outdated);
    const Json mine = cast.outdated.get("/me/receipts").json()["items"];
    BOOST_REQUIRE(mine.size() == 2u);
    BOOST_TEST(mine[0]["version"] == 2);
    BOOST_TEST(mine[0]["group"]["name"] == "Chaleur du bois");
    BOOST_TEST(mine[0]["organisation_name"] == "Régie du bois");
    BOOST_TEST(mine[0]["organisation_state"] == "personal");
    BOOST_TEST(mine[0]["left_at"].is_null());
    BOOST_TEST(mine[0]["secrecy_ends_on"].is_null());
    BOOST_TEST(mine[1]["version"] == 1);
    BOOST_TEST(cast.newcomer.get("/me/receipts").json()["items"].empty());
}

BOOST_AUTO_TEST_CASE(whoever_was_removed_reads_their_receipt_and_the_text_they_accepted_and_nothing_newer) {
    Instance instance;
    Cast cast(instance);
    const Answer group = cast.moderator.get(cast.path);
    BOOST_REQUIRE(cast.moderator.patch(cast.path, {{"name", "Autre nom"}}, {{"if-match", group.etag()}}).status == 200);
    const Json mine = cast.revoked.get("/me/receipts").json()["items"];
    BOOST_REQUIRE(mine.size() == 1u);
    BOOST_TEST(mine[0]["group"]["name"] == "Chaleur du bois");
    BOOST_TEST(!mine[0]["left_at"].is_null());
    const Json shown = cast.revoked.get("/me/receipts/" + cast.group + "/2").json();
    BOOST_TEST(shown["text_html"] == "<p>Deuxième version.</p>\n");
    BOOST_TEST(shown["summary"] == "Rien ne sort d’ici.");
    BOOST_TEST(shown["confirmation"].is_null());
    BOOST_TEST(verify_receipt(shown["receipt"], instance.keys.front().public_pem()));
    BOOST_TEST(cast.revoked.get("/me/receipts/" + cast.group + "/1").status == 404);
    BOOST_TEST(cast.outsider.get("/me/receipts/" + cast.group + "/2").status == 404);
}

BOOST_AUTO_TEST_CASE(secrecy_ends_so_many_months_after_the_day_one_left_and_asking_to_come_back_does_not_move_it) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    accept_and_leave(instance, cast, 24, "2 months");
    const std::string end = instance.sql("SELECT (now() - interval '2 months' + interval '24 months')::date");
    BOOST_TEST(cast.member.get("/me/receipts").json()["items"][0]["secrecy_ends_on"] == end);
    BOOST_REQUIRE(cast.member.post(cast.path + "/join-requests", {{"category", "resident"}}).status == 202);
    BOOST_TEST(cast.member.get("/me/receipts").json()["items"][0]["secrecy_ends_on"] == end);
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/join-requests/" + cast.member.member, {{"decision", "accept"}}).status == 204);
    BOOST_TEST(cast.member.get("/me/receipts").json()["items"][0]["secrecy_ends_on"].is_null());
}

BOOST_AUTO_TEST_CASE(anybody_may_have_a_receipt_checked_and_learns_nothing_else) {
    Instance instance;
    Cast cast(instance);
    Json receipt = receipt_of(cast.member, cast);
    BOOST_TEST(checked(instance.stranger(), receipt));
    receipt["full_name"] = "Somebody Else";
    const Answer forged = instance.stranger().post("/receipt-checks", receipt), odd = instance.stranger().post("/receipt-checks", Json::object());
    BOOST_TEST(forged.body == R"({"valid":false})");
    BOOST_TEST(odd.body == forged.body);
    // What an instance calls categories may change; what it signed stays signed.
    Json confirmed = cast.accept_for_organisation(cast.member).json();
    instance.sql("UPDATE margelle.organisations SET category = 'association'; UPDATE margelle.memberships SET category = NULL;"
                 " DELETE FROM margelle.actor_categories WHERE category = 'social_economy'");
    BOOST_TEST(checked(instance.stranger(), confirmed));
}

BOOST_AUTO_TEST_CASE(checks_are_limited) {
    Instance instance;
    int status = 0;
    for (int i = 0; i <= 100; ++i) status = instance.stranger().post("/receipt-checks", Json::object()).status;
    BOOST_TEST(status == 429);
}

BOOST_AUTO_TEST_CASE(keys_rotate_and_what_an_older_one_signed_stays_valid) {
    Instance instance;
    Cast cast(instance);
    const Json old = receipt_of(cast.member, cast);
    const std::string old_public = instance.keys.front().public_pem();
    instance.keys.insert(instance.keys.begin(), SigningKey::generate());
    cast.accept(cast.member);
    const Json fresh = receipt_of(cast.member, cast);
    BOOST_TEST(fresh["signature"]["key_id"] == instance.keys.front().key_id());
    BOOST_TEST(fresh["signature"]["key_id"] != old["signature"]["key_id"]);
    BOOST_TEST(checked(instance.stranger(), old));
    BOOST_TEST(checked(instance.stranger(), fresh));
    BOOST_TEST(verify_receipt(old, old_public));
    BOOST_TEST(!verify_receipt(fresh, old_public));
    const Json keys = instance.stranger().get("/receipt-keys").json()["items"];
    BOOST_REQUIRE(keys.size() == 2u);
    BOOST_TEST(keys[0]["key_id"] == fresh["signature"]["key_id"]);
    BOOST_TEST(keys[1]["pem"] == old_public);
}

BOOST_AUTO_TEST_CASE(an_acceptance_is_kept_until_its_secrecy_and_the_limitation_behind_it_are_over) {
    Instance instance;
    Cast cast(instance);
    accept_and_leave(instance, cast, 24, "83 months");
    BOOST_TEST(anonymised(instance) == "0");
    instance.sql("UPDATE margelle.memberships SET left_at = left_at - interval '2 months' WHERE left_at < now() - interval '1 year'");
    const Json before = cast.observer.get(cast.path + "/nda/acceptances").json()["items"];
    BOOST_TEST(anonymised(instance) == "1");
    BOOST_TEST(anonymised(instance) == "0");

    const Json after = cast.observer.get(cast.path + "/nda/acceptances").json()["items"];
    BOOST_REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        for (const char* kept : {"act", "version", "at", "organisation_name", "organisation_siret"}) BOOST_TEST(after[i][kept] == before[i][kept]);
        if (before[i]["member"]["id"] != cast.member.member) {
            BOOST_TEST(after[i] == before[i]);
            continue;
        }
        BOOST_TEST(after[i]["member"]["name"] == "—");
        BOOST_TEST(after[i]["member"]["id"] != cast.member.member);
        BOOST_TEST(after[i]["full_name"].is_null());
        BOOST_TEST(after[i]["capacity"].is_null());
        BOOST_TEST(cast.moderator.get(cast.path + "/nda/acceptances/" + after[i]["member"]["id"].get<std::string>() + "/receipt").status == 404);
    }
    BOOST_TEST(cast.member.get("/me/receipts").json()["items"].empty());
    const std::string rows = instance.sql("SELECT string_agg(r.receipt::text, '') || (SELECT string_agg(s::text, '') FROM margelle.nda_signatures s) FROM margelle.nda_register r WHERE anonymised_at IS NOT NULL");
    for (const std::string& personal : {cast.member.email, cast.member.member, std::string("Test Person"), std::string("directrice"), std::string("Marie"), std::string("maire@"), std::string("192.0.2")})
        BOOST_TEST(rows.find(personal) == std::string::npos, personal << " in " << rows);
    const std::string entries = " FROM margelle.audit_entries WHERE group_id = '" + cast.group + "' AND '" + cast.member.member + "' IN (actor_id, subject_id)";
    BOOST_TEST(instance.sql("SELECT count(*) > 0" + entries) == "t");
    BOOST_TEST(instance.sql("SELECT count(*)" + entries + " AND (personal IS NOT NULL OR salt IS NOT NULL OR hash IS NULL)") == "0");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE personal ->> 'email' = 'maire@example.net'") == "0");
}

BOOST_AUTO_TEST_CASE(whoever_comes_back_after_that_accepts_again) {
    Instance instance;
    Cast cast(instance);
    accept_and_leave(instance, cast, 0, "61 months");
    BOOST_REQUIRE(anonymised(instance) == "1");
    BOOST_REQUIRE(cast.moderator.post(cast.path + "/invitations", {{"invitations", {{{"email", cast.member.email}}}}}).status == 201);
    const std::string invitation = cast.member.get("/me/invitations").json()["items"][0]["id"];
    BOOST_REQUIRE(cast.member.post("/me/invitations/" + invitation + "/acceptance", {{"category", "resident"}}).status == 200);
    BOOST_TEST(cast.member.get(cast.path).json()["standing"] == "lobby");
}

BOOST_AUTO_TEST_CASE(secrecy_without_end_and_of_those_who_never_left_is_kept) {
    Instance instance;
    Cast cast(instance);
    accept_and_leave(instance, cast, nullptr, "90 years");
    BOOST_TEST(anonymised(instance) == "0");
    BOOST_TEST(cast.member.get("/me/receipts").json()["items"][0]["secrecy_months"].is_null());
}

BOOST_AUTO_TEST_CASE(whom_somebody_invited_is_forgotten_after_the_limitation_period_whoever_that_was) {
    Instance instance;
    Cast cast(instance);
    const std::string sent = cast.path + "/invitations";
    std::string ids;
    for (const char* email : {"one@example.net", "two@example.net", "three@example.net"})
        ids = cast.moderator.post(sent, {{"invitations", {{{"email", email}, {"name", "Ina Vited"}}}}, {"message", "Chère Ina"}}).json()["items"][0]["id"];
    BOOST_REQUIRE(cast.moderator.remove(sent + "/" + ids).status == 204);
    instance.settle_audit();
    const auto known = [&] {
        return instance.sql("SELECT (SELECT count(*) FROM margelle.audit_entries WHERE kind LIKE 'invitation.%' AND personal::text LIKE '%@example.net%') || ' '"
                            " || (SELECT count(*) FROM margelle.invitations i WHERE i::text LIKE '%@example.net%' OR i::text LIKE '%Ina%')");
    };
    BOOST_TEST(known() == "4 3");
    anonymised(instance);
    BOOST_TEST(known() == "4 3");
    instance.sql("SET LOCAL session_replication_role = replica; UPDATE margelle.audit_entries SET at = at - interval '61 months';"
                 "UPDATE margelle.invitations SET created_at = created_at - interval '61 months', expires_at = expires_at - interval '61 months'");
    anonymised(instance);
    BOOST_TEST(known() == "0 0");
    for (const Json& one : cast.moderator.get(sent).items()) BOOST_TEST((one["state"] != "pending"));
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'invitation.sent' AND hash IS NULL") == "0");
}

BOOST_AUTO_TEST_CASE(who_erases_their_account_is_gone_from_the_record_of_their_invitation) {
    Instance instance;
    Cast cast(instance);
    instance.settle_audit();
    const std::string known = "SELECT count(*) FROM margelle.audit_entries WHERE kind LIKE 'invitation.%' AND personal ->> 'email' = '" + cast.member.email + "'";
    BOOST_TEST(instance.sql(known) == "2");
    BOOST_REQUIRE(cast.member.remove("/me", {{"confirm_email", cast.member.email}}).status == 204);
    BOOST_TEST(instance.sql(known) == "0");
    // Also what was not chained yet then.
    BOOST_REQUIRE(cast.moderator.post(cast.path + "/invitations", {{"invitations", {{{"email", cast.outsider.email}}}}}).status == 201);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE personal ->> 'email' = '" + cast.outsider.email + "'") == "1");
    instance.sql("SET LOCAL session_replication_role = replica; UPDATE margelle.memberships SET role = 'member' WHERE member_id = '" + cast.outsider.member + "'");
    BOOST_REQUIRE(cast.outsider.remove("/me", {{"confirm_email", cast.outsider.email}}).status == 204);
    instance.settle_audit();
    anonymised(instance);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE personal ->> 'email' = '" + cast.outsider.email + "'") == "0");
}

BOOST_AUTO_TEST_CASE(the_register_lets_nothing_but_anonymising_through) {
    Instance instance;
    Cast cast(instance);
    for (const char* change : {"version = 1", "full_name = 'Autre'", "act = 'refused', receipt = NULL", "at = now()", "anonymised_at = now()",
                               "anonymised_at = now(), full_name = NULL", "anonymised_at = now(), full_name = NULL, receipt = '{}', version = 1"})
        BOOST_CHECK_THROW(instance.sql(std::string("UPDATE margelle.nda_register SET ") + change + " WHERE act = 'accepted'"), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()
