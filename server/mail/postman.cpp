#include "server/mail/postman.hpp"

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

#include "persistence/nda.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/config.hpp"
#include "server/files.hpp"
#include "server/log.hpp"

namespace margelle {
namespace {

constexpr auto idle = std::chrono::seconds(30);         // between looks at what is due again
constexpr auto housekeeping = std::chrono::minutes(10);

using Values = std::map<std::string, std::string>;

std::string fill(const std::string& pattern, const Values& values) {
    std::string out;
    for (std::size_t at = 0; at < pattern.size();) {
        const auto open = pattern.find('{', at);
        const auto close = open == std::string::npos ? open : pattern.find('}', open);
        if (close == std::string::npos) return out + pattern.substr(at);
        out += pattern.substr(at, open - at);
        const auto found = values.find(pattern.substr(open + 1, close - open - 1));
        if (found != values.end()) out += found->second;
        at = close + 1;
    }
    return out;
}

}  // namespace

Postman::Postman(const Config& config, std::unique_ptr<Mailer> mailer) : config_(config), mailer_(std::move(mailer)), thread_([this] { work(); }) {}

Postman::~Postman() { stop(); }

void Postman::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    condition_.notify_one();
}

void Postman::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    condition_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Postman::work() {
    persistence::Connection connection(config_.database_url, config_.prepared_statements);
    auto next_housekeeping = std::chrono::steady_clock::now();
    for (;;) {
        if (std::chrono::steady_clock::now() >= next_housekeeping) {
            next_housekeeping = std::chrono::steady_clock::now() + housekeeping;
            keep_house(connection);
        }
        try {
            while (deliver_next(connection)) {
                const std::lock_guard lock(mutex_);
                if (stopped_) return;
            }
        } catch (const std::exception& error) {
            log(Level::warning, "the outbox could not be read", {{"error", error.what()}});
        }
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, idle, [this] { return woken_ || stopped_; });
        if (stopped_) return;
        woken_ = false;
    }
}

// Each task for itself: none of them, nor the mail, waits for one that fails.
void Postman::keep_house(persistence::Connection& connection) const {
    const auto attend_to = [&](const char* task, const std::function<void(persistence::Transaction&)>& act) {
        try {
            persistence::Transaction t(connection, persistence::Access::write);
            act(t);
            t.commit();
        } catch (const std::exception& error) {
            log(Level::warning, "housekeeping failed", {{"task", task}, {"error", error.what()}});
        }
    };
    attend_to("notices", [](auto& t) { persistence::outbox::queue_notices(t); });
    attend_to("sweeping", [](auto& t) { persistence::outbox::sweep(t); });
    attend_to("register", [this](auto& t) { persistence::nda::anonymise(t, config_.limitation_years); });
}

bool Postman::deliver_next(persistence::Connection& connection) {
    persistence::Transaction t(connection, persistence::Access::write);
    const auto mail = persistence::outbox::claim(t);
    if (!mail) {
        t.commit();     // what was due no longer has a reason, and was dropped
        return false;
    }
    std::optional<std::string> failure;
    const Mail rendered = render(t, *mail);
    try {
        mailer_->send(rendered);
    } catch (const std::exception& error) {
        failure = printable(error.what());
        log(Level::warning, "mail not sent", {{"mail", mail->id}, {"kind", mail->kind}, {"error", *failure}});
    }
    persistence::outbox::settle(t, mail->id, failure);
    t.commit();
    return true;
}

Mail Postman::render(persistence::Transaction& t, const persistence::outbox::Mail& mail) const {
    static const nlohmann::json texts = nlohmann::json::parse(server_file("mails.json"));
    const std::string token = new_token();
    Mail out{mail.email, mail.name, "", "", std::nullopt};
    Values values{{"name", mail.name}, {"inviter", mail.inviter_name.value_or("")}};
    const auto page = [&](const std::string& path) { return config_.public_url + path; };
    if (mail.kind == "sign_in") {
        persistence::sessions::issue_mail_token(t, sha256(token), "sign_in", *mail.member, "15 minutes");
        values["link"] = page("/connexion/lien#token=" + token);
    } else if (mail.kind == "set_password") {
        persistence::sessions::issue_mail_token(t, sha256(token), "set_password", *mail.member, "1 hour");
        values["link"] = page("/mot-de-passe#token=" + token);
    } else if (mail.kind == "invitation") {
        persistence::outbox::renew_invitation_token(t, *mail.invitation, sha256(token));
        values["link"] = page("/invitation#token=" + token);
    } else if (mail.kind == "signature_request") {
        persistence::outbox::renew_signature_token(t, *mail.signature, sha256(token));
        values["link"] = page("/signature#token=" + token);
    } else if (mail.kind == "access_ended") {
        const auto duty = persistence::outbox::duty_of(t, mail);
        values["link"] = page("/profil/recus");
        values["duty"] = fill(texts.at(mail.kind).at(mail.language).at("duty").at(duty.kind).get<std::string>(), {{"day", duty.ends_on}});
    } else if (mail.kind == "notice") {
        persistence::sessions::issue_mail_token(t, sha256(token), "stop_notices", *mail.member, "60 days");
        values["link"] = page("/");
        values["stop"] = page("/avis/arret#token=" + token);
        values["count"] = std::to_string(persistence::outbox::unread_of(t, *mail.member));
        out.one_click_stop = page("/api/v1/notice-stops/" + token);
    } else {
        values["link"] = page("/groupes/" + *mail.group + "/accord");
    }
    const auto& text = texts.at(mail.kind).at(mail.language);
    out.subject = fill(text.at("subject").get<std::string>(), values);
    out.body = fill(text.at("body").get<std::string>(), values);
    return out;
}

}  // namespace margelle
