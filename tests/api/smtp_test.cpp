// Mail over SMTP, to a server of the test's own: what is said on the wire, and that nothing is lost when it is refused.
#include <boost/test/unit_test.hpp>

#include "tests/support/delivery.hpp"
#include "tests/support/smtp_server.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Config towards(const SmtpServer& server) {
    Config config;
    config.public_url = "https://margelle.example";
    config.mail_from = "Margelle <margelle@example.org>";
    config.smtp_url = server.url();
    return config;
}

Mail sample() { return {"anne@example.net", "Anne-Élise", "Une réponse vous attend", "Bonjour,\n.\n.caché\n..deux\nÀ bientôt\n", std::nullopt}; }

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t waiting(Instance& instance) { return std::stoul(instance.sql("SELECT count(*) FROM margelle.outbox WHERE sent_at IS NULL AND failed_at IS NULL")); }

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp)

BOOST_AUTO_TEST_CASE(a_mail_arrives_as_it_was_written) {
    SmtpServer server;
    Mail mail = sample();
    mail.one_click_stop = "https://margelle.example/api/v1/notice-stops/token";
    make_mailer(towards(server))->send(mail);
    BOOST_REQUIRE(server.received().size() == 1u);
    const SmtpServer::Message message = server.received()[0];
    BOOST_TEST(message.from == "margelle@example.org");
    BOOST_TEST(message.to == "anne@example.net");
    BOOST_TEST(message.credentials == "");
    const std::string head = message.head();
    for (const char* line : {"From: \"Margelle\" <margelle@example.org>", "To: =?UTF-8?B?QW5uZS3DiWxpc2U=?= <anne@example.net>", "Subject: =?UTF-8?B?VW5lIHLDqXBvbnNlIHZvdXMgYXR0ZW5k?=",
                             "Auto-Submitted: auto-generated", "Content-Type: text/plain; charset=utf-8", "List-Unsubscribe: <https://margelle.example/api/v1/notice-stops/token>",
                             "List-Unsubscribe-Post: List-Unsubscribe=One-Click"})
        BOOST_TEST(has("\r\n" + head, "\r\n" + std::string(line) + "\r\n"), head);
    BOOST_TEST(has(head, "Message-ID: <"));
    BOOST_TEST(has(head, "@margelle.example>"));
    BOOST_TEST(has(message.data, "\r\n..\r\n..caché\r\n...deux\r\n"), message.data);
    BOOST_TEST(message.body() == "Bonjour,\r\n.\r\n.caché\r\n..deux\r\nÀ bientôt\r\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_stopped_names_no_way_to_stop_it) {
    SmtpServer server;
    make_mailer(towards(server))->send(sample());
    BOOST_REQUIRE(server.received().size() == 1u);
    BOOST_TEST(!has(server.received()[0].head(), "List-Unsubscribe"));
}

BOOST_AUTO_TEST_CASE(it_signs_in_over_tls_with_a_server_whose_authority_it_knows) {
    const Certificate certificate;
    SmtpServer server({}, &certificate);
    Config config = towards(server);
    config.smtp_user = "margelle";
    config.smtp_password = "a secret";
    BOOST_CHECK_THROW(make_mailer(config)->send(sample()), std::runtime_error);
    BOOST_TEST(server.commands().empty());
    config.smtp_ca = certificate.chain();
    make_mailer(config)->send(sample());
    BOOST_REQUIRE(server.received().size() == 1u);
    BOOST_TEST(server.received()[0].credentials == "AG1hcmdlbGxlAGEgc2VjcmV0");      // \0margelle\0a secret
}

BOOST_AUTO_TEST_CASE(no_password_is_said_in_clear) {
    SmtpServer server;
    Config config = towards(server);
    config.smtp_user = "margelle";
    config.smtp_password = "a secret";
    BOOST_CHECK_THROW(make_mailer(config)->send(sample()), std::runtime_error);
    for (const std::string& command : server.commands()) BOOST_TEST((command.starts_with("EHLO") || command == "QUIT"), command);
}

BOOST_AUTO_TEST_CASE(a_mail_that_a_server_refuses_stays_and_is_sent_later) {
    Instance instance;
    Cast cast(instance);
    instance.sql("UPDATE margelle.outbox SET sent_at = now()");
    cast.anonymous.post("/sign-in-links", {{"email", cast.member.email}});
    int attempts = 0;
    for (const auto& [command, answer] : {std::pair("EHLO", "421 later"), {"MAIL", "451 try again"}, {"RCPT", "550 no such mailbox"}, {"DATA", "452 full"}, {".", "554 no"}, {"DATA", ""}, {".", ""}}) {
        SmtpServer server(command == std::string("EHLO") ? std::map<std::string, std::string>{{"EHLO", answer}, {"HELO", answer}} : std::map<std::string, std::string>{{command, answer}});
        deliver(instance, make_mailer(towards(server)));
        BOOST_TEST(server.received().empty());
        BOOST_TEST(waiting(instance) == 1u, command);
        BOOST_TEST(instance.sql("SELECT attempts FROM margelle.outbox WHERE sent_at IS NULL") == std::to_string(++attempts));
        BOOST_TEST(instance.sql("SELECT failure FROM margelle.outbox WHERE sent_at IS NULL") != "");
        instance.sql("UPDATE margelle.outbox SET next_at = now() WHERE sent_at IS NULL");
    }
    Config nowhere = towards(SmtpServer());     // nobody listens there any more
    deliver(instance, make_mailer(nowhere));
    BOOST_TEST(waiting(instance) == 1u);
    instance.sql("UPDATE margelle.outbox SET next_at = now() WHERE sent_at IS NULL");
    SmtpServer server;
    deliver(instance, make_mailer(towards(server)));
    BOOST_TEST(waiting(instance) == 0u);
    BOOST_REQUIRE(server.received().size() == 1u);
    BOOST_TEST(server.received()[0].to == cast.member.email);
}

BOOST_AUTO_TEST_SUITE_END()
