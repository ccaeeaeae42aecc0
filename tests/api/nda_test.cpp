// The agreement: versions, the gate, acceptance and its receipt, refusal.
#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"
#include "protocol/receipt.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Answer publish(Cast& cast, const std::string& kind, const std::string& text) {
    return cast.moderator.post(cast.path + "/nda/versions", {{"kind", kind}, {"text", text}, {"summary", "Rien ne sort d’ici."}});
}

Json acceptance(const Json& version) { return {{"version", version["number"]}, {"sha256", version["sha256"]}, {"full_name", "Nadia Newcomer"}, {"agreed", true}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(nda)

BOOST_AUTO_TEST_CASE(a_version_is_numbered_and_its_text_hashed) {
    Instance instance;
    Cast cast(instance);
    const Answer published = publish(cast, "minor", "**Troisième** version.");
    BOOST_TEST(published.status == 201);
    BOOST_TEST(published.json()["number"] == 3);
    BOOST_TEST(published.json()["sha256"] == to_hex(sha256("**Troisième** version.")));
    BOOST_TEST(published.json()["text_html"] == "<p><strong>Troisième</strong> version.</p>\n");
}

BOOST_AUTO_TEST_CASE(the_first_version_is_material_whatever_it_is_called) {
    Instance instance;
    Client account = instance.person("Anne");
    const std::string path = "/groups/" + account.post("/groups", {{"name", "Chaleur"}, {"confidentiality", "nda"}}).json()["id"].get<std::string>();
    BOOST_TEST(account.post(path + "/nda/versions", {{"kind", "minor"}, {"text", "Un."}, {"summary", "Un."}}).json()["kind"] == "material");
}

BOOST_AUTO_TEST_CASE(published_versions_stay_as_they_are) {
    Instance instance;
    Cast cast(instance);
    publish(cast, "minor", "Troisième version.");
    const Json versions = cast.member.get(cast.path + "/nda/versions").json()["items"];
    BOOST_REQUIRE(versions.size() == 3u);
    BOOST_TEST(versions[2]["text"] == "Première version.");
    for (const char* statement : {"UPDATE margelle.nda_versions SET body = 'x'", "DELETE FROM margelle.nda_versions", "UPDATE margelle.nda_register SET full_name = 'x'", "DELETE FROM margelle.nda_register"})
        BOOST_CHECK_THROW(instance.sql(statement), std::exception);
}

BOOST_AUTO_TEST_CASE(a_minor_version_is_shown_and_does_not_gate) {
    Instance instance;
    Cast cast(instance);
    publish(cast, "minor", "Deuxième version, sans faute.");
    const Json shown = cast.member.get(cast.path + "/nda").json();
    BOOST_TEST(shown["gate"] == "open");
    BOOST_TEST(shown["current"]["number"] == 3);
    BOOST_TEST(shown["mine"]["version"] == 2);
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    BOOST_TEST(cast.outdated.get(cast.path + "/threads").json()["nda_version"] == 3);
}

BOOST_AUTO_TEST_CASE(a_material_version_closes_the_gate_for_all_until_they_accept) {
    Instance instance;
    Cast cast(instance);
    publish(cast, "material", "Troisième version.");
    for (Client Cast::*who : {&Cast::moderator, &Cast::member, &Cast::observer}) {
        const Answer closed = (cast.*who).get(cast.path + "/threads");
        BOOST_TEST(closed.problem() == "nda-required");
        BOOST_TEST(closed.json()["nda_version"] == 3);
        BOOST_TEST((cast.*who).get(cast.path + "/events").problem() == "nda-required");
        cast.accept(cast.*who);
        BOOST_TEST((cast.*who).get(cast.path + "/threads").status == 200);
    }
}

BOOST_AUTO_TEST_CASE(only_the_version_that_was_read_is_accepted) {
    Instance instance;
    Cast cast(instance);
    const Json read = cast.newcomer.get(cast.path + "/nda").json()["current"];
    publish(cast, "minor", "Deuxième version, sans faute.");
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/acceptance", acceptance(read)).problem() == "nda-changed");
    Json other = acceptance(cast.newcomer.get(cast.path + "/nda").json()["current"]);
    other["sha256"] = read["sha256"];
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/acceptance", other).problem() == "nda-changed");
    other["version"] = 4;
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/acceptance", other).problem() == "nda-changed");
    BOOST_TEST(cast.newcomer.get(cast.path + "/threads").status == 403);
}

BOOST_AUTO_TEST_CASE(acceptance_takes_a_name_and_a_tick) {
    Instance instance;
    Cast cast(instance);
    const Json whole = acceptance(cast.newcomer.get(cast.path + "/nda").json()["current"]);
    const std::vector<std::pair<const char*, Json>> wrong{{"full_name", ""}, {"full_name", "   "}, {"full_name", nullptr}, {"agreed", false}, {"agreed", nullptr}, {"agreed", "true"}};
    for (const auto& [field, value] : wrong) {
        Json body = whole;
        body[field] = value;
        const Answer refused = cast.newcomer.post(cast.path + "/nda/acceptance", body);
        BOOST_TEST(refused.status == 422);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/" + std::string(field), refused.body);
    }
}

BOOST_AUTO_TEST_CASE(a_receipt_says_what_was_accepted_by_whom_and_on_behalf_of_whom) {
    Instance instance;
    Cast cast(instance);
    const std::string organisation = cast.newcomer.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}, {"siret", "12345678901234"}}}}).json()["organisations"][0]["organisation"]["id"];
    const Json current = cast.newcomer.get(cast.path + "/nda").json()["current"];
    Json body = acceptance(current);
    body["organisation_id"] = organisation;
    const Json receipt = cast.newcomer.post(cast.path + "/nda/acceptance", body).json();
    BOOST_TEST(receipt["group"]["id"] == cast.group);
    BOOST_TEST(receipt["group"]["name"] == "Chaleur du bois");
    BOOST_TEST(receipt["nda"]["version"] == 2);
    BOOST_TEST(receipt["nda"]["sha256"] == current["sha256"]);
    BOOST_TEST(receipt["member"]["email"] == cast.newcomer.email);
    BOOST_TEST(receipt["organisation"]["siret"] == "12345678901234");
    BOOST_TEST(receipt["full_name"] == "Nadia Newcomer");
    BOOST_TEST(receipt["context"]["authentication"] == "link");
    BOOST_TEST(receipt["context"]["address"] == "192.0.2.1");
    const Answer again = cast.newcomer.get(cast.path + "/nda/acceptances/" + cast.newcomer.member + "/receipt");
    BOOST_TEST(again.json() == receipt);
    BOOST_TEST(again.headers.at("Content-Disposition").starts_with("attachment"));
    const Json keys = instance.stranger().get("/receipt-keys").json()["items"];
    BOOST_TEST(keys[0]["key_id"] == receipt["signature"]["key_id"]);
    BOOST_TEST(verify_receipt(again.json(), keys[0]["pem"].get<std::string>()));
}

