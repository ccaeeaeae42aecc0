// On behalf of whom one accepts, and the signatory who confirms it for an organisation.
#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"
#include "protocol/receipt.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Json mayor = {{"name", "Marie Maire"}, {"email", "maire@example.net"}, {"capacity", "maire"}};

void bind(Cast& cast, const char* whom) {
    const Answer group = cast.moderator.get(cast.path);
    BOOST_REQUIRE(cast.moderator.patch(cast.path, {{"acceptance_for", whom}}, {{"if-match", group.etag()}}).json()["acceptance_for"] == whom);
}

Json latest(Cast& cast) { return cast.observer.get(cast.path + "/nda/acceptances").json()["items"][0]; }

Json plain(Cast& cast) {
    const Json current = cast.newcomer.get(cast.path + "/nda").json()["current"];
    return {{"version", current["number"]}, {"sha256", current["sha256"]}, {"full_name", "Nadia Newcomer"}, {"agreed", true}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signatures)

BOOST_AUTO_TEST_CASE(an_acceptance_keeps_on_behalf_of_whom_and_in_what_capacity) {
    Instance instance;
    Cast cast(instance);
    const Json receipt = cast.accept_for_organisation(cast.newcomer, {{"capacity", "directrice des services techniques"}}).json();
    BOOST_TEST(receipt["organisation"]["siret"] == "12345678901234");
    BOOST_TEST(receipt["capacity"] == "directrice des services techniques");
    const Json entry = latest(cast);
    BOOST_TEST(entry["organisation_name"] == "Régie du bois");
    BOOST_TEST(entry["organisation_siret"] == "12345678901234");
    BOOST_TEST(entry["capacity"] == "directrice des services techniques");
    BOOST_TEST(entry["organisation_state"] == "personal");
    BOOST_TEST(entry["signatory"].is_null());
}

BOOST_AUTO_TEST_CASE(a_capacity_that_is_not_said_is_that_of_the_profile) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.accept_for_organisation(cast.newcomer).json()["capacity"] == "directrice");
    BOOST_TEST(cast.accept_for_organisation(cast.newcomer, {{"capacity", nullptr}}).json()["capacity"].is_null());
    BOOST_TEST(cast.accept_for_organisation(cast.newcomer, {{"capacity", std::string(121, 'a')}}).status == 422);
}

BOOST_AUTO_TEST_CASE(a_group_says_whom_an_acceptance_binds) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.newcomer.get(cast.path + "/nda").json()["acceptance_for"] == "either");
    bind(cast, "organisation");
    const Answer alone = cast.newcomer.post(cast.path + "/nda/acceptance", plain(cast));
    BOOST_TEST(alone.status == 422);
    BOOST_TEST(alone.json()["errors"][0]["pointer"] == "/organisation_id");
    BOOST_TEST(cast.accept_for_organisation(cast.newcomer).status == 201);
    BOOST_TEST(cast.newcomer.get(cast.path + "/threads").status == 200);
    bind(cast, "member");
    BOOST_TEST(cast.accept_for_organisation(cast.newcomer).status == 422);
    // Whoever takes part on behalf of an organisation binds themself alone here.
    const Json receipt = cast.newcomer.post(cast.path + "/nda/acceptance", plain(cast)).json();
    BOOST_TEST(receipt["organisation"].is_null());
}

BOOST_AUTO_TEST_CASE(a_signatory_confirms_once_without_an_account) {
    Instance instance;
    Cast cast(instance);
    const Json accepted = cast.accept_for_organisation(cast.newcomer, {{"signatory", mayor}}).json();
    BOOST_TEST(accepted["signatory"] == mayor);
    BOOST_TEST(cast.newcomer.get(cast.path + "/threads").status == 200);
    BOOST_TEST(latest(cast)["organisation_state"] == "awaiting");
    BOOST_TEST(latest(cast)["signatory"]["name"] == "Marie Maire");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.outbox WHERE kind = 'signature_request'") == "1");

    Client browser = instance.stranger();
    const std::string token = instance.signature_token(cast.newcomer.member);
    const Json offer = browser.post("/signatures/lookup", {{"token", token}}).json();
    BOOST_TEST(offer["agreement"]["text"] == "Deuxième version.");
    BOOST_TEST(offer["organisation"]["name"] == "Régie du bois");
    BOOST_TEST(offer["member"]["full_name"] == "Test Person");
    BOOST_TEST(offer["group"]["name"] == "Chaleur du bois");
    BOOST_TEST(offer["group"].size() == 1u);

    BOOST_TEST(browser.post("/signatures/confirmation", {{"token", token}, {"accept", true}}).json()["errors"][0]["pointer"] == "/full_name");
    const Json answer = browser.post("/signatures/confirmation", {{"token", token}, {"accept", true}, {"full_name", "Marie Maire"}}).json();
    BOOST_TEST(answer["state"] == "confirmed");
    const Json receipt = answer["receipt"];
    BOOST_TEST(verify_receipt(receipt, instance.keys.front().public_pem()));
    BOOST_TEST(receipt["acceptance"]["sha256"] == to_hex(sha256(canonical_json(accepted))));
    BOOST_TEST(receipt["signatory"] == mayor);
    BOOST_TEST(latest(cast)["organisation_state"] == "confirmed");
    BOOST_TEST(cast.newcomer.get("/me/receipts/" + cast.group + "/2").json()["confirmation"] == receipt);
    BOOST_TEST(instance.recorder.changes.back().group == cast.group);
    BOOST_TEST(cast.observer.get(cast.path + "/events?after=0&limit=100").json()["items"].back()["kind"] == "signature.confirmed");

    BOOST_TEST(browser.post("/signatures/lookup", {{"token", token}}).status == 404);
    BOOST_TEST(browser.post("/signatures/confirmation", {{"token", token}, {"accept", false}}).status == 404);
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/signature-requests", mayor).problem() == "conflict");
}

