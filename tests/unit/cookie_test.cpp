#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"
#include "server/config.hpp"
#include "server/identity/cookie.hpp"

using namespace margelle;

namespace {

std::string cookie(const char* public_url, bool clear = false) {
    Config config;
    config.public_url = public_url;
    Response response;
    if (clear) clear_session_cookie(response, config);
    else set_session_cookie(response, "token", config);
    return response.headers.at(0).second;
}

std::optional<std::string> hash_in(const std::string& header, const char* public_url = "http://localhost:8080") {
    Config config;
    config.public_url = public_url;
    Request request;
    request.inputs.headers["cookie"] = header;
    return session_token_hash(request, config);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_cookie)

BOOST_AUTO_TEST_CASE(under_https_the_cookie_is_secure_and_bound_to_the_host) {
    BOOST_TEST(cookie("https://margelle.example") == "__Host-margelle_session=token; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000; Secure");
}

BOOST_AUTO_TEST_CASE(under_http_it_has_a_plain_name) {
    BOOST_TEST(cookie("http://localhost:8080") == "margelle_session=token; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000");
}

BOOST_AUTO_TEST_CASE(clearing_it_ends_it_at_once) { BOOST_TEST(cookie("http://localhost:8080", true) == "margelle_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"); }

BOOST_AUTO_TEST_CASE(the_token_is_found_among_other_cookies) {
    BOOST_TEST((hash_in("a=b; margelle_session=token; c=d") == sha256("token")));
    BOOST_TEST((hash_in(";;  margelle_session=a=b") == sha256("a=b")));
}

BOOST_AUTO_TEST_CASE(under_https_only_what_this_host_has_set_counts) {
    const char* const secure = "https://margelle.example";
    BOOST_TEST((hash_in("margelle_session=planted; __Host-margelle_session=token", secure) == sha256("token")));
    BOOST_TEST(!hash_in("margelle_session=planted", secure).has_value());
    BOOST_TEST(!hash_in("__Host-margelle_session=token").has_value());
}

BOOST_AUTO_TEST_CASE(other_cookies_are_no_session) {
    for (const char* header : {"", "a=b", "margelle_session", "xmargelle_session=token", "margelle_sessions=token", "=token", ";"}) BOOST_TEST(!hash_in(header).has_value(), header);
}

BOOST_AUTO_TEST_SUITE_END()
