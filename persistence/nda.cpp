#include "persistence/nda.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::nda {
namespace {

// The hash says what it covers: the text in the language that counts, not its translation.
#define VERSION_COLUMNS \
    "number, kind, body AS text, body_html AS text_html, summary, summary_html, translation, translation_html, sha256, 'text' AS sha256_covers," \
    " language, holds_from, secrecy_months, published_at"

// What an event of the register tells of the caller.
std::string about(Transaction& t, int version) { return R"({"member_id":")" + *t.who().member + R"(","version":)" + std::to_string(version) + "}"; }

}  // namespace

std::string current(Transaction& t) {
    const auto& who = t.who();
    const auto group = run(t, "SELECT confidentiality = 'nda', acceptance_for FROM margelle.groups WHERE group_id = $1", who.group).at(0);
    const auto version = run(t, "SELECT " VERSION_COLUMNS " FROM margelle.nda_versions WHERE group_id = $1 ORDER BY number DESC LIMIT 1", who.group);
    const auto entry = run(t,
        "SELECT act, version, at, receipt #>> '{organisation,name}' AS organisation_name,"
        "       CASE act WHEN 'accepted' THEN margelle.organisation_state(group_id, entry) END AS organisation_state"
        "  FROM margelle.nda_register WHERE group_id = $1 AND member_id = $2 ORDER BY entry DESC LIMIT 1", who.group, who.member);
    return std::string(R"({"required":)") + (group[0].as<bool>() ? "true" : "false") + R"(,"acceptance_for":")" + group[1].as<std::string>() + R"(","gate":")" + (who.standing == "in" ? "open" : "closed") +
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
        "INSERT INTO margelle.nda_versions (group_id, number, kind, language, body, body_html, summary, summary_html, sha256, published_by,"
        "                                   translation, translation_html, holds_from, secrecy_months)"
        " SELECT $1, coalesce(max(number), 0) + 1, CASE WHEN max(number) IS NULL THEN 'material' ELSE $2 END, $3, $4, $5, $6, $7, $8, $9,"
        "        $10, $11, coalesce($12::date, current_date), $13"
        "   FROM margelle.nda_versions WHERE group_id = $1 RETURNING number",
        t.who().group, nda.kind, nda.language, nda.text, nda.text_html, nda.summary, nda.summary_html, bytes(sha256(nda.text)), t.who().member,
        nda.translation, nda.translation_html, nda.holds_from, nda.secrecy_months)[0][0].as<int>();
    events::append_rights(t, "nda.published", R"({"version":)" + std::to_string(number) + "}");
    return number;
}

std::optional<Version> newest(Transaction& t) {
    // A publication appends under the head's lock: whoever holds it knows that no newer version is on its way.
    run(t, "SELECT 1 FROM margelle.feed_heads WHERE group_id = $1 AND feed_id = $1 FOR UPDATE", t.who().group);
    const auto rows = run(t,
        "SELECT number, encode(sha256, 'hex'), language, holds_from, secrecy_months"
        "  FROM margelle.nda_versions WHERE group_id = $1 ORDER BY number DESC LIMIT 1", t.who().group);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Version{row[0].as<int>(), row[1].as<std::string>(), row[2].as<std::string>(), row[3].as<std::string>(),
                   row[4].is_null() ? std::nullopt : std::optional(row[4].as<int>())};
}

std::string acceptance_for(Transaction& t) {
    return run(t, "SELECT acceptance_for FROM margelle.groups WHERE group_id = $1", t.who().group).at(0)[0].as<std::string>();
}

Identity identity(Transaction& t, const std::optional<std::string>& organisation) {
    const auto row = run(t,
        "SELECT g.name, m.name, a.email, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
        "       (SELECT x.title FROM margelle.member_organisations x WHERE x.member_id = m.member_id AND x.organisation_id = $3)"
        "  FROM margelle.groups g, margelle.members m JOIN margelle.accounts a USING (member_id) WHERE g.group_id = $1 AND m.member_id = $2",
        t.who().group, t.who().member, organisation).at(0);
    Identity identity{row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(), std::nullopt, text_or_null(row[4]), row[3].as<std::string>()};
    if (organisation)
        identity.organisation = json_object(run(t,
            "SELECT organisation_id AS id, name, category, siret FROM margelle.organisations WHERE organisation_id = $1", organisation).at(0));
    return identity;
}

