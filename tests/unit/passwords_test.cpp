#include <boost/test/unit_test.hpp>

#include "server/identity/passwords.hpp"

using margelle::Passwords;

namespace {

const Passwords& fast() {
    static const Passwords passwords(256, 1);
    return passwords;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(passwords)

BOOST_AUTO_TEST_CASE(a_hash_is_argon2id_with_a_salt_of_its_own) {
    const std::string first = fast().hash("neuf pommes vertes"), second = fast().hash("neuf pommes vertes");
    BOOST_TEST(first.starts_with("$argon2id$v=19$m=256,t=1,p=1$"));
    BOOST_TEST(first != second);
    BOOST_TEST(fast().verify(first, "neuf pommes vertes"));
    BOOST_TEST(fast().verify(second, "neuf pommes vertes"));
}

BOOST_AUTO_TEST_CASE(the_defaults_are_above_owasps_minimum) { BOOST_TEST(Passwords().hash("x").starts_with("$argon2id$v=19$m=65536,t=2,p=1$")); }

BOOST_AUTO_TEST_CASE(another_password_does_not_fit) {
    const std::string hash = fast().hash("neuf pommes vertes");
    for (const char* other : {"", "neuf pommes verte", "neuf pommes vertes ", "Neuf pommes vertes"}) BOOST_TEST(!fast().verify(hash, other), other);
}

BOOST_AUTO_TEST_CASE(nothing_is_cut_off) {
    const std::string longest(1024, 'a');
    const std::string hash = fast().hash(longest);
    BOOST_TEST(fast().verify(hash, longest));
    BOOST_TEST(!fast().verify(hash, longest.substr(0, 1023)));
    BOOST_TEST(!fast().verify(hash, longest.substr(0, 72)));
}

BOOST_AUTO_TEST_CASE(where_there_is_no_hash_nothing_fits) {
    BOOST_TEST(!fast().verify(std::nullopt, ""));
    BOOST_TEST(!fast().verify(std::nullopt, "neuf pommes vertes"));
    BOOST_TEST(!fast().verify("no hash", "neuf pommes vertes"));
}

BOOST_AUTO_TEST_CASE(common_passwords_are_known_in_any_case) {
    for (const char* common : {"password", "PassWord", "12345678", "football"}) BOOST_TEST(Passwords::is_common(common), common);
    for (const char* rare : {"neuf pommes vertes", "", "12345678 et plus"}) BOOST_TEST(!Passwords::is_common(rare), rare);
}

BOOST_AUTO_TEST_SUITE_END()