BOOST_AUTO_TEST_CASE(whatever_a_browser_calls_itself_the_receipt_is_issued) {
    Instance instance;
    Cast cast(instance);
    const Json body = acceptance(cast.newcomer.get(cast.path + "/nda").json()["current"]);
    for (const std::string& agent : {std::string("\xff\xfe"), std::string(299, 'a') + "é", std::string("é"), std::string(5000, 'b'), std::string()}) {
        const Answer accepted = cast.newcomer.post(cast.path + "/nda/acceptance", body, {{"user-agent", agent}});
        BOOST_TEST(accepted.status == 201);
        BOOST_TEST(verify_receipt(accepted.json(), instance.keys.front().public_pem()));
    }
}

BOOST_AUTO_TEST_CASE(the_register_shows_everything_that_happened_the_newest_first) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.newcomer.post(cast.path + "/nda/refusal", {{"version", 2}}).status == 204);
    const Json entries = cast.member.get(cast.path + "/nda/acceptances").json()["items"];
    BOOST_TEST(entries[0]["member"]["name"] == "Nadia Newcomer");
    BOOST_TEST(entries[0]["act"] == "refused");
    BOOST_TEST(entries[0]["full_name"].is_null());
    BOOST_TEST(entries.back()["act"] == "accepted");
    BOOST_TEST(entries.back()["version"] == 1);
}