std::int64_t record_acceptance(Transaction& t, int version, const std::string& full_name, const std::string& receipt) {
    const auto entry = run(t,
        "INSERT INTO margelle.nda_register (group_id, member_id, act, version, full_name, receipt, at)"
        " VALUES ($1, $2, 'accepted', $3, $4, $5::jsonb, ($5::jsonb ->> 'accepted_at')::timestamptz) RETURNING entry",
        t.who().group, t.who().member, version, full_name, receipt)[0][0].as<std::int64_t>();
    events::append_rights(t, "nda.accepted", about(t, version));
    return entry;
}

bool record_refusal(Transaction& t, int version) {
    const auto rows = run(t,
        "INSERT INTO margelle.nda_register (group_id, member_id, act, version)"
        " SELECT $1, $2, 'refused', $3 WHERE (SELECT (act, version) FROM margelle.nda_register WHERE group_id = $1 AND member_id = $2"
        "                                      ORDER BY entry DESC LIMIT 1) IS DISTINCT FROM ('refused'::text, $3::int)",
        t.who().group, t.who().member, version);
    if (rows.affected_rows() == 0) return false;
    // Nobody loses a right who had none: then the posts of others that are under way need not prove theirs again.
    if (t.who().standing == "in") events::append_rights(t, "nda.refused", about(t, version));
    else events::append(t, "nda.refused", about(t, version));
    return true;
}

bool record_withdrawal(Transaction& t) {
    const auto rows = run(t,
        "INSERT INTO margelle.nda_register (group_id, member_id, act, version)"
        " SELECT $1, $2, 'withdrew', latest.version"
        "   FROM (SELECT act, version FROM margelle.nda_register WHERE group_id = $1 AND member_id = $2 ORDER BY entry DESC LIMIT 1) latest"
        "  WHERE latest.act = 'accepted' RETURNING version", t.who().group, t.who().member);
    if (rows.empty()) return false;
    events::append_rights(t, "nda.withdrawn", about(t, rows[0][0].as<int>()));
    return true;
}

std::string acceptances(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT r.member_id AS \"member.id\", m.name AS \"member.name\", r.act, r.version, r.full_name,"
        "       r.receipt #>> '{organisation,name}' AS organisation_name, r.receipt #>> '{organisation,siret}' AS organisation_siret,"
        "       r.receipt ->> 'capacity' AS capacity,"
        "       CASE r.act WHEN 'accepted' THEN margelle.organisation_state(r.group_id, r.entry) END AS organisation_state,"
        "       s.name AS \"signatory.name\", s.capacity AS \"signatory.capacity\", s.answered_at AS \"signatory.answered_at\", r.at"
        "  FROM margelle.nda_register r JOIN margelle.members m USING (member_id)"
        "  LEFT JOIN margelle.nda_signatures s ON s.group_id = r.group_id AND s.entry = r.entry AND s.state <> 'replaced'"
        " WHERE r.group_id = $1 ORDER BY r.entry DESC", t.who().group));
}

std::optional<std::string> receipt(Transaction& t, const std::string& group, const std::string& member) {
    const auto rows = run(t,
        "SELECT receipt FROM margelle.nda_register"
        " WHERE group_id = $1 AND member_id = $2 AND act = 'accepted' AND anonymised_at IS NULL ORDER BY entry DESC LIMIT 1", group, member);
    return rows.empty() ? std::nullopt : text_or_null(rows[0][0]);
}

