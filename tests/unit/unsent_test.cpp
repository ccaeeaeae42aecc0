#include <boost/test/unit_test.hpp>

#include "server/net/unsent.hpp"

using margelle::net::Unsent;

BOOST_AUTO_TEST_SUITE(unsent)

BOOST_AUTO_TEST_CASE(what_waits_for_one_reader_is_bounded_and_others_are_not_concerned) {
    Unsent unsent;
    auto first = unsent.take("Marie", Unsent::most - 1);
    BOOST_TEST(first.has_value());
    BOOST_TEST(!unsent.take("Marie", Unsent::large + 1).has_value());
    BOOST_TEST(unsent.take("Marie", Unsent::large).has_value(), "small ones are not counted");
    BOOST_TEST(unsent.take("Karim", Unsent::large + 1).has_value());
    first.reset();
    BOOST_TEST(unsent.take("Marie", Unsent::most + 1).has_value(), "one answer by itself is never too much");
}

BOOST_AUTO_TEST_SUITE_END()
