// What leaves by mail: that something waits, never what; and that nothing is lost or sent in vain.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "protocol/ids.hpp"
#include "tests/support/delivery.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Box {
    std::mutex mutex;
    std::vector<Mail> mails;
    std::string refused;            // the address that the mail server does not take
    std::string answer = "550 no such mailbox";
};

class BoxMailer : public Mailer {
public:
    explicit BoxMailer(Box& box) : box_(box) {}
    void send(const Mail& mail) override {
        const std::lock_guard lock(box_.mutex);
        if (mail.to_address == box_.refused) throw std::runtime_error(box_.answer);
        box_.mails.push_back(mail);
    }

private:
    Box& box_;
};

std::vector<Mail> delivered(Instance& instance, const std::string& refused = "") {
    Box box;
    box.refused = refused;
    deliver(instance, std::make_unique<BoxMailer>(box));
    return box.mails;
}

const Mail* to(const std::vector<Mail>& mails, const std::string& address) {
    for (const Mail& mail : mails)
        if (mail.to_address == address) return &mail;
    return nullptr;
}

std::string token_in(const std::string& text) {
    const std::size_t at = text.find("#token=");
    return at == std::string::npos ? "" : text.substr(at + 7, 43);
}

// As of a person who has not come by for a while.
void leave_alone(Instance& instance) { instance.sql("UPDATE margelle.sessions SET last_used_at = now() - interval '13 hours'"); }

std::string delivery(Cast& cast) { return cast.moderator.get(cast.path + "/invitations").json()["items"][0]["delivery"]; }

void request_everything(Instance& instance, Cast& cast) {
    cast.anonymous.post("/sign-in-links", {{"email", cast.member.email}});
    cast.anonymous.post("/password-resets", {{"email", cast.observer.email}});
    cast.newcomer.post(cast.path + "/nda/refusal", {{"version", 2}, {"later", true}});
    cast.moderator.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Chaufferie secrète."}});
    cast.moderator.post(cast.path + "/nda/reminders", {{"members", {cast.outdated.member}}});
    cast.accept_for_organisation(cast.member, {{"signatory", {{"name", "Marie Maire"}, {"email", "maire@example.net"}, {"capacity", "maire"}}}});
    leave_alone(instance);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mail)