std::string pending(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT m.member_id AS \"member.id\", p.name AS \"member.name\", m.role, o.name AS organisation_name, latest.act AS latest_act,"
        "       accepted.version AS accepted_version, greatest(m.since, material.since, CASE WHEN latest.act <> 'accepted' THEN latest.at END) AS since,"
        "       r.reminded_at"
        "  FROM margelle.memberships m"
        "  JOIN margelle.members p ON p.member_id = m.member_id"
        "  LEFT JOIN margelle.organisations o ON o.organisation_id = m.organisation_id"
        "  LEFT JOIN margelle.nda_reminders r ON r.group_id = m.group_id AND r.member_id = m.member_id"
        "  LEFT JOIN LATERAL (SELECT x.act, x.at FROM margelle.nda_register x"
        "                      WHERE x.group_id = $1 AND x.member_id = m.member_id ORDER BY x.entry DESC LIMIT 1) latest ON true"
        "  LEFT JOIN LATERAL (SELECT x.version FROM margelle.nda_register x"
        "                      WHERE x.group_id = $1 AND x.member_id = m.member_id AND x.act = 'accepted' ORDER BY x.entry DESC LIMIT 1) accepted ON true"
        "  LEFT JOIN LATERAL (SELECT greatest(v.published_at, v.holds_from::timestamptz) AS since FROM margelle.nda_versions v"
        "                      WHERE v.group_id = $1 AND v.kind = 'material' AND v.holds_from <= current_date ORDER BY v.number DESC LIMIT 1) material ON true"
        " WHERE m.group_id = $1 AND m.state = 'active' AND NOT margelle.has_accepted(m.member_id)"
        " ORDER BY since, m.member_id", t.who().group));
}

std::string remind(Transaction& t, const std::optional<std::vector<std::string>>& members) {
    const auto& who = t.who();
    const auto wanted = members ? std::optional(array_literal(*members)) : std::nullopt;
    const auto reminded = run(t,
        "WITH reminded AS ("
        "  INSERT INTO margelle.nda_reminders AS r (group_id, member_id, reminded_by)"
        "  SELECT m.group_id, m.member_id, $2 FROM margelle.memberships m"
        "   WHERE m.group_id = $1 AND m.state = 'active' AND ($3::uuid[] IS NULL OR m.member_id = ANY ($3::uuid[])) AND NOT margelle.has_accepted(m.member_id)"
        "  ON CONFLICT (group_id, member_id) DO UPDATE SET reminded_by = excluded.reminded_by, reminded_at = now()"
        "     WHERE r.reminded_at <= now() - interval '1 day'"
        "  RETURNING member_id)"
        " INSERT INTO margelle.outbox (mail_id, kind, member_id, group_id) SELECT gen_random_uuid(), 'nda_reminder', member_id, $1 FROM reminded",
        who.group, who.member, wanted).affected_rows();
    // Whoever was reminded just now carries this transaction's own time.
    const auto left_out = run(t,
        "SELECT r.member_id AS \"member.id\", p.name AS \"member.name\", r.reminded_at"
        "  FROM margelle.nda_reminders r JOIN margelle.members p USING (member_id)"
        "  JOIN margelle.memberships m USING (group_id, member_id)"
        " WHERE r.group_id = $1 AND r.reminded_at <> now() AND m.state = 'active' AND ($2::uuid[] IS NULL OR r.member_id = ANY ($2::uuid[]))"
        "   AND NOT margelle.has_accepted(r.member_id) ORDER BY p.name COLLATE \"fr-x-icu\", r.member_id", who.group, wanted);
    return R"({"reminded":)" + std::to_string(reminded) + R"(,"left_out":)" + json_array(left_out) + "}";
}

void queue_copy(Transaction& t) {
    run(t, "INSERT INTO margelle.outbox (mail_id, kind, member_id, group_id) VALUES ($1, 'nda_copy', $2, $3)", new_id(), t.who().member, t.who().group);
}

void hold_versions(Transaction& t) { run(t, "SELECT margelle.hold_versions()"); }

void anonymise(Transaction& t, int limitation_years) { run(t, "SELECT margelle.anonymise_register($1)", limitation_years); }

}  // namespace margelle::persistence::nda
