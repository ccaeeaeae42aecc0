#include <boost/test/unit_test.hpp>

#include <set>

#include "protocol/ids.hpp"

using namespace margelle;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(a_new_id_is_a_uuid_of_version_7) {
    const std::string id = new_id();
    BOOST_TEST(is_id(id));
    BOOST_TEST(id[14] == '7');
    BOOST_TEST(std::string("89ab").find(id[19]) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ids_of_later_milliseconds_sort_later) {
    const std::string first = new_id();
    std::string later = new_id();
    while (later.substr(0, 13) == first.substr(0, 13)) later = new_id();
    BOOST_TEST(first < later);
}

BOOST_AUTO_TEST_CASE(only_lower_case_uuids_are_ids) {
    BOOST_TEST(is_id("01a20c84-b96f-7529-8ef6-c9f7baf62008"));
    BOOST_TEST(!is_id("01A20C84-B96F-7529-8EF6-C9F7BAF62008"));
    BOOST_TEST(!is_id("01a20c84b96f75298ef6c9f7baf62008"));
    BOOST_TEST(!is_id("01a20c84-b96f-7529-8ef6-c9f7baf6200"));
    BOOST_TEST(!is_id("01a20c84-b96f-7529-8ef6-c9f7baf6200g"));
    BOOST_TEST(!is_id("01a20c84-b96f-7529-8ef6+c9f7baf62008"));
    BOOST_TEST(!is_id(""));
}

BOOST_AUTO_TEST_CASE(a_token_is_43_characters_of_base64url) {
    const std::string token = new_token();
    BOOST_TEST(token.size() == 43u);
    BOOST_TEST(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(ten_thousand_tokens_do_not_repeat) {
    std::set<std::string> seen;
    for (int i = 0; i < 10000; ++i) seen.insert(new_token());
    BOOST_TEST(seen.size() == 10000u);
}

BOOST_AUTO_TEST_SUITE_END()
