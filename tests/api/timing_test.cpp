// Whether an address is known does not show in how long an answer takes.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>

#include "tests/support/instance.hpp"
#include "tests/support/slowness.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// Under a sanitizer everything takes longer, gaps as well; and where hashing takes seconds the noise is a part of it.
const int repetitions = 200 / slowness();
double allowed_gap(double a, double b) { return std::max(5.0 * slowness(), 0.05 * std::max(a, b)); }     // milliseconds

double milliseconds(const std::function<void()>& act) {
    const auto begun = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
}

// The medians of one and the other, taken in turns, so that a busy machine slows both.
void compare(const char* what, const std::function<void()>& known, const std::function<void()>& unknown) {
    std::vector<double> times_known, times_unknown;
    for (int i = 0; i < repetitions; ++i) {
        times_known.push_back(milliseconds(known));
        times_unknown.push_back(milliseconds(unknown));
    }
    const double a = median(times_known), b = median(times_unknown);
    BOOST_TEST_MESSAGE(what << ": known " << a << " ms, unknown " << b << " ms");
    BOOST_TEST(std::abs(a - b) < allowed_gap(a, b), what << ": known " << a << " ms, unknown " << b << " ms");
}

// An account with a password, and a browser that never reaches the limits.
struct Door {
    Door() : account(instance.person("Anne")), browser(instance.stranger()) {
        instance.sql("CREATE FUNCTION margelle.forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                     "CREATE TRIGGER forget BEFORE INSERT ON margelle.attempts FOR EACH ROW EXECUTE FUNCTION margelle.forget()");
        BOOST_REQUIRE(account.put("/me/password", {{"new_password", "neuf pommes vertes"}}).status == 204);
    }
    Instance instance{{}, Passwords()};
    Client account, browser;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(timing)

BOOST_AUTO_TEST_CASE(a_wrong_password_takes_as_long_as_an_unknown_address) {
    Door door;
    const auto sign_in = [&](const std::string& email) {
        return [&door, email] { BOOST_TEST(door.browser.post("/session", {{"email", email}, {"password", "dix pommes vertes"}}).problem() == "wrong-credentials"); };
    };
    compare("sign-in", sign_in(door.account.email), sign_in("nobody@example.org"));
}

BOOST_AUTO_TEST_CASE(asking_for_a_mail_takes_as_long_for_an_unknown_address) {
    Door door;
    for (const char* path : {"/password-resets", "/sign-in-links"}) {
        const auto ask = [&](const std::string& email) { return [&door, path, email] { BOOST_TEST(door.browser.post(path, {{"email", email}}).status == 202); }; };
        compare(path, ask(door.account.email), ask("nobody@example.org"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