BOOST_AUTO_TEST_CASE(a_refusal_closes_the_gate_and_may_be_thought_over) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.member.post(cast.path + "/nda/refusal", {{"version", 2}}).status == 204);
    BOOST_TEST(cast.member.get(cast.path + "/threads").problem() == "nda-required");
    BOOST_TEST(cast.member.get(cast.path + "/nda").json()["mine"]["act"] == "refused");
    cast.accept(cast.member);
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
}

BOOST_AUTO_TEST_CASE(a_version_says_from_when_it_holds_and_how_long_secrecy_outlives_leaving) {
    Instance instance;
    Cast cast(instance);
    const Json version = cast.moderator.post(cast.path + "/nda/versions", {{"kind", "minor"}, {"text", "Texte."}, {"summary", "Rien ne sort."}, {"language", "fr"},
        {"translation", "**Text.**"}, {"holds_from", "2026-01-31"}, {"secrecy_months", 24}}).json();
    BOOST_TEST(version["holds_from"] == "2026-01-31");
    BOOST_TEST(version["secrecy_months"] == 24);
    BOOST_TEST(version["translation_html"] == "<p><strong>Text.</strong></p>\n");
    BOOST_TEST(version["sha256"] == to_hex(sha256("Texte.")));
    BOOST_TEST(version["sha256_covers"] == "text");
    const Json receipt = cast.newcomer.post(cast.path + "/nda/acceptance", acceptance(version)).json();
    BOOST_TEST(receipt["nda"]["holds_from"] == "2026-01-31");
    BOOST_TEST(receipt["nda"]["secrecy_months"] == 24);
}

BOOST_AUTO_TEST_CASE(saying_no_again_and_again_writes_nothing_and_makes_nobody_prove_their_rights) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    const auto epoch = [&] { return instance.sql("SELECT access_epoch FROM margelle.feed_heads WHERE group_id = feed_id AND group_id = '" + cast.group + "'"); };
    const auto entries = [&] { return instance.sql("SELECT count(*) FROM margelle.nda_register WHERE member_id = '" + cast.newcomer.member + "'"); };
    const int version = cast.newcomer.get(cast.path + "/nda").json()["current"]["number"];
    const auto refuse = [&](Client& who) { return who.post(cast.path + "/nda/refusal", {{"version", version}}).status; };
    const std::string before = epoch();
    for (int i = 0; i < 5; ++i) BOOST_TEST(refuse(cast.newcomer) == 204);
    BOOST_TEST(entries() == "1");
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(cast.outsider.post(cast.path + "/join-requests", {{"category", "resident"}}).status == 202);
        BOOST_TEST(cast.outsider.remove(cast.path + "/membership").status == 204);
    }
    BOOST_TEST(epoch() == before);
    BOOST_TEST(refuse(cast.member) == 204);     // who was in
    BOOST_TEST(epoch() != before);
    int refused = 0;
    for (int i = 0; i < 30; ++i) refused += refuse(cast.newcomer) == 429;
    BOOST_TEST(refused == 15);
    BOOST_TEST(cast.outsider.post(cast.path + "/join-requests", {{"category", "resident"}}).status == 202, "others are not concerned");
}

BOOST_AUTO_TEST_CASE(by_default_a_version_holds_from_today_and_secrecy_has_no_end) {
    Instance instance;
    Cast cast(instance);
    const Json version = publish(cast, "minor", "Texte.").json();
    BOOST_TEST(version["holds_from"] == instance.sql("SELECT current_date"));
    BOOST_TEST(version["secrecy_months"].is_null());
    BOOST_TEST(version["translation"].is_null());
}

