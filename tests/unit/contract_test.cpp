#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "server/documents.hpp"

using namespace margelle;
using Json = nlohmann::json;

namespace {

const std::string group = "01a20c84-b96f-7529-8ef6-c9f7baf62008";

// What is wrong with a body: the code's name and the pointers, or nothing.
std::string refusal(const std::string& operation, const std::string& body, Inputs inputs = {}, const std::string& type = "application/json") {
    try {
        http_contract().check_request(operation, inputs, type, body);
        return "";
    } catch (const Error& error) {
        std::string out = error.what();
        for (const FieldError& field : error.fields) out += " " + field.pointer;
        return out;
    }
}

std::string thread_refusal(const std::string& body) { return refusal("createThread", body, {{{"group", group}}, {}, {}}); }

std::string list_refusal(const std::string& name, const std::string& value) { return refusal("listThreads", "", {{{"group", group}}, {{name, value}}, {}}); }

std::string code_of(const std::string& text) {
    try {
        parse_json(text);
        return "";
    } catch (const Error& error) {
        return error.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(contract_checks)

BOOST_AUTO_TEST_CASE(a_body_that_fits_comes_back_parsed) {
    const Json body = http_contract().check_request("createThread", {{{"group", group}}, {}, {}}, "application/json; charset=utf-8", R"({"title": "a", "body": "b"})");
    BOOST_TEST(body["title"] == "a");
}

BOOST_AUTO_TEST_CASE(a_wrong_field_is_named) {
    BOOST_TEST(thread_refusal(R"({"title": 7, "body": "b"})") == "invalid /title");
    BOOST_TEST(thread_refusal(R"({"title": "", "body": "b"})") == "invalid /title");
    BOOST_TEST(thread_refusal(R"({"title": "  ", "body": "b"})") == "invalid /title");
    BOOST_TEST(thread_refusal(R"({"title": null, "body": "b"})") == "invalid /title");
    BOOST_TEST(thread_refusal("{\"title\": \"" + std::string(201, 'a') + "\", \"body\": \"b\"}") == "invalid /title");
}

BOOST_AUTO_TEST_CASE(length_is_counted_in_characters) {
    std::string title;
    for (int i = 0; i < 200; ++i) title += "é";
    BOOST_TEST(thread_refusal("{\"title\": \"" + title + "\", \"body\": \"b\"}") == "");
}

BOOST_AUTO_TEST_CASE(a_missing_field_is_named) { BOOST_TEST(thread_refusal(R"({"title": "a"})").find("body") != std::string::npos); }

BOOST_AUTO_TEST_CASE(an_unknown_field_is_named) {
    const std::string refused = thread_refusal(R"({"title": "a", "body": "b", "author_id": "x"})");
    BOOST_TEST(refused.starts_with("invalid"));
    BOOST_TEST(refused.find("author_id") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_field_inside_a_list_is_named_by_its_place) {
    const std::string refused =
        refusal("createInvitations", R"({"invitations": [{"email": "a@example.org"}, {"email": "a@example.org", "role": "king"}]})", {{{"group", group}}, {}, {}});
    BOOST_TEST(refused.find("/invitations/1/role") != std::string::npos, refused);
}

BOOST_AUTO_TEST_CASE(several_wrong_fields_are_named_at_once) {
    const std::string refused = thread_refusal(R"({"title": 7, "body": 8})");
    BOOST_TEST(refused.find("/title") != std::string::npos);
    BOOST_TEST(refused.find("/body") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_of_another_type_is_refused) {
    BOOST_TEST(thread_refusal("[]") == "invalid /");
    BOOST_TEST(thread_refusal("\"a\"") == "invalid /");
    BOOST_TEST(thread_refusal("null") == "invalid /");
    BOOST_TEST(thread_refusal("") == "malformed /");
    BOOST_TEST(refusal("createThread", "{}", {{{"group", group}}, {}, {}}, "text/plain") == "wrong-media-type");
    BOOST_TEST(refusal("createThread", "{}", {{{"group", group}}, {}, {}}, "") == "wrong-media-type");
}

BOOST_AUTO_TEST_CASE(a_body_where_none_is_expected_is_refused) { BOOST_TEST(refusal("listGroups", "{}") == "malformed /"); }

BOOST_AUTO_TEST_CASE(a_value_of_megabytes_is_refused_before_its_pattern_is_tried) {
    const std::string endless(2'000'000, 'a');
    BOOST_TEST(refusal("redeemSignInLink", "{\"token\": \"" + endless + "\"}") == "invalid /token");
    BOOST_TEST(refusal("requestSignInLink", "{\"email\": \"" + endless + "\"}") == "invalid /email");
    BOOST_TEST(refusal("createGroup", "{\"name\": \"a\", \"confidentiality\": \"nda\", \"category\": \"" + endless + "\"}") == "invalid /category");
    BOOST_TEST(thread_refusal("{\"title\": \"" + std::string(2'000'000, ' ') + "\", \"body\": \"b\"}") == "invalid /title");
}

BOOST_AUTO_TEST_CASE(parameters_of_the_query_are_checked_and_named) {
    for (const char* value : {"0", "101", "-1", "abc", "1.5", "", "99999999999999999999", "1 ", "0x10"}) BOOST_TEST(list_refusal("limit", value) == "invalid query/limit", value);
    BOOST_TEST(list_refusal("limit", "100") == "");
    BOOST_TEST(list_refusal("offset", "5") == "invalid query/offset");
    BOOST_TEST(refusal("findOrganisations", "") == "invalid query/q");
}

BOOST_AUTO_TEST_CASE(a_wrong_id_in_the_path_names_nothing) {
    BOOST_TEST(refusal("getGroup", "", {{{"group", "1"}}, {}, {}}) == "not-found");
    BOOST_TEST(refusal("getGroup", "", {{{"group", group + "\n"}}, {}, {}}) == "not-found");
}

BOOST_AUTO_TEST_CASE(an_edit_without_its_precondition_is_told_so) {
    BOOST_TEST(refusal("updateMe", R"({"language": "en"})") == "precondition-required");
    BOOST_TEST(refusal("updateMe", R"({"language": "en"})", {{}, {}, {{"if-match", "\"r1\""}}}) == "");
    BOOST_TEST(refusal("updateMe", R"({"language": "en"})", {{}, {}, {{"if-match", std::string(81, 'a')}}}) == "invalid header/If-Match");
}

BOOST_AUTO_TEST_CASE(a_header_that_is_no_text_is_refused) {
    BOOST_TEST(refusal("createGroup", R"({"name": "a", "confidentiality": "nda"})", {{}, {}, {{"idempotency-key", "\xff"}}}) == "malformed header/Idempotency-Key");
}

BOOST_AUTO_TEST_CASE(json_that_is_none_is_malformed) {
    for (const char* text : {"", "{", "{]", "nul", "{\"a\": 1,}", "{'a': 1}", "1 2", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"a\tb\"", "1e999", "-", "01", "NaN"})
        BOOST_TEST(code_of(text) == "malformed", text);
    BOOST_TEST(code_of(std::string("\"\0\"", 3)) == "malformed");
    BOOST_TEST(code_of(R"("\u0000")") == "malformed");
    BOOST_TEST(code_of(R"({"a\u0000": 1})") == "malformed");
    BOOST_TEST(code_of(R"("\ud800")") == "malformed");
}

BOOST_AUTO_TEST_CASE(a_backslash_before_u0000_is_text) { BOOST_TEST(code_of(R"("\\u0000")") == ""); }

BOOST_AUTO_TEST_CASE(json_is_at_most_sixteen_levels_deep) {
    const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    BOOST_TEST(code_of(nested(16)) == "");
    BOOST_TEST(code_of(nested(17)) == "malformed");
    BOOST_TEST(code_of(std::string(1'000'000, '[')) == "malformed");
    BOOST_TEST(code_of("\"" + std::string(100, '[') + "\"") == "");
}

BOOST_AUTO_TEST_CASE(a_response_against_the_contract_is_found_out) {
    BOOST_TEST(!http_contract().find_fault("endSession", 204, "", ""));
    BOOST_TEST(http_contract().find_fault("endSession", 200, "", "").has_value());
    BOOST_TEST(http_contract().find_fault("endSession", 204, "", "{}").has_value());
    BOOST_TEST(http_contract().find_fault("previewMarkdown", 200, "application/json", R"({"html": 1})").has_value());
    BOOST_TEST(http_contract().find_fault("previewMarkdown", 200, "text/html", R"({"html": ""})").has_value());
    BOOST_TEST(http_contract().find_fault("previewMarkdown", 200, "application/json", "{").has_value());
    BOOST_TEST(!http_contract().find_fault("previewMarkdown", 200, "application/json", R"({"html": ""})"));
}

BOOST_AUTO_TEST_CASE(what_is_no_contract_is_refused) {
    BOOST_CHECK_THROW(Contract("{}"), std::exception);
    BOOST_CHECK_THROW(Contract("no json"), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()
