// WebSocket messages as bytes, against RFC 6455.
#include <boost/test/unit_test.hpp>

#include "server/live/websocket.hpp"

using namespace margelle::websocket;
using namespace std::string_literals;

namespace {

// As a client sends it, masked with "mask".
std::string said(unsigned char first, const std::string& payload) {
    std::string bytes(1, static_cast<char>(first));
    if (payload.size() <= 125) bytes += static_cast<char>(0x80 | payload.size());
    else bytes += {static_cast<char>(0x80 | 126), static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xff)};
    bytes += "mask";
    for (std::size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ "mask"[i % 4]);
    return bytes;
}

// The messages in these bytes, as "opcode:payload", and how a violation ends them.
std::vector<std::string> heard(Reader& reader, const std::string& bytes) {
    std::vector<std::string> messages;
    reader.add(bytes);
    try {
        while (const auto message = reader.next()) messages.push_back(std::to_string(static_cast<int>(message->opcode)) + ":" + message->payload);
    } catch (const Violation& violation) {
        messages.push_back("closed " + std::to_string(static_cast<int>(violation.code)));
    }
    return messages;
}

std::vector<std::string> heard(const std::string& bytes) {
    Reader reader(4096);
    return heard(reader, bytes);
}

using Heard = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(websocket)

BOOST_AUTO_TEST_CASE(the_handshake_of_the_standards_example_is_answered) {
    BOOST_TEST(accept_key("dGhlIHNhbXBsZSBub25jZQ==").value_or("") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    for (const char* key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ==dGhl"}) BOOST_TEST(!accept_key(key));
}

BOOST_AUTO_TEST_CASE(a_message_of_any_length_is_framed) {
    BOOST_TEST(frame(Opcode::text, "Hello") == "\x81\x05Hello");
    BOOST_TEST(frame(Opcode::text, std::string(126, 'x')) == "\x81\x7e\x00\x7e"s + std::string(126, 'x'));
    BOOST_TEST(frame(Opcode::text, std::string(65536, 'x')) == "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s + std::string(65536, 'x'));
    BOOST_TEST(close_frame(CloseCode::going_away, "bye") == "\x88\x05\x03\xe9"s + "bye");
    BOOST_TEST(close_frame(CloseCode::policy, std::string(500, 'x')).size() == 127u);
}

BOOST_AUTO_TEST_CASE(messages_are_heard_however_their_bytes_are_cut) {
    const std::string whole = said(0x81, "Bonjour") + said(0x89, "p") + said(0x81, std::string(300, 'e')) + said(0x88, "\x03\xe8");
    const Heard expected{"1:Bonjour", "9:p", "1:" + std::string(300, 'e'), "8:\x03\xe8"};
    BOOST_TEST(heard(whole) == expected, boost::test_tools::per_element());
    Reader reader(4096);
    Heard messages;
    for (const char byte : whole)
        for (auto& message : heard(reader, std::string(1, byte))) messages.push_back(std::move(message));
    BOOST_TEST(messages == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_in_pieces_is_one_and_a_ping_may_come_between_them) {
    BOOST_TEST(heard(said(0x01, "Bon") + said(0x00, "jo") + said(0x89, "") + said(0x80, "ur")) == (Heard{"9:", "1:Bonjour"}), boost::test_tools::per_element());
    BOOST_TEST(heard(said(0x01, "\xc3") + said(0x80, "\xa9")) == (Heard{"1:é"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whoever_breaks_the_protocol_is_told_how) {
    const Heard broken{"closed 1002"};
    for (const std::string& bytes : {
             "\x81\x05Hello"s,                                      // not masked
             said(0xc1, "x"), said(0x91, "x"),                       // an extension that nobody agreed to
             said(0x83, "x"), said(0x8b, "x"),                       // an opcode that means nothing
             said(0x09, ""),                                         // a control frame in pieces,
             said(0x89, std::string(126, 'x')),                      // or a long one
             said(0x80, "x"), said(0x01, "x") + said(0x81, "y"),     // what continues nothing, or does not continue
             said(0x88, "x"), said(0x88, "\x03\xed"), said(0x88, "\x00\x01"s)})
        BOOST_TEST(heard(bytes) == broken, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_does_not_come_in_pieces_without_end) {
    std::string pieces = said(0x01, "");
    for (int i = 1; i < 64; ++i) pieces += said(0x00, "");
    BOOST_TEST(heard(pieces) == Heard{}, boost::test_tools::per_element());
    BOOST_TEST(heard(pieces + said(0x00, "")) == (Heard{"closed 1008"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(text_is_utf8_and_short) {
    BOOST_TEST(heard(said(0x81, "\xff")) == (Heard{"closed 1007"}), boost::test_tools::per_element());
    BOOST_TEST(heard(said(0x81, "a\0b"s)) == (Heard{"closed 1007"}), boost::test_tools::per_element());
    BOOST_TEST(heard(said(0x81, std::string(4097, 'x'))) == (Heard{"closed 1009"}), boost::test_tools::per_element());
    BOOST_TEST(heard(said(0x01, std::string(4000, 'x')) + said(0x80, std::string(97, 'x'))) == (Heard{"closed 1009"}), boost::test_tools::per_element());
    // Told by the length alone, before the rest has come.
    BOOST_TEST(heard("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s) == (Heard{"closed 1009"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