BOOST_AUTO_TEST_CASE(terms_that_no_version_can_have_are_refused) {
    Instance instance;
    Cast cast(instance);
    const std::vector<std::pair<const char*, Json>> wrong{{"holds_from", "2026-02-30"}, {"holds_from", "demain"}, {"secrecy_months", -1}, {"secrecy_months", 601}, {"translation", ""}};
    for (const auto& [field, value] : wrong) {
        Json body = {{"kind", "minor"}, {"text", "Texte."}, {"summary", "Rien ne sort."}};
        body[field] = value;
        const Answer refused = cast.moderator.post(cast.path + "/nda/versions", body);
        BOOST_TEST(refused.status == 422);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/" + std::string(field), refused.body);
    }
}

BOOST_AUTO_TEST_CASE(a_version_published_ahead_closes_the_gate_on_its_day) {
    Instance instance;
    Cast cast(instance);
    const Json version = cast.moderator.post(cast.path + "/nda/versions", {{"kind", "material"}, {"text", "Texte."}, {"summary", "Rien ne sort."}, {"holds_from", instance.sql("SELECT current_date + 1")}}).json();
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    BOOST_TEST(cast.observer.post(cast.path + "/nda/acceptance", acceptance(version)).status == 201);
    BOOST_TEST(instance.sql("SELECT margelle.hold_versions()") == "0");
    const std::string epoch = instance.sql("SELECT access_epoch FROM margelle.feed_heads WHERE group_id = '" + cast.group + "'");
    instance.sql("ALTER TABLE margelle.nda_versions DISABLE TRIGGER immutable; UPDATE margelle.nda_versions SET holds_from = current_date,"
                 " published_at = published_at - interval '1 day' WHERE number = 3; ALTER TABLE margelle.nda_versions ENABLE TRIGGER immutable");
    BOOST_TEST(cast.member.get(cast.path + "/threads").problem() == "nda-required");
    BOOST_TEST(cast.observer.get(cast.path + "/threads").status == 200);
    BOOST_TEST(instance.sql("SELECT margelle.hold_versions()") == "1");
    BOOST_TEST(instance.sql("SELECT margelle.hold_versions()") == "0");
    BOOST_TEST(instance.sql("SELECT access_epoch FROM margelle.feed_heads WHERE group_id = '" + cast.group + "'") != epoch);
    BOOST_TEST(cast.observer.get(cast.path + "/events?after=0&limit=100").json()["items"].back()["kind"] == "nda.holds");
}

BOOST_AUTO_TEST_CASE(refusing_a_correction_of_form_or_a_version_before_its_day_takes_nothing_back) {
    Instance instance;
    Cast cast(instance);
    publish(cast, "minor", "Deuxième version, sans faute.");
    BOOST_TEST(cast.member.post(cast.path + "/nda/refusal", {{"version", 3}}).status == 204);
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    cast.moderator.post(cast.path + "/nda/versions", {{"kind", "material"}, {"text", "Texte."}, {"summary", "Rien ne sort."}, {"holds_from", instance.sql("SELECT current_date + 1")}});
    BOOST_TEST(cast.member.post(cast.path + "/nda/refusal", {{"version", 4}}).status == 204);
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    const Json readers = cast.moderator.get(cast.path + "/threads/" + cast.thread + "/readers").items();
    BOOST_TEST(readers.size() == 3u);
    instance.sql("ALTER TABLE margelle.nda_versions DISABLE TRIGGER immutable; UPDATE margelle.nda_versions SET holds_from = current_date,"
                 " published_at = published_at - interval '1 day' WHERE number = 4; ALTER TABLE margelle.nda_versions ENABLE TRIGGER immutable");
    BOOST_TEST(cast.member.get(cast.path + "/threads").problem() == "nda-required");
}

