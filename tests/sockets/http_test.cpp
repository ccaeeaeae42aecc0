// HTTP over real sockets: limits, malformed messages, headers.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "protocol/ids.hpp"

#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;
using namespace std::chrono_literals;

namespace {

std::string status_line(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }

std::size_t answers_in(const std::string& answer) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = answer.find("HTTP/1.1 ", at)) != std::string::npos; ++at) ++count;
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http)

BOOST_AUTO_TEST_CASE(every_answer_carries_the_security_headers) {
    Instance instance;
    LiveNode node(instance);
    for (const char* request : {"GET /healthz HTTP/1.1\r\n", "GET /api/v1/me HTTP/1.1\r\n", "GET /nowhere HTTP/1.1\r\n", "DELETE / HTTP/1.1\r\n", "GET /api/v1/nowhere HTTP/1.1\r\n"}) {
        const std::string answer = node.exchange(std::string(request) + "Host: localhost\r\nConnection: close\r\n\r\n");
        for (const char* header : {"Content-Security-Policy: default-src 'self'", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "frame-ancestors 'none'"})
            BOOST_TEST(answer.find(header) != std::string::npos, request << header << "\n" << answer);
        BOOST_TEST(answer.find("unsafe-") == std::string::npos);
        BOOST_TEST(answer.find("Access-Control-Allow-Origin") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(malformed_and_ambiguous_messages_are_refused_and_the_connection_closed) {
    Instance instance;
    LiveNode node(instance);
    const std::string second = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const std::string& message : {
             std::string("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
             std::string("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
             "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n",
             std::string("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\nConnection: close\r\n\r\n"),
             std::string("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"),
             std::string("GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n"),
             std::string("NONSENSE\r\n\r\n"),
             "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(100000, 'a') + "\r\n\r\n"}) {
        const std::string answer = node.exchange(message + second);
        BOOST_TEST((status_line(answer).find(" 400 ") != std::string::npos || status_line(answer).find(" 431 ") != std::string::npos), message.substr(0, 60) << " -> " << status_line(answer));
        BOOST_TEST(answers_in(answer) == 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_refused_before_it_is_read) {
    Instance instance;
    LiveNode node(instance);
    const std::string answer = node.exchange("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n{");
    BOOST_TEST(status_line(answer) == "HTTP/1.1 413 Payload Too Large");
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
    Instance instance;
    LiveNode node(instance);
    const std::string answer = node.exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    BOOST_TEST(answers_in(answer) == 2u);
}

BOOST_AUTO_TEST_CASE(a_foreign_or_missing_origin_changes_nothing) {
    Instance instance;
    Cast cast(instance);
    LiveNode node(instance);
    const std::string body = R"({"title":"x","body":"y"})";
    for (const char* origin : {"Origin: https://evil.example\r\n", "Origin: null\r\n", ""}) {
        const std::string answer = node.exchange("POST /api/v1" + cast.path + "/threads HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + origin + "Cookie: " + cast.member.cookie +
                                                 "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        BOOST_TEST(status_line(answer) == "HTTP/1.1 403 Forbidden");
    }
    BOOST_TEST(cast.member.get(cast.path + "/threads").json()["items"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_head_request_has_no_body) {
    Instance instance;
    LiveNode node(instance);
    const std::string answer = node.exchange("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    BOOST_TEST(answer.ends_with("\r\n\r\n"));
    BOOST_TEST(answer.find("Content-Length: 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_client_is_served_and_no_target_leads_out_of_its_folder) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("margelle-client-" + new_id());
    std::filesystem::create_directories(folder / "dist");
    std::ofstream(folder / "dist" / "index.html") << "the page";
    std::ofstream(folder / "secret") << "a secret";
    Instance instance;
    LiveNode node(instance, [&](Config& config) { config.web_root = (folder / "dist").string(); });
    for (const char* target : {"/", "/groupes", "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/%2e%2e%2f%2e%2e%2fetc/passwd", "/assets/../../secret", "//etc/passwd", "/..%00/secret", "/%ff"}) {
        const std::string answer = node.exchange("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        BOOST_TEST((answer.ends_with("the page") || status_line(answer).find(" 40") != std::string::npos), target << "\n" << answer);
    }
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(forwarded_addresses_count_only_behind_a_trusted_proxy) {
    Instance instance;
    const auto address_of_session = [&](std::vector<std::string> trusted) {
        LiveNode node(instance, [&](Config& config) { config.trusted_proxies = std::move(trusted); });
        Client who = instance.person("Paule");
        instance.sql("DELETE FROM margelle.attempts");
        node.exchange("POST /api/v1/sign-in-links HTTP/1.1\r\nHost: localhost:" + std::to_string(node.port()) + "\r\nConnection: close\r\nOrigin: " + node.origin() +
                      "\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.7\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"email\":\"who@example.org\"}");
        return instance.sql("SELECT key FROM margelle.attempts WHERE kind = 'mail_address'");
    };
    BOOST_TEST(address_of_session({}) != "198.51.100.7");
    BOOST_TEST(address_of_session({"127.0.0.1"}) == "198.51.100.7");
}

BOOST_AUTO_TEST_SUITE_END()
