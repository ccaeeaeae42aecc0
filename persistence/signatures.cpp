#include "persistence/signatures.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::signatures {

void ask(Transaction& t, std::int64_t entry, const Signatory& signatory) {
    const std::string id = new_id();
    run(t, "INSERT INTO margelle.nda_signatures (group_id, signature_id, entry, member_id, name, email, capacity) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        t.who().group, id, entry, t.who().member, signatory.name, signatory.email, signatory.capacity);
    run(t, "INSERT INTO margelle.outbox (mail_id, kind, member_id, group_id, signature_id) VALUES ($1, 'signature_request', $2, $3, $4)",
        new_id(), t.who().member, t.who().group, id);
}

std::optional<std::int64_t> replace(Transaction& t) {
    const auto rows = run(t,
        "SELECT r.entry FROM (SELECT group_id, entry, act, receipt FROM margelle.nda_register"
        "                      WHERE group_id = $1 AND member_id = $2 ORDER BY entry DESC LIMIT 1) r"
        " WHERE r.act = 'accepted' AND r.receipt #>> '{organisation,id}' IS NOT NULL AND margelle.organisation_state(r.group_id, r.entry) <> 'confirmed'",
        t.who().group, t.who().member);
    if (rows.empty()) return std::nullopt;
    const auto entry = rows[0][0].as<std::int64_t>();
    run(t, "UPDATE margelle.nda_signatures SET state = 'replaced' WHERE group_id = $1 AND entry = $2 AND state <> 'replaced'", t.who().group, entry);
    return entry;
}

std::optional<Offer> lookup(Transaction& t, const std::string& token_hash) {
    const auto rows = run(t,
        "SELECT acceptance #>> '{group,name}' AS \"group.name\","
        "       acceptance #>> '{organisation,name}' AS \"organisation.name\", acceptance #>> '{organisation,siret}' AS \"organisation.siret\","
        "       acceptance ->> 'full_name' AS \"member.full_name\", acceptance ->> 'capacity' AS \"member.capacity\","
        "       acceptance ->> 'accepted_at' AS \"member.accepted_at\","
        "       name AS \"signatory.name\", capacity AS \"signatory.capacity\","
        "       version AS \"agreement.number\", language AS \"agreement.language\", body AS \"agreement.text\", body_html AS \"agreement.text_html\","
        "       summary AS \"agreement.summary\", summary_html AS \"agreement.summary_html\", translation AS \"agreement.translation\","
        "       translation_html AS \"agreement.translation_html\", sha256 AS \"agreement.sha256\", 'text' AS \"agreement.sha256_covers\","
        "       holds_from AS \"agreement.holds_from\", secrecy_months AS \"agreement.secrecy_months\", expires_at,"
        "       acceptance AS _acceptance, email AS _email, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS _now"
        "  FROM margelle.lookup_signature($1)", bytes(token_hash));
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Offer{row["_acceptance"].as<std::string>(), {row["signatory.name"].as<std::string>(), row["_email"].as<std::string>(), row["signatory.capacity"].as<std::string>()},
                 row["_now"].as<std::string>(), json_object(row)};
}

std::optional<std::string> answer(Transaction& t, const std::string& token_hash, const std::optional<std::string>& receipt) {
    const auto rows = run(t, "SELECT group_id FROM margelle.answer_signature($1, $2::jsonb)", bytes(token_hash), receipt);
    return rows.empty() ? std::nullopt : text_or_null(rows[0][0]);
}

}  // namespace margelle::persistence::signatures
