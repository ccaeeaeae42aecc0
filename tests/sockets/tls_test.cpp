// TLS at the server itself: which versions and ciphers, and what https changes in the answers.
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/sockets/live_node.hpp"
#include "tests/support/certificate.hpp"

using namespace margelle;
using namespace margelle::tests;
namespace asio = boost::asio;

namespace {

// What a client gets that offers only this; empty when the handshake fails.
std::string ask(const LiveNode& node, asio::ssl::context::method method, const char* ciphers, const std::string& request) {
    asio::io_context context;
    asio::ssl::context tls(method);
    if (ciphers) SSL_CTX_set_cipher_list(tls.native_handle(), ciphers);
    // An old version is refused by the server under test, not by this client's own defaults.
    SSL_CTX_set_security_level(tls.native_handle(), 0);
    asio::ssl::stream<asio::ip::tcp::socket> stream(context, tls);
    stream.next_layer().connect({asio::ip::address_v4::loopback(), node.port()});
    boost::system::error_code error;
    stream.handshake(asio::ssl::stream_base::client, error);
    if (error) return "";
    asio::write(stream, asio::buffer(request));
    std::string answer;
    asio::read(stream, asio::dynamic_buffer(answer), error);
    return answer;
}

const std::string health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_AUTO_TEST_CASE(modern_versions_are_served_and_older_ones_and_weak_ciphers_are_not) {
    const Certificate certificate;
    Instance instance;
    LiveNode node(instance, [&](Config& config) {
        config.tls_certificate = certificate.chain();
        config.tls_key = certificate.key();
        config.public_url = "https://localhost";
    });
    using Tls = asio::ssl::context;
    for (const auto method : {Tls::tlsv13_client, Tls::tlsv12_client}) {
        const std::string answer = ask(node, method, nullptr, health);
        BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK"));
        BOOST_TEST(answer.find("Strict-Transport-Security: max-age=63072000; includeSubDomains") != std::string::npos);
    }
    BOOST_TEST(ask(node, Tls::tlsv11_client, nullptr, health).empty());
    BOOST_TEST(ask(node, Tls::tlsv12_client, "ECDHE-ECDSA-AES128-SHA256", health).empty());
    BOOST_TEST(ask(node, Tls::tlsv12_client, "AES128-GCM-SHA256", health).empty());
}

BOOST_AUTO_TEST_CASE(the_cookie_is_secure_and_bound_to_the_host) {
    const Certificate certificate;
    Instance instance;
    Client who = instance.person("Paule");
    instance.sql("UPDATE margelle.accounts SET password_hash = '" + instance.passwords.hash("une longue phrase") + "'");
    LiveNode node(instance, [&](Config& config) {
        config.tls_certificate = certificate.chain();
        config.tls_key = certificate.key();
        config.public_url = "https://localhost";
    });
    const std::string body = R"({"email":")" + who.email + R"(","password":"une longue phrase"})";
    const std::string answer = ask(node, asio::ssl::context::tls_client, nullptr,
        "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: https://localhost\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK"));
    const std::string cookie = answer.substr(answer.find("Set-Cookie: "), 200);
    for (const char* part : {"Set-Cookie: __Host-margelle_session=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"})
        BOOST_TEST(cookie.find(part) != std::string::npos, part);
    BOOST_TEST(cookie.substr(0, cookie.find("\r\n")).find("Domain") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
