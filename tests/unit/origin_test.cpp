#include <boost/test/unit_test.hpp>

#include "server/config.hpp"
#include "server/identity/origin.hpp"

using namespace margelle;

namespace {

bool passes(Verb verb, const std::string& origin, const std::string& path = "/api/v1/session", const std::string& host = "",
            const std::string& public_url = "https://margelle.example") {
    Config config;
    config.public_url = public_url;
    Request request;
    request.verb = verb;
    request.path = path;
    if (!origin.empty()) request.inputs.headers["origin"] = origin;
    if (!host.empty()) request.inputs.headers["host"] = host;
    try {
        check_origin(request, config);
        return true;
    } catch (const Error& error) {
        BOOST_TEST((error.code == Code::foreign_origin));
        return false;
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(origin)

BOOST_AUTO_TEST_CASE(a_change_comes_from_this_sites_pages) {
    BOOST_TEST(passes(Verb::post, "https://margelle.example"));
    BOOST_TEST(passes(Verb::post, "https://192.0.2.7:8443", "/api/v1/session", "192.0.2.7:8443"));
    BOOST_TEST(passes(Verb::post, "http://192.0.2.7:8080", "/api/v1/session", "192.0.2.7:8080", "http://localhost:8080"));
}

BOOST_AUTO_TEST_CASE(where_pages_come_encrypted_one_that_did_not_is_foreign) {
    BOOST_TEST(!passes(Verb::post, "http://margelle.example", "/api/v1/session", "margelle.example"));
    BOOST_TEST(passes(Verb::post, "https://localhost:8080", "/api/v1/session", "localhost:8080", "http://localhost:8080"));
}

BOOST_AUTO_TEST_CASE(a_change_from_elsewhere_or_nowhere_is_refused) {
    for (const char* origin : {"", "null", "https://evil.example", "https://margelle.example.evil.example", "https://margelle.example:444", "http://margelle.example",
                               "https://", "margelle.example"})
        for (const Verb verb : {Verb::post, Verb::put, Verb::patch, Verb::remove}) BOOST_TEST(!passes(verb, origin, "/api/v1/session", "margelle.internal"), origin);
}

BOOST_AUTO_TEST_CASE(reading_needs_no_origin) { BOOST_TEST(passes(Verb::get, "")); }

BOOST_AUTO_TEST_CASE(a_mail_program_stops_notices_without_an_origin) {
    BOOST_TEST(passes(Verb::post, "", "/api/v1/notice-stops/token"));
    BOOST_TEST(!passes(Verb::post, "", "/api/v1/notice-stops"));
}

BOOST_AUTO_TEST_SUITE_END()
