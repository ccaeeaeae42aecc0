#include <boost/test/unit_test.hpp>

#include <regex>

#include "server/mail/mailer.hpp"

using namespace margelle;

namespace {

std::string formatted(const Mail& mail, const std::string& from = "Margelle <margelle@example.org>") { return format_mail(mail, from, "id", "example.org"); }

Mail sample() { return {"anne@example.org", "Anne", "Bonjour", "Une ligne.\nUne autre.\n", std::nullopt}; }

std::string head(const std::string& message) { return message.substr(0, message.find("\r\n\r\n") + 2); }

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_format)

BOOST_AUTO_TEST_CASE(every_line_ends_as_rfc_5322_asks_for) {
    const std::string message = formatted(sample());
    for (std::size_t at = message.find('\n'); at != std::string::npos; at = message.find('\n', at + 1)) BOOST_TEST(message[at - 1] == '\r');
    BOOST_TEST(message.ends_with("\r\n\r\nUne ligne.\r\nUne autre.\r\n"));
}

BOOST_AUTO_TEST_CASE(every_header_is_well_formed_and_within_its_length) {
    Mail mail = sample();
    mail.to_name = "Anne-Élise Très-Long-Nom de la Communauté d’agglomération du Grand Bassin";
    mail.subject = "Zoé d’Arc de la Régie du bois et de la chaleur vous invite dans un groupe de travail sur les énergies";
    mail.one_click_stop = "https://example.org/api/v1/notice-stops/token";
    std::string lines = head(formatted(mail));
    const std::regex header(R"(([A-Za-z-]+: | )[\x20-\x7e]+)");
    for (std::size_t at; (at = lines.find("\r\n")) != std::string::npos; lines.erase(0, at + 2)) {
        const std::string line = lines.substr(0, at);
        BOOST_TEST(std::regex_match(line, header), line);
        BOOST_TEST(line.size() <= 998u);
    }
}

BOOST_AUTO_TEST_CASE(a_mail_says_that_a_program_sent_it) { BOOST_TEST(head(formatted(sample())).find("\r\nAuto-Submitted: auto-generated\r\n") != std::string::npos); }

BOOST_AUTO_TEST_CASE(a_subject_beyond_ascii_is_an_encoded_word_cut_between_characters) {
    Mail mail = sample();
    mail.subject = std::string(44, 'a') + "é";
    BOOST_TEST(head(formatted(mail)).find("Subject: =?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?=\r\n =?UTF-8?B?w6k=?=\r\n") != std::string::npos, formatted(mail));
}

BOOST_AUTO_TEST_CASE(no_name_or_subject_adds_a_header) {
    Mail mail = sample();
    mail.to_name = "Anne\r\nBcc: evil@example.org\r\n\"";
    mail.subject = "Bonjour\r\nBcc: evil@example.org";
    const std::string lines = head(formatted(mail, "Mar\r\nBcc: evil@example.org <margelle@example.org>"));
    BOOST_TEST(lines.find("\nBcc") == std::string::npos, lines);
}

BOOST_AUTO_TEST_CASE(notices_can_be_stopped_with_one_click) {
    Mail mail = sample();
    BOOST_TEST(head(formatted(mail)).find("List-Unsubscribe") == std::string::npos);
    mail.one_click_stop = "https://example.org/api/v1/notice-stops/token";
    BOOST_TEST(head(formatted(mail)).find("\r\nList-Unsubscribe: <https://example.org/api/v1/notice-stops/token>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_sender_without_a_name_is_an_address) { BOOST_TEST(head(formatted(sample(), "margelle@example.org")).find("\r\nFrom: <margelle@example.org>\r\n") != std::string::npos); }

BOOST_AUTO_TEST_SUITE_END()
