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

BOOST_AUTO_TEST_CASE(what_others_say_becomes_printable) {
    BOOST_TEST(printable("550 boîte pleine \xf0\x9f\x8c\xb3") == "550 boîte pleine \xf0\x9f\x8c\xb3");
    BOOST_TEST(printable(std::string("a\0b\r\n\x7f\xc2\x85", 8)) == "a\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFD");
    for (const char* odd : {"\xff", "\x80", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\xe2\x82"}) {
        BOOST_TEST(!is_text(odd));
        BOOST_TEST(is_text(printable(odd)));
        BOOST_TEST(printable(odd).starts_with("\uFFFD"));
    }
    BOOST_TEST(printable("") == "");
}

BOOST_AUTO_TEST_CASE(a_list_has_items_and_a_cursor) {
    BOOST_TEST(json_list("[1]") == R"({"items":[1],"next_cursor":null})");
    BOOST_TEST(json_list("[]", json_string("42")) == R"({"items":[],"next_cursor":"42"})");
}

BOOST_AUTO_TEST_SUITE_END()
