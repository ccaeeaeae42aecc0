#include <boost/test/unit_test.hpp>

#include "server/net/client_address.hpp"

using margelle::net::client_address;

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(without_a_trusted_proxy_the_peer_is_the_client) {
    BOOST_TEST(client_address("192.0.2.1", "", {}) == "192.0.2.1");
    BOOST_TEST(client_address("192.0.2.1", "198.51.100.9", {}) == "192.0.2.1");
    BOOST_TEST(client_address("192.0.2.1", "198.51.100.9", {"10.0.0.1"}) == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(behind_proxies_the_rightmost_hop_that_is_not_one_is_the_client) {
    BOOST_TEST(client_address("10.0.0.1", "203.0.113.66, 198.51.100.9", {"10.0.0.1"}) == "198.51.100.9");
    BOOST_TEST(client_address("10.0.0.1", "203.0.113.66,198.51.100.9 , 10.0.0.2", {"10.0.0.1", "10.0.0.2"}) == "198.51.100.9");
}

BOOST_AUTO_TEST_CASE(a_chain_of_proxies_alone_ends_at_its_first) { BOOST_TEST(client_address("10.0.0.1", "10.0.0.2", {"10.0.0.1", "10.0.0.2"}) == "10.0.0.2"); }

BOOST_AUTO_TEST_CASE(what_is_no_address_is_not_believed) {
    for (const char* hops : {"unknown", "1.2.3", "198.51.100.9, x", "", " ", ",", "198.51.100.9;", "<script>"}) BOOST_TEST(client_address("10.0.0.1", hops, {"10.0.0.1"}) == "10.0.0.1", hops);
}

BOOST_AUTO_TEST_CASE(version_6_addresses_are_written_in_one_way) { BOOST_TEST(client_address("10.0.0.1", "2001:0DB8::0001", {"10.0.0.1"}) == "2001:db8::1"); }

BOOST_AUTO_TEST_SUITE_END()
