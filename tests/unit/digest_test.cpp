#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"

using namespace margelle;

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(the_examples_of_fips_180_4_hold) {
    BOOST_TEST(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(bytes_beyond_ascii_and_nul_are_written_as_two_digits) {
    BOOST_TEST(to_hex(std::string("\0\x7f\xff", 3)) == "007fff");
}

BOOST_AUTO_TEST_SUITE_END()