BOOST_AUTO_TEST_CASE(a_signatory_who_refuses_leaves_the_person_bound_and_may_be_asked_anew) {
    Instance instance;
    Cast cast(instance);
    cast.accept_for_organisation(cast.newcomer, {{"signatory", mayor}});
    const std::string token = instance.signature_token(cast.newcomer.member);
    const Json answer = instance.stranger().post("/signatures/confirmation", {{"token", token}, {"accept", false}}).json();
    BOOST_TEST(answer["state"] == "refused");
    BOOST_TEST(answer["receipt"].is_null());
    BOOST_TEST(latest(cast)["organisation_state"] == "refused");
    BOOST_TEST(cast.newcomer.get(cast.path + "/threads").status == 200);
    BOOST_TEST(cast.newcomer.post(cast.path + "/nda/signature-requests", {{"name", "Denis Directeur"}, {"email", "denis@example.net"}}).status == 202);
    BOOST_TEST(latest(cast)["organisation_state"] == "awaiting");
    BOOST_TEST(latest(cast)["signatory"]["name"] == "Denis Directeur");
}

BOOST_AUTO_TEST_CASE(naming_another_signatory_ends_the_earlier_link) {
    Instance instance;
    Cast cast(instance);
    cast.accept_for_organisation(cast.newcomer, {{"signatory", mayor}});
    const std::string token = instance.signature_token(cast.newcomer.member);
    BOOST_REQUIRE(cast.newcomer.post(cast.path + "/nda/signature-requests", mayor).status == 202);
    BOOST_TEST(instance.stranger().post("/signatures/lookup", {{"token", token}}).status == 404);
    BOOST_TEST(instance.stranger().post("/signatures/lookup", {{"token", instance.signature_token(cast.newcomer.member)}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_link_ends_after_thirty_days_and_with_the_acceptance_itself) {
    Instance instance;
    Cast cast(instance);
    for (const char* end : {"expiry", "withdrawal"}) {
        cast.accept_for_organisation(cast.newcomer, {{"signatory", {{"name", "Marie Maire"}, {"email", std::string(end) + "@example.net"}}}});
        const std::string token = instance.signature_token(cast.newcomer.member);
        BOOST_TEST(instance.stranger().post("/signatures/lookup", {{"token", token}}).status == 200);
        if (std::string(end) == "expiry") {
            instance.sql("UPDATE margelle.nda_signatures SET expires_at = expires_at - interval '30 days'");
            BOOST_TEST(latest(cast)["organisation_state"] == "personal");
        } else {
            BOOST_REQUIRE(cast.newcomer.post(cast.path + "/nda/withdrawal").status == 204);
        }
        BOOST_TEST(instance.stranger().post("/signatures/lookup", {{"token", token}}).status == 404);
        BOOST_TEST(instance.stranger().post("/signatures/confirmation", {{"token", token}, {"accept", false}}).status == 404);
    }
}

BOOST_AUTO_TEST_CASE(a_signatory_confirms_for_an_organisation_alone) {
    Instance instance;
    Cast cast(instance);
    Json body = plain(cast);
    body["signatory"] = mayor;
    const Answer refused = cast.newcomer.post(cast.path + "/nda/acceptance", body);
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/signatory");
}

BOOST_AUTO_TEST_CASE(guessing_tokens_of_signatories_is_limited) {
    Instance instance;
    Client guesser = instance.stranger();
    int status = 0;
    for (int i = 0; i <= 100; ++i) status = guesser.post("/signatures/lookup", {{"token", std::string(43, 'a')}}).status;
    BOOST_TEST(status == 429);
}

BOOST_AUTO_TEST_SUITE_END()
