#include <boost/test/unit_test.hpp>

#include "server/scope.hpp"

using namespace margelle;

BOOST_AUTO_TEST_SUITE(scope)

BOOST_AUTO_TEST_CASE(a_scope_is_held_by_its_whole_name) {
    BOOST_TEST(holds("datasets:write", Scope::datasets_write));
    BOOST_TEST(holds("events:read datasets:write threads:write", Scope::datasets_write));
    BOOST_TEST(!holds("datasets:write2 xdatasets:write", Scope::datasets_write));
    BOOST_TEST(!holds("datasets:read", Scope::datasets_write));
    BOOST_TEST(!holds("", Scope::datasets_write));
}

BOOST_AUTO_TEST_CASE(any_key_has_what_every_key_has_and_none_what_no_key_has) {
    BOOST_TEST(holds("events:read", Scope::any));
    BOOST_TEST(!holds("datasets:read datasets:write events:read subscriptions:read subscriptions:report threads:write none", Scope::none));
}

BOOST_AUTO_TEST_SUITE_END()