BOOST_AUTO_TEST_CASE(an_acceptance_taken_back_closes_the_gate_at_once_and_may_be_given_again) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.member.post(cast.path + "/nda/withdrawal").status == 204);
    BOOST_TEST(instance.recorder.changes.back().group == cast.group);
    BOOST_TEST(cast.member.get(cast.path + "/threads").problem() == "nda-required");
    BOOST_TEST(cast.member.get(cast.path + "/nda").json()["mine"]["act"] == "withdrew");
    BOOST_TEST(cast.member.post(cast.path + "/nda/withdrawal").problem() == "conflict");
    cast.accept(cast.member);
    BOOST_TEST(cast.member.get(cast.path + "/threads").status == 200);
    const Json entries = cast.observer.get(cast.path + "/nda/acceptances").json()["items"];
    BOOST_TEST(entries[0]["act"] == "accepted");
    BOOST_TEST(entries[1]["act"] == "withdrew");
    BOOST_TEST(entries[1]["version"] == 2);
}

BOOST_AUTO_TEST_CASE(moderators_see_who_is_awaited_since_when_and_what_they_accepted_last) {
    Instance instance;
    Cast cast(instance);
    cast.member.post(cast.path + "/nda/withdrawal");
    std::map<std::string, Json> awaited;
    for (const Json& item : cast.moderator.get(cast.path + "/nda/pending").items()) awaited[item["member"]["id"].get<std::string>()] = item;
    BOOST_TEST(awaited.size() == 3u);
    BOOST_TEST(awaited[cast.newcomer.member]["accepted_version"].is_null());
    BOOST_TEST(awaited[cast.newcomer.member]["latest_act"].is_null());
    BOOST_TEST(awaited[cast.outdated.member]["accepted_version"] == 1);
    BOOST_TEST(awaited[cast.outdated.member]["latest_act"] == "accepted");
    BOOST_TEST(awaited[cast.outdated.member]["since"] == cast.moderator.get(cast.path + "/nda").json()["current"]["published_at"]);
    BOOST_TEST(awaited[cast.member.member]["latest_act"] == "withdrew");
    BOOST_TEST(awaited[cast.member.member]["accepted_version"] == 2);
    BOOST_TEST(awaited[cast.member.member]["reminded_at"].is_null());
    cast.accept(cast.newcomer);
    BOOST_TEST(cast.moderator.get(cast.path + "/nda/pending").json()["items"].size() == 2u);
}

BOOST_AUTO_TEST_CASE(in_a_light_group_nobody_is_awaited) {
    Instance instance;
    Cast cast(instance, "light");
    BOOST_TEST(cast.moderator.get(cast.path + "/nda/pending").json()["items"].empty());
    BOOST_TEST(cast.moderator.post(cast.path + "/nda/reminders", Json::object()).json()["reminded"] == 0);
}

BOOST_AUTO_TEST_CASE(one_act_reminds_everybody_awaited_and_nobody_twice_a_day) {
    Instance instance;
    Cast cast(instance);
    const auto remind = [&](const Json& body) { return cast.moderator.post(cast.path + "/nda/reminders", body).json(); };
    Json answer = remind({{"members", {cast.newcomer.member, cast.member.member}}});
    BOOST_TEST(answer["reminded"] == 1);
    BOOST_TEST(answer["left_out"].empty());
    answer = remind(Json::object());
    BOOST_TEST(answer["reminded"] == 1);
    BOOST_REQUIRE(answer["left_out"].size() == 1u);
    BOOST_TEST(answer["left_out"][0]["member"]["name"] == "Nadia Newcomer");
    BOOST_TEST(remind(Json::object())["left_out"].size() == 2u);
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.outbox WHERE kind = 'nda_reminder'") == "2");
    for (const Json& item : cast.moderator.get(cast.path + "/nda/pending").items()) BOOST_TEST(!item["reminded_at"].is_null());
    instance.sql("UPDATE margelle.nda_reminders SET reminded_at = now() - interval '1 day'");
    BOOST_TEST(remind(Json::object())["reminded"] == 2);
}

