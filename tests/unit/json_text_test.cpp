#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "protocol/json_text.hpp"

using namespace margelle;

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(every_character_comes_back_as_it_was) {
    std::string text = "é “tout” \xf0\x9f\x8c\xb3 \x7f";
    for (char c = 1; c < 0x20; ++c) text += c;
    text += "\"\\/";
    BOOST_TEST(nlohmann::json::parse(json_string(text)).get<std::string>() == text);
}

BOOST_AUTO_TEST_CASE(control_characters_are_escaped) {
    BOOST_TEST(json_string("a\n\t\x01\"\\") == R"("a\n\u0009\u0001\"\\")");
}

BOOST_AUTO_TEST_CASE(a_list_has_items_and_a_cursor) {
    BOOST_TEST(json_list("[1]") == R"({"items":[1],"next_cursor":null})");
    BOOST_TEST(json_list("[]", json_string("42")) == R"({"items":[],"next_cursor":"42"})");
}

BOOST_AUTO_TEST_SUITE_END()
