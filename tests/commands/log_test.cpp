// The log of a server at work: lines that a program reads, and nothing in them that is said in confidence.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include "protocol/ids.hpp"
#include "tests/commands/program.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// The lines so far; discarded ones are no JSON.
std::vector<Json> lines_of(const Program& server) {
    std::vector<Json> lines;
    std::istringstream text(server.errors());
    for (std::string line; std::getline(text, line);)
        lines.push_back(Json::parse(line, nullptr, false));
    return lines;
}

unsigned short port_of(const Program& server) {
    for (int tries = 0; tries < 3000; ++tries) {
        for (const Json& line : lines_of(server))
            if (line.is_object() && line.value("message", "") == "serving") {
                const std::string listen = line["listen"];
                return static_cast<unsigned short>(std::stoi(listen.substr(listen.rfind(':') + 1)));
            }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("it does not serve: " + server.errors());
}

struct Heard {
    std::string status, request;        // the answer's code, and its X-Request-Id
};

Heard ask(unsigned short port, const std::string& method, const std::string& path, const std::string& cookie, const std::string& body) {
    namespace asio = boost::asio;
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), port});
    const std::string host = "localhost:" + std::to_string(port);
    asio::write(socket, asio::buffer(method + " /api/v1" + path + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host + "\r\nConnection: close\r\nCookie: " + cookie +
                                     "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
    std::string answer;
    boost::system::error_code closed;
    asio::read(socket, asio::dynamic_buffer(answer), closed);
    const std::size_t id = answer.find("X-Request-Id: ");
    return {answer.substr(9, 3), id == std::string::npos ? "" : answer.substr(id + 14, 36)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logs)

BOOST_AUTO_TEST_CASE(every_line_is_an_object_and_says_nothing_in_confidence) {
    Instance instance;
    Cast cast(instance);
    const std::filesystem::path mails = std::filesystem::temp_directory_path() / ("margelle-mail-" + new_id());
    Program server(instance.database, {"serve"}, "", {{"MARGELLE_LISTEN", "127.0.0.1:0"}, {"MARGELLE_LOG_FORMAT", "json"}, {"MARGELLE_LOG_LEVEL", "debug"},
                                                      {"MARGELLE_MAIL_DIR", mails}, {"MARGELLE_WEB_ROOT", "/nonexistent/\xff\x1b\"\n"}});
    const unsigned short port = port_of(server);
    const std::string secret = "Canari", token = "CanariCanariCanariCanariCanariCanariCanari1";
    std::vector<std::pair<std::string, Heard>> asked;
    const auto say = [&](const std::string& operation, const std::string& method, const std::string& path, const Client& who, const Json& body, const std::string& status) {
        asked.emplace_back(operation, ask(port, method, path, who.cookie, body.is_null() ? "" : body.dump()));
        BOOST_TEST(asked.back().second.status == status, operation << " " << asked.back().second.status);
    };
    const std::string threads = cast.path + "/threads";
    say("createThread", "POST", threads, cast.member, {{"title", "Le Canari"}, {"body", "Canari dans la mine."}}, "201");
    say("createThread", "POST", threads, cast.outsider, {{"title", "Le Canari"}, {"body", "Canari"}}, "404");
    say("createPost", "POST", threads + "/" + cast.thread + "/posts", cast.member, {{"body", "Canari"}, {"reply_to", new_id()}}, "422");
    say("createSession", "POST", "/session", cast.anonymous, {{"email", "canari@example.org"}, {"password", "Canari Canari"}}, "422");
    say("redeemSignInLink", "POST", "/sign-in-links/redemption", cast.anonymous, {{"token", token}}, "422");
    say("requestSignInLink", "POST", "/sign-in-links", cast.anonymous, {{"email", cast.member.email}}, "202");
    say("findOrganisations", "GET", "/organisations?q=Canari", cast.member, nullptr, "200");
    // What does not fit the contract reaches no operation.
    BOOST_TEST(ask(port, "PATCH", cast.path, cast.member.cookie, R"({"purpose":"Canari"})").status == "428");
    BOOST_TEST(ask(port, "POST", "/notice-stops/" + token, cast.anonymous.cookie, "Canari").status == "415");
    BOOST_TEST(ask(port, "POST", threads, cast.member.cookie, R"({"canari":)").status == "400");
    server.send(SIGTERM);
    BOOST_TEST(server.wait() == 0);

    const auto lines = lines_of(server);
    for (const Json& line : lines) {
        BOOST_REQUIRE(line.is_object());
        BOOST_TEST(line.contains("time"));
        BOOST_TEST(line.contains("level"));
        const std::string text = line.dump();
        for (const std::string& said : {secret, std::string("canari"), cast.member.cookie.substr(cast.member.cookie.find('=') + 1), cast.member.email, std::string("Silo")})
            BOOST_TEST(text.find(said) == std::string::npos, text);
    }
    for (const auto& [operation, heard] : asked) {
        const bool found = std::any_of(lines.begin(), lines.end(), [&](const Json& line) {
            return line.value("message", "") == "request" && line.value("request", "") == heard.request && line.value("operation", "") == operation && line.value("status", "") == heard.status;
        });
        BOOST_TEST(found, operation << " " << heard.request << " is not in the log");
    }
    std::filesystem::remove_all(mails);
}

BOOST_AUTO_TEST_SUITE_END()