BOOST_AUTO_TEST_CASE(nothing_in_the_register_goes_with_a_person_or_changes_with_an_organisation) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.accept_for_organisation(cast.member).status == 201);
    const Json before = cast.observer.get(cast.path + "/nda/acceptances").json()["items"];
    instance.sql("UPDATE margelle.organisations SET name = 'Autre nom', siret = NULL");
    BOOST_TEST(cast.observer.get(cast.path + "/nda/acceptances").json()["items"] == before);
    BOOST_REQUIRE(cast.member.remove("/me", {{"confirm_email", cast.member.email}}).status == 204);
    Json after = cast.observer.get(cast.path + "/nda/acceptances").json()["items"];
    BOOST_TEST(after.size() == before.size());
    BOOST_TEST(after[0]["full_name"] == "Test Person");
    BOOST_TEST(after[0]["organisation_siret"] == "12345678901234");
    BOOST_TEST(cast.moderator.get(cast.path + "/nda/acceptances/" + cast.member.member + "/receipt").json()["member"]["email"] == cast.member.email);
    for (const char* table : {"groups", "members"}) BOOST_CHECK_THROW(instance.sql(std::string("DELETE FROM margelle.") + table), std::exception);
}

BOOST_AUTO_TEST_CASE(wanting_to_talk_first_sends_a_copy_and_records_no_refusal) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/refusal", {{"version", 2}, {"later", true}}).status == 204);
    BOOST_TEST(cast.newcomer.get(cast.path + "/nda").json()["mine"].is_null());
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.outbox WHERE kind = 'nda_copy'") == "1");
}

BOOST_AUTO_TEST_CASE(a_refusal_of_an_old_version_is_told_so) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/refusal", {{"version", 1}}).problem() == "nda-changed");
}

BOOST_AUTO_TEST_CASE(a_light_group_has_no_gate_and_says_so) {
    Instance instance;
    Cast cast(instance, "light");
    const Json shown = cast.newcomer.get(cast.path + "/nda").json();
    BOOST_TEST(shown["required"] == false);
    BOOST_TEST(shown["gate"] == "open");
    BOOST_TEST(shown["current"].is_null());
    BOOST_TEST(cast.newcomer.get(cast.path + "/threads").status == 200);
}

BOOST_AUTO_TEST_CASE(where_no_version_is_published_nobody_but_moderators_is_let_to_the_door) {
    Instance instance;
    Client moderator = instance.person("Anne"), member = instance.person("Bruno");
    const std::string path = "/groups/" + moderator.post("/groups", {{"name", "Chaleur"}, {"confidentiality", "nda"}}).json()["id"].get<std::string>();
    instance.sql("INSERT INTO margelle.memberships (group_id, member_id, state) SELECT group_id, '" + member.member + "', 'active' FROM margelle.groups");
    BOOST_TEST(member.get(path).json()["standing"] == "requested");
    BOOST_TEST(member.get(path + "/nda").status == 404);
    BOOST_TEST(moderator.get(path + "/nda").json()["current"].is_null());
    BOOST_TEST(moderator.get(path + "/members").problem() == "nda-required");
}

BOOST_AUTO_TEST_CASE(the_models_to_start_from_are_marked_and_in_both_languages) {
    Instance instance;
    Client account = instance.person("Anne");
    const Json models = account.get("/nda-models").json()["items"];
    BOOST_TEST(models.size() == 4u);
    for (const Json& model : models) {
        const std::string text = model["text"];
        const bool french = model["language"] == "fr";
        BOOST_TEST(text.find(french ? "juriste" : "lawyer") != std::string::npos, model["name"]);
        BOOST_TEST(text.find(french ? "documents administratifs" : "administrative documents") != std::string::npos, model["name"]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
