#include "persistence/nda.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::nda {
namespace {

#define VERSION_COLUMNS "number, kind, body AS text, body_html AS text_html, summary, summary_html, sha256, language, published_at"

}  // namespace

std::string current(Transaction& t) {
    const auto& who = t.who();
    const bool required = run(t, "SELECT confidentiality = 'nda' FROM margelle.groups WHERE group_id = $1", who.group).at(0)[0].as<bool>();
    const auto version = run(t, "SELECT " VERSION_COLUMNS " FROM margelle.nda_versions WHERE group_id = $1 ORDER BY number DESC LIMIT 1", who.group);
    const auto entry = run(t, "SELECT act, version, at FROM margelle.nda_register WHERE group_id = $1 AND member_id = $2 ORDER BY entry DESC LIMIT 1",
                           who.group, who.member);
    return std::string(R"({"required":)") + (required ? "true" : "false") + R"(,"gate":")" + (who.standing == "in" ? "open" : "closed") +
           R"(","current":)" + (version.empty() ? "null" : json_object(version[0])) + R"(,"mine":)" + (entry.empty() ? "null" : json_object(entry[0])) + "}";
}

std::string versions(Transaction& t) {
    return json_whole_list(run(t, "SELECT " VERSION_COLUMNS " FROM margelle.nda_versions WHERE group_id = $1 ORDER BY number DESC", t.who().group));
}

std::string version(Transaction& t, int number) {
    return json_object(run(t, "SELECT " VERSION_COLUMNS " FROM margelle.nda_versions WHERE group_id = $1 AND number = $2", t.who().group, number).at(0));
}

int publish(Transaction& t, const New& nda) {
    const int number = run(t,
        "INSERT INTO margelle.nda_versions (group_id, number, kind, language, body, body_html, summary, summary_html, sha256, published_by)"
        " SELECT $1, coalesce(max(number), 0) + 1, CASE WHEN max(number) IS NULL THEN 'material' ELSE $2 END, $3, $4, $5, $6, $7, $8, $9"
        "   FROM margelle.nda_versions WHERE group_id = $1 RETURNING number",
        t.who().group, nda.kind, nda.language, nda.text, nda.text_html, nda.summary, nda.summary_html, bytes(sha256(nda.text)), t.who().member)[0][0].as<int>();
    events::append_rights(t, "nda.published", R"({"version":)" + std::to_string(number) + "}");
    return number;
}

std::optional<Version> newest(Transaction& t) {
    // A publication appends under the head's lock: whoever holds it knows that no newer version is on its way.
    run(t, "SELECT 1 FROM margelle.feed_heads WHERE group_id = $1 AND feed_id = $1 FOR UPDATE", t.who().group);
    const auto rows = run(t, "SELECT number, encode(sha256, 'hex'), language FROM margelle.nda_versions WHERE group_id = $1 ORDER BY number DESC LIMIT 1", t.who().group);
    if (rows.empty()) return std::nullopt;
    return Version{rows[0][0].as<int>(), rows[0][1].as<std::string>(), rows[0][2].as<std::string>()};
}

Identity identity(Transaction& t, const std::optional<std::string>& organisation) {
    const auto row = run(t,
        "SELECT g.name, m.name, a.email, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        "  FROM margelle.groups g, margelle.members m JOIN margelle.accounts a USING (member_id) WHERE g.group_id = $1 AND m.member_id = $2",
        t.who().group, t.who().member).at(0);
    Identity identity{row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(), std::nullopt, row[3].as<std::string>()};
    if (organisation)
        identity.organisation = json_object(run(t,
            "SELECT organisation_id AS id, name, category, siret FROM margelle.organisations WHERE organisation_id = $1", organisation).at(0));
    return identity;
}

void record_acceptance(Transaction& t, int version, const std::string& full_name, const std::string& receipt) {
    run(t, "INSERT INTO margelle.nda_register (group_id, member_id, act, version, full_name, receipt, at)"
           " VALUES ($1, $2, 'accepted', $3, $4, $5::jsonb, ($5::jsonb ->> 'accepted_at')::timestamptz)",
        t.who().group, t.who().member, version, full_name, receipt);
    events::append_rights(t, "nda.accepted", R"({"member_id":")" + *t.who().member + R"(","version":)" + std::to_string(version) + "}");
}

void record_refusal(Transaction& t, int version) {
    run(t, "INSERT INTO margelle.nda_register (group_id, member_id, act, version) VALUES ($1, $2, 'refused', $3)", t.who().group, t.who().member, version);
    events::append_rights(t, "nda.refused", R"({"member_id":")" + *t.who().member + R"(","version":)" + std::to_string(version) + "}");
}

std::string acceptances(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT r.member_id AS \"member.id\", m.name AS \"member.name\", r.act, r.version, r.full_name, r.receipt -> 'organisation' ->> 'name' AS organisation_name, r.at"
        "  FROM margelle.nda_register r JOIN margelle.members m USING (member_id) WHERE r.group_id = $1 ORDER BY r.entry DESC", t.who().group));
}

std::optional<std::string> receipt(Transaction& t, const std::string& group, const std::string& member) {
    const auto rows = run(t, "SELECT receipt FROM margelle.nda_register WHERE group_id = $1 AND member_id = $2 AND act = 'accepted' ORDER BY entry DESC LIMIT 1", group, member);
    return rows.empty() ? std::nullopt : text_or_null(rows[0][0]);
}

void queue_copy(Transaction& t) {
    run(t, "INSERT INTO margelle.outbox (mail_id, kind, member_id, group_id) VALUES ($1, 'nda_copy', $2, $3)", new_id(), t.who().member, t.who().group);
}

}  // namespace margelle::persistence::nda
