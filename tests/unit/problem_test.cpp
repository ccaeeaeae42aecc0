#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "protocol/problem.hpp"

using namespace margelle;
using Json = nlohmann::json;

BOOST_AUTO_TEST_SUITE(problem)

BOOST_AUTO_TEST_CASE(a_problem_has_the_members_of_rfc_9457) {
    const Json problem = Json::parse(problem_json(Error(Code::not_found), Language::english, "r1"));
    BOOST_TEST(problem["type"] == "/problems/not-found");
    BOOST_TEST(problem["title"] == "This page does not exist, or is not open to you.");
    BOOST_TEST(problem["status"] == 404);
    BOOST_TEST(problem["instance"] == "r1");
    BOOST_TEST(!problem.contains("errors"));
}

BOOST_AUTO_TEST_CASE(bad_input_names_its_fields) {
    const Json problem = Json::parse(problem_json(Error(Code::invalid, {{"/title", "is \"too\" long"}, {"query/limit", "is missing"}}), Language::french, "r1"));
    BOOST_TEST(problem["errors"] == Json::parse(R"([{"pointer":"/title","detail":"is \"too\" long"},{"pointer":"query/limit","detail":"is missing"}])"));
}

BOOST_AUTO_TEST_CASE(a_closed_gate_names_the_version_to_accept) {
    Error error(Code::nda_required);
    BOOST_TEST(Json::parse(problem_json(error, Language::french, ""))["nda_version"].is_null());
    error.nda_version = 3;
    BOOST_TEST(Json::parse(problem_json(error, Language::french, ""))["nda_version"] == 3);
}

BOOST_AUTO_TEST_CASE(every_code_has_a_status_and_a_title_in_both_languages) {
    for (int code = 0; code <= static_cast<int>(Code::busy); ++code) {
        const Error error(static_cast<Code>(code));
        const Json french = Json::parse(problem_json(error, Language::french, "")), english = Json::parse(problem_json(error, Language::english, ""));
        BOOST_TEST(french["status"] == status_of(error.code));
        BOOST_TEST(french["title"] != english["title"]);
        BOOST_TEST(french["type"] == "/problems/" + std::string(error.what()));
        BOOST_TEST((error.code == Code::fault || status_of(error.code) != 500));
    }
}

BOOST_AUTO_TEST_CASE(the_first_language_that_is_known_is_spoken) {
    BOOST_TEST((language_of("en") == Language::english));
    BOOST_TEST((language_of("de-DE, en-GB;q=0.8, fr;q=0.5") == Language::english));
    BOOST_TEST((language_of("de,fr-CH") == Language::french));
    BOOST_TEST((language_of("EN-us") == Language::english));
}

BOOST_AUTO_TEST_CASE(french_is_spoken_to_those_who_ask_for_nothing_known) {
    BOOST_TEST((language_of("") == Language::french));
    BOOST_TEST((language_of("de, *") == Language::french));
    BOOST_TEST((language_of(",,;q=1") == Language::french));
    BOOST_TEST((language_of("enm, de") == Language::french));
}

BOOST_AUTO_TEST_SUITE_END()