BOOST_AUTO_TEST_CASE(no_mail_of_any_kind_in_any_language_says_what_waits) {
    for (const char* language : {"fr", "en"}) {
        Instance instance;
        Cast cast(instance);
        instance.sql(std::string("UPDATE margelle.accounts SET language = '") + language + "'; UPDATE margelle.invitations SET language = '" + language + "'");
        request_everything(instance, cast);
        const std::vector<Mail> mails = delivered(instance);
        BOOST_TEST(instance.sql("SELECT count(DISTINCT kind) FROM margelle.outbox WHERE sent_at IS NOT NULL") == "8");
        for (const Mail& mail : mails) {
            const std::string text = mail.subject + "\n" + mail.body;
            for (const char* secret : {"Chaleur", "Chauffer", "Silo", "silo", "secrète", "version."}) BOOST_TEST(text.find(secret) == std::string::npos, text);
            BOOST_TEST(text.find('{') == std::string::npos, text);
            BOOST_TEST((text.find("Bonjour") != std::string::npos) == (std::string(language) == "fr"), text);
            BOOST_TEST((text.find("Hello") != std::string::npos) == (std::string(language) == "en"), text);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_links_of_mails_work) {
    Instance instance;
    Cast cast(instance);
    request_everything(instance, cast);
    const std::vector<Mail> mails = delivered(instance);
    Client browser = instance.stranger();
    const auto find = [&](const std::string& page) {
        for (const Mail& mail : mails)
            if (mail.body.find(page) != std::string::npos) return token_in(mail.body.substr(mail.body.find(page)));
        return std::string();
    };
    BOOST_TEST(browser.post("/sign-in-links/redemption", {{"token", find("/connexion/lien")}}).json()["id"] == cast.member.member);
    BOOST_TEST(browser.post("/password-resets/redemption", {{"token", find("/mot-de-passe")}, {"new_password", "neuf pommes vertes"}}).json()["id"] == cast.observer.member);
    BOOST_TEST(browser.post("/notice-stops", {{"token", find("/avis/arret")}}).status == 204);
    BOOST_TEST(browser.post("/invitations/lookup", {{"token", token_in(to(mails, cast.invited.email)->body)}}).json()["email"] == cast.invited.email);
    BOOST_TEST(to(mails, cast.newcomer.email)->body.find("/groupes/" + cast.group + "/accord") != std::string::npos);
    BOOST_TEST(to(mails, cast.outdated.email)->body.find("/groupes/" + cast.group + "/accord") != std::string::npos);
    BOOST_TEST(browser.post("/signatures/lookup", {{"token", token_in(to(mails, "maire@example.net")->body)}}).json()["organisation"]["name"] == "Régie du bois");
    BOOST_TEST(to(mails, cast.revoked.email)->body.find("/profil/recus") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(whoever_leaves_or_loses_access_is_told_what_they_still_owe_and_until_when) {
    for (const bool leaves : {true, false}) {
        Instance instance;
        Cast cast(instance);
        const auto told = [&](Client& who) {
            if (leaves) BOOST_REQUIRE(who.remove(cast.path + "/membership").status == 204);
            else BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + who.member, {{"state", "removed"}}).status == 200);
            const std::vector<Mail> mails = delivered(instance);
            BOOST_REQUIRE(to(mails, who.email));
            return to(mails, who.email)->body;
        };
        instance.sql("ALTER TABLE margelle.nda_versions DISABLE TRIGGER immutable; UPDATE margelle.nda_versions SET secrecy_months = 24 WHERE number = 2");
        instance.sql("UPDATE margelle.accounts SET language = 'en' WHERE member_id = '" + cast.member.member + "'");
        BOOST_TEST(told(cast.observer).find("jusqu’au " + instance.sql("SELECT to_char(now() + interval '24 months', 'DD/MM/YYYY')")) != std::string::npos);
        BOOST_TEST(told(cast.member).find("until " + instance.sql("SELECT to_char(now() + interval '24 months', 'FMDD FMMonth YYYY')")) != std::string::npos);
        BOOST_TEST(told(cast.outdated).find("sans limite de durée") != std::string::npos);
        BOOST_TEST(told(cast.newcomer).find("pas accepté d’accord") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(whoever_came_back_or_accepted_meanwhile_is_told_nothing) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    cast.moderator.post(cast.path + "/nda/reminders", Json::object());
    cast.accept(cast.newcomer);
    BOOST_REQUIRE(cast.member.remove(cast.path + "/membership").status == 204);
    cast.member.post(cast.path + "/join-requests", {{"category", "resident"}});
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/join-requests/" + cast.member.member, {{"decision", "accept"}}).status == 204);
    const std::vector<Mail> mails = delivered(instance);
    BOOST_TEST(!to(mails, cast.newcomer.email));
    BOOST_TEST(!to(mails, cast.member.email));
    BOOST_TEST(to(mails, cast.outdated.email));
}

BOOST_AUTO_TEST_CASE(a_notice_counts_what_waits_and_stops_with_one_click) {
    Instance instance;
    Cast cast(instance);
    request_everything(instance, cast);
    const std::vector<Mail> mails = delivered(instance);
    const Mail* notice = nullptr;
    for (const Mail& mail : mails)
        if (mail.to_address == cast.observer.email && mail.one_click_stop) notice = &mail;
    BOOST_REQUIRE(notice);
    BOOST_TEST(notice->body.find(": 2.") != std::string::npos, notice->body);
    const std::string path = notice->one_click_stop->substr(instance.config.public_url.size() + std::string("/api/v1").size());
    Client program = instance.stranger();
    BOOST_TEST(program.send_raw(Verb::post, path, "List-Unsubscribe=One-Click", {{"content-type", "application/x-www-form-urlencoded"}, {"origin", ""}}).status == 204);
    BOOST_TEST(cast.observer.get("/me").json()["notice"] == "off");
    instance.sql("UPDATE margelle.accounts SET noticed_at = NULL; UPDATE margelle.sessions SET last_used_at = now() - interval '13 hours'");
    BOOST_TEST(!to(delivered(instance), cast.observer.email));
}

BOOST_AUTO_TEST_CASE(a_notice_goes_out_once_a_day) {
    Instance instance;
    Cast cast(instance);
    request_everything(instance, cast);
    BOOST_TEST(to(delivered(instance), cast.observer.email));
    BOOST_TEST(!to(delivered(instance), cast.observer.email));
    instance.sql("UPDATE margelle.accounts SET noticed_at = noticed_at - interval '1 day'");
    BOOST_TEST(to(delivered(instance), cast.observer.email));
}

BOOST_AUTO_TEST_CASE(nobody_is_noticed_of_what_they_may_not_read_or_while_they_read) {
    Instance instance;
    Cast cast(instance);
    request_everything(instance, cast);
    instance.sql("DELETE FROM margelle.outbox; UPDATE margelle.sessions SET last_used_at = now() WHERE member_id = '" + cast.observer.member + "'");
    const std::vector<Mail> mails = delivered(instance);
    for (const Client Cast::*who : {&Cast::newcomer, &Cast::outdated, &Cast::revoked, &Cast::invited, &Cast::outsider, &Cast::observer}) BOOST_TEST(!to(mails, (cast.*who).email));
    BOOST_TEST(to(mails, cast.member.email));
}

BOOST_AUTO_TEST_CASE(a_mail_whose_reason_is_gone_is_dropped) {
    Instance instance;
    Cast cast(instance);
    request_everything(instance, cast);
    instance.sql("SELECT margelle.queue_notices()");
    const std::string invitation = cast.moderator.get(cast.path + "/invitations").json()["items"][0]["id"];
    BOOST_REQUIRE(cast.moderator.remove(cast.path + "/invitations/" + invitation).status == 204);
    for (const Client& who : {cast.newcomer, cast.observer}) BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + who.member, {{"state", "removed"}}).status == 200);
    BOOST_REQUIRE(cast.member.post(cast.path + "/nda/withdrawal").status == 204);
    instance.sql("UPDATE margelle.accounts SET locked_at = now() WHERE member_id = '" + cast.member.member + "'");
    const std::vector<Mail> mails = delivered(instance);
    BOOST_TEST(!to(mails, cast.invited.email));
    BOOST_TEST(!to(mails, cast.member.email));
    BOOST_TEST(!to(mails, "maire@example.net"));
    BOOST_TEST(to(mails, cast.newcomer.email)->body.find("/accord") == std::string::npos, "an agreement to read again, to whoever lost their access");
    for (const Mail& mail : mails) BOOST_TEST((mail.to_address != cast.observer.email || !mail.one_click_stop), "a notice to whoever lost their access");
}

BOOST_AUTO_TEST_CASE(a_failure_comes_back_and_shows_as_queued_then_as_failed) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(!to(delivered(instance, cast.invited.email), cast.invited.email));
    BOOST_TEST(delivery(cast) == "queued");
    BOOST_TEST(instance.sql("SELECT attempts || ' ' || failure FROM margelle.outbox WHERE sent_at IS NULL") == "1 550 no such mailbox");
    BOOST_TEST(instance.sql("SELECT next_at BETWEEN now() + interval '30 seconds' AND now() + interval '1 minute' FROM margelle.outbox WHERE sent_at IS NULL") == "t");
    instance.sql("UPDATE margelle.outbox SET next_at = now(), attempts = 11 WHERE sent_at IS NULL");
    delivered(instance, cast.invited.email);
    BOOST_TEST(delivery(cast) == "failed");
    BOOST_TEST(delivered(instance).empty());
}

BOOST_AUTO_TEST_CASE(whatever_a_mail_server_says_is_kept_and_blocks_nothing) {
    Instance instance;
    Cast cast(instance);
    Box box;
    box.refused = cast.invited.email;
    box.answer = "550 bo\xeete pleine\r\n\x1b[31m" + std::string(2000, '\xe9');
    cast.anonymous.post("/sign-in-links", {{"email", cast.member.email}});
    deliver(instance, std::make_unique<BoxMailer>(box));
    BOOST_TEST(to(box.mails, cast.member.email));
    BOOST_TEST(instance.sql("SELECT attempts FROM margelle.outbox WHERE sent_at IS NULL") == "1");
    BOOST_TEST(instance.sql("SELECT failure FROM margelle.outbox WHERE sent_at IS NULL").starts_with("550 bo\uFFFDte pleine\uFFFD\uFFFD\uFFFD[31m"));
    BOOST_TEST(instance.sql("SELECT length(failure) FROM margelle.outbox WHERE sent_at IS NULL") == "500");
}

BOOST_AUTO_TEST_CASE(what_failed_is_sent_once_the_server_takes_it) {
    Instance instance;
    Cast cast(instance);
    delivered(instance, cast.invited.email);
    instance.sql("UPDATE margelle.outbox SET next_at = now() WHERE sent_at IS NULL");
    const std::vector<Mail> mails = delivered(instance);
    BOOST_TEST(mails.size() == 1u);
    BOOST_TEST(delivery(cast) == "sent");
    BOOST_TEST(instance.stranger().post("/invitations/lookup", {{"token", token_in(mails[0].body)}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_folder_receives_whole_mails) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("margelle-mail-" + new_id());
    Instance instance([&](Config& config) { config.mail_dir = folder / "below"; });
    Cast cast(instance);
    deliver(instance, make_mailer(instance.config));
    cast.anonymous.post("/sign-in-links", {{"email", cast.member.email}});
    deliver(instance, make_mailer(instance.config));
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "below")) {
        ++files;
        BOOST_TEST(entry.path().extension() == ".eml");
        std::ifstream stream(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        for (const char* header : {"Date: ", "From: \"Margelle\" <margelle@localhost>", "\r\nTo: ", "\r\nSubject: ", "\r\nMessage-ID: <", "\r\nAuto-Submitted: auto-generated\r\n"})
            BOOST_TEST(text.find(header) != std::string::npos, text);
    }
    BOOST_TEST(files == 3);      // also to the person whose access was withdrawn
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(no_mail_waits_for_a_housekeeping_that_fails) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.anonymous.post("/sign-in-links", {{"email", cast.member.email}}).status == 202);
    for (const char* broken : {"queue_notices", "anonymise_register"})
        instance.sql("ALTER FUNCTION margelle." + std::string(broken) + " RENAME TO broken_" + broken);
    BOOST_TEST(to(delivered(instance), cast.member.email));
}

BOOST_AUTO_TEST_SUITE_END()
