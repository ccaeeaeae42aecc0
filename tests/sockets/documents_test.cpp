// Documents over real sockets: bodies that come and go piece by piece.
#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"
#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct World {
    Instance instance;
    Cast cast{instance};
    LiveNode node{instance};

    std::string head(const std::string& method, const std::string& path, const std::string& more) {
        return method + " /api/v1" + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(node.port()) + "\r\nOrigin: " + node.origin() +
               "\r\nCookie: " + cast.member.cookie + "\r\nTus-Resumable: 1.0.0\r\nConnection: close\r\n" + more + "\r\n";
    }
    std::string part(const std::string& path, std::size_t offset, std::size_t length) {
        return head("PATCH", path,
            "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " + std::to_string(offset) +
                "\r\nContent-Length: " + std::to_string(length) + "\r\n");
    }
    std::string begin(std::size_t length) {
        const std::string answer =
            node.exchange(head("POST", cast.path + "/uploads", "Content-Length: 0\r\nUpload-Length: " + std::to_string(length) + "\r\n"));
        const std::size_t at = answer.find("Location: /api/v1");
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, answer);
        return answer.substr(at + 17, answer.find('\r', at) - at - 17);
    }
    std::string offset(const std::string& path) { return cast.member.get(path).headers.at("Upload-Offset"); }
};

std::string status(const std::string& answer) { return answer.substr(9, 3); }

std::string long_content() {
    std::string content;
    for (int i = 0; content.size() < 700000; ++i) content += "Ligne " + std::to_string(i) + " du plan.\n";
    return content;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(a_file_beyond_every_other_limit_goes_up_and_down_again) {
    World w;
    const std::string content = long_content(), at = w.begin(content.size());
    const std::string sent = w.node.exchange(w.part(at, 0, content.size()) + content);
    BOOST_TEST(status(sent) == "204", sent);
    BOOST_TEST(sent.find("Upload-Offset: " + std::to_string(content.size())) != std::string::npos);
    const Json document =
        w.cast.member.post(w.cast.path + "/documents", {{"upload_id", at.substr(at.rfind('/') + 1)}, {"name", "Plan.txt"}}).json();
    const std::string path = w.cast.path + "/documents/" + document["id"].get<std::string>() + "/versions/1/content";
    const std::string got = w.node.exchange(w.head("GET", path, ""));
    BOOST_TEST(status(got) == "200");
    BOOST_TEST((got.substr(got.find("\r\n\r\n") + 4) == content));
    BOOST_TEST(got.find("Content-Security-Policy: sandbox; default-src 'none'\r\n") != std::string::npos);
    BOOST_TEST(got.find("Content-Security-Policy: default-src 'self'") == std::string::npos);
    const std::string range = w.node.exchange(w.head("GET", path, "Range: bytes=5-9\r\n"));
    BOOST_TEST(status(range) == "206");
    BOOST_TEST(range.substr(range.find("\r\n\r\n") + 4) == content.substr(5, 5));
    const std::string head = w.node.exchange(w.head("HEAD", path, ""));
    BOOST_TEST(head.find("Content-Length: " + std::to_string(content.size())) != std::string::npos);
    BOOST_TEST(head.ends_with("\r\n\r\n"));
    BOOST_TEST(w.instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'document.downloaded'") ==
               "1");  // the range goes on with it, HEAD is none
}

BOOST_AUTO_TEST_CASE(what_a_broken_connection_brought_is_gone_on_from) {
    World w;
    const std::string content = long_content(), at = w.begin(content.size());
    w.node.exchange(w.part(at, 0, content.size()) + content.substr(0, 300000), std::chrono::milliseconds(1500));
    for (int tries = 0; tries < 500 && w.offset(at) != "300000"; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    BOOST_TEST(w.offset(at) == "300000");
    BOOST_TEST(status(w.node.exchange(w.part(at, 300000, content.size() - 300000) + content.substr(300000))) == "204");
    BOOST_TEST(w.cast.member.get(at).json()["sha256"] == to_hex(sha256(content)));
}

BOOST_AUTO_TEST_CASE(a_part_that_is_refused_ends_the_connection_unread) {
    World w;
    const std::string at = w.begin(10);
    const std::string second = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const std::string wrong = w.node.exchange(w.part(at, 4, second.size()) + second);
    BOOST_TEST(status(wrong) == "409");
    BOOST_TEST(wrong.find("HTTP/1.1", 1) == std::string::npos);
    BOOST_TEST(status(w.node.exchange(w.part(at, 0, 11) + "abcdefghijk")) == "413");
    BOOST_TEST(w.offset(at) == "0");
}

BOOST_AUTO_TEST_CASE(options_and_head_are_answered_as_tus_asks) {
    World w;
    BOOST_TEST(w.node.exchange(w.head("OPTIONS", w.cast.path + "/uploads", "")).find("Tus-Version: 1.0.0") != std::string::npos);
    const std::string head = w.node.exchange(w.head("HEAD", w.begin(10), ""));
    BOOST_TEST(status(head) == "200");
    BOOST_TEST(head.find("Upload-Offset: 0\r\n") != std::string::npos);
    BOOST_TEST(head.find("Cache-Control: no-store\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
