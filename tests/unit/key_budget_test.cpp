#include <boost/test/unit_test.hpp>

#include "server/identity/key_budget.hpp"

using namespace margelle;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(key_budget)

BOOST_AUTO_TEST_CASE(a_key_spends_its_minute_and_waits_for_more) {
    KeyBudget budget(60);
    const auto now = KeyBudget::Clock::now();
    for (int i = 0; i < 60; ++i) BOOST_TEST(!budget.spend("a", now));
    BOOST_TEST(budget.spend("a", now).value_or(0) == 1);
    BOOST_TEST(!budget.spend("b", now));
    BOOST_TEST(!budget.spend("a", now + 1s));
    BOOST_TEST(budget.spend("a", now + 1s).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_spent_is_kept_for_a_minute_at_most) {
    KeyBudget budget(60);
    const auto now = KeyBudget::Clock::now();
    budget.spend("a", now);
    for (int i = 0; i < 60; ++i) BOOST_TEST(!budget.spend("a", now + 1h));
    BOOST_TEST(budget.spend("a", now + 1h).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
