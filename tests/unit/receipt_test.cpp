#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "protocol/receipt.hpp"

using namespace margelle;
using Json = nlohmann::json;

namespace {

Json sample() {
    return {{"format", 1}, {"kind", "margelle-nda-receipt"}, {"full_name", "Zoé d’Arc"}, {"nda", {{"version", 2}, {"language", "fr"}}}, {"organisation", nullptr}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receipt)

// RFC 8785, section 3.2.2, without its numbers: receipts hold none with a fraction.
BOOST_AUTO_TEST_CASE(literals_and_strings_are_written_as_rfc_8785_shows) {
    const Json value = Json::parse(R"({"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]})");
    BOOST_TEST(canonical_json(value) == "{\"literals\":[null,true,false],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

BOOST_AUTO_TEST_CASE(names_are_sorted_and_white_space_is_gone_at_every_depth) {
    BOOST_TEST(canonical_json(Json::parse(R"( { "b" : [ { "z" : 1 , "a" : { } } , [ ] ] , "a" : -7 } )")) == R"({"a":-7,"b":[{"a":{},"z":1},[]]})");
}

BOOST_AUTO_TEST_CASE(control_characters_have_their_short_forms) {
    BOOST_TEST(canonical_json(Json("\b\t\n\f\r\x01\x7f")) == "\"\\b\\t\\n\\f\\r\\u0001\x7f\"");
}

BOOST_AUTO_TEST_CASE(a_fractional_number_is_refused) { BOOST_CHECK_THROW(canonical_json(Json(1.5)), std::invalid_argument); }

BOOST_AUTO_TEST_CASE(a_signed_receipt_verifies_in_any_spelling) {
    const SigningKey key = SigningKey::generate();
    Json signed_receipt = sample();
    sign_receipt(signed_receipt, key);
    BOOST_TEST(verify_receipt(signed_receipt, key.public_pem()));
    BOOST_TEST(verify_receipt(Json::parse(signed_receipt.dump(4)), key.public_pem()));
}

BOOST_AUTO_TEST_CASE(whatever_changes_in_a_receipt_breaks_it) {
    const SigningKey key = SigningKey::generate();
    Json original = sample();
    sign_receipt(original, key);
    for (const char* name : {"format", "kind", "full_name", "nda", "organisation"}) {
        Json changed = original;
        changed[name] = "autre";
        BOOST_TEST(!verify_receipt(changed, key.public_pem()), name);
        changed.erase(name);
        BOOST_TEST(!verify_receipt(changed, key.public_pem()), name << " erased");
    }
    Json more = original;
    more["more"] = true;
    BOOST_TEST(!verify_receipt(more, key.public_pem()));
}

BOOST_AUTO_TEST_CASE(a_confirmation_verifies_and_what_else_a_key_may_sign_is_no_receipt) {
    const SigningKey key = SigningKey::generate();
    for (const auto& [kind, valid] : {std::pair("margelle-nda-receipt", true), {"margelle-nda-confirmation", true}, {"margelle-audit-head", false}}) {
        Json receipt = sample();
        receipt["kind"] = kind;
        sign_receipt(receipt, key);
        BOOST_TEST(verify_receipt(receipt, key.public_pem()) == valid, kind);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_receipt_does_not_verify) {
    const std::string pem = SigningKey::generate().public_pem();
    BOOST_TEST(!verify_receipt(Json(), pem));
    BOOST_TEST(!verify_receipt(Json::array(), pem));
    Json odd = sample();
    sign_receipt(odd, SigningKey::generate());
    for (const char* value : {"", "=", "!!!!", "AAAA", "===="}) {
        odd["signature"]["value"] = value;
        BOOST_TEST(!verify_receipt(odd, pem), value);
    }
    BOOST_TEST(!verify_receipt(odd, "no key"));
}

BOOST_AUTO_TEST_CASE(a_key_survives_its_pem) {
    const SigningKey key = SigningKey::generate(), same = SigningKey::from_pem(key.private_pem());
    BOOST_TEST(same.public_pem() == key.public_pem());
    BOOST_TEST(same.key_id() == key.key_id());
    BOOST_TEST(key.key_id().size() == 16u);
    BOOST_TEST(same.sign("abc") == key.sign("abc"));
    BOOST_CHECK_THROW(SigningKey::from_pem(key.public_pem()), std::runtime_error);
    BOOST_CHECK_THROW(SigningKey::from_pem("no key"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
