#include "persistence/outbox.hpp"

#include "persistence/sql.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::outbox {

void queue(Transaction& t, const std::string& kind, const std::string& member) {
    run(t, "INSERT INTO margelle.outbox (mail_id, kind, member_id) VALUES ($1, $2, $3)", new_id(), kind, member);
}

std::optional<Mail> claim(Transaction& t) {
    const auto rows = run(t, "SELECT * FROM margelle.claim_mail()");
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Mail{row["mail_id"].as<std::string>(), row["kind"].as<std::string>(), text_or_null(row["member_id"]), text_or_null(row["invitation_id"]),
                text_or_null(row["signature_id"]), text_or_null(row["group_id"]), row["email"].as<std::string>(), row["name"].as<std::string>(), row["language"].as<std::string>(),
                text_or_null(row["inviter_name"])};
}

void settle(Transaction& t, const std::string& mail, const std::optional<std::string>& failure) {
    run(t, "SELECT margelle.settle_mail($1, $2)", mail, failure);
}

void renew_invitation_token(Transaction& t, const std::string& invitation, const std::string& token_hash) {
    run(t, "SELECT margelle.renew_invitation_token($1, $2)", invitation, bytes(token_hash));
}

void renew_signature_token(Transaction& t, const std::string& signature, const std::string& token_hash) {
    run(t, "SELECT margelle.renew_signature_token($1, $2)", signature, bytes(token_hash));
}

Duty duty_of(Transaction& t, const Mail& mail) {
    const auto row = run(t,
        "SELECT duty, coalesce(to_char(ends_on, CASE $3 WHEN 'fr' THEN 'DD/MM/YYYY' ELSE 'FMDD FMMonth YYYY' END), '') FROM margelle.duty_of($1, $2)",
        mail.group, mail.member, mail.language).at(0);
    return {row[0].as<std::string>(), row[1].as<std::string>()};
}

std::int64_t unread_of(Transaction& t, const std::string& member) {
    return run(t, "SELECT margelle.unread_of($1)", member)[0][0].as<std::int64_t>();
}

void queue_notices(Transaction& t) { run(t, "SELECT margelle.queue_notices()"); }

void sweep(Transaction& t) { run(t, "SELECT margelle.sweep(), margelle.sweep_uploads()"); }

}  // namespace margelle::persistence::outbox
