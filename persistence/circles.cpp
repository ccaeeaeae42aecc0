#include "persistence/circles.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::circles {
namespace {

#define CIRCLE_COLUMNS \
    "c.circle_id AS id, c.name, c.circle_id = ANY (coalesce(margelle.current_circles(), '{}')) AS mine," \
    " maker.member_id AS \"created_by.id\", maker.name AS \"created_by.name\", c.created_at, h.last_seq AS head," \
    " within.members, within.readers AS \"readers.members\", within.organisations AS \"readers.organisations\", asking.entry_requests, c.revision"
// The head is that of one's own circles alone: a policy says so.
#define CIRCLE_TABLES \
    " FROM margelle.circles c JOIN margelle.members maker ON maker.member_id = c.created_by" \
    " LEFT JOIN margelle.feed_heads h ON h.group_id = c.group_id AND h.feed_id = c.circle_id" \
    " CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.member_id, 'name', p.name) ORDER BY p.name COLLATE \"fr-x-icu\", p.member_id), '[]') AS members," \
    "                            count(*) FILTER (WHERE margelle.has_accepted(x.member_id)) AS readers," \
    "                            count(DISTINCT m.organisation_id) FILTER (WHERE margelle.has_accepted(x.member_id)) AS organisations" \
    "    FROM margelle.circle_members x JOIN margelle.members p ON p.member_id = x.member_id" \
    "    JOIN margelle.memberships m ON m.group_id = $1 AND m.member_id = x.member_id" \
    "   WHERE x.group_id = $1 AND x.circle_id = c.circle_id) within" \
    " CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('member', jsonb_build_object('id', p.member_id, 'name', p.name)," \
    "                            'requested_at', " UTC_TEXT("q.requested_at") ", 'opens_at', " UTC_TEXT("q.requested_at + interval '24 hours'") ") ORDER BY q.requested_at), '[]') AS entry_requests" \
    "    FROM margelle.circle_requests q JOIN margelle.members p ON p.member_id = q.member_id" \
    "   WHERE q.group_id = $1 AND q.circle_id = c.circle_id) asking"

}  // namespace

std::string list(Transaction& t) {
    return json_whole_list(run(t, "SELECT " CIRCLE_COLUMNS CIRCLE_TABLES " WHERE c.group_id = $1 ORDER BY c.name COLLATE \"fr-x-icu\", c.circle_id", t.who().group));
}

std::optional<Shown> show(Transaction& t, const std::string& circle) {
    const auto rows = run(t, "SELECT " CIRCLE_COLUMNS CIRCLE_TABLES " WHERE c.group_id = $1 AND c.circle_id = $2", t.who().group, circle);
    if (rows.empty()) return std::nullopt;
    return Shown{json_object(rows[0]), rows[0]["revision"].as<int>(), rows[0]["mine"].as<bool>()};
}

bool mine(Transaction& t, const std::string& circle) {
    return run(t, "SELECT $1::uuid = ANY (coalesce(margelle.current_circles(), '{}'))", circle)[0][0].as<bool>();
}

void create(Transaction& t, const std::string& circle, const std::string& name, const std::vector<std::string>& members) {
    run(t, "SELECT margelle.create_circle($1, $2, $3::uuid[])", circle, name, array_literal(members));
    events::prove_rights(t);
}

bool rename(Transaction& t, const std::string& circle, int revision, const std::string& name) {
    const auto rows = run(t, "UPDATE margelle.circles SET name = $4, revision = revision + 1 WHERE group_id = $1 AND circle_id = $2 AND revision = $3",
                          t.who().group, circle, revision, name);
    if (rows.affected_rows() == 0) return false;
    events::prove_rights(t);
    return true;
}

bool add(Transaction& t, const std::string& circle, const std::string& member) {
    const auto rows = run(t,
        "WITH one AS (SELECT member_id FROM margelle.memberships WHERE group_id = $1 AND member_id = $3 AND state = 'active'),"
        " added AS (INSERT INTO margelle.circle_members (group_id, circle_id, member_id) SELECT $1, $2, member_id FROM one ON CONFLICT DO NOTHING)"
        " SELECT FROM one", t.who().group, circle, member);
    events::prove_rights(t);
    return !rows.empty();
}

bool remove(Transaction& t, const std::string& circle, const std::string& member) {
    const auto rows = run(t, "DELETE FROM margelle.circle_members WHERE group_id = $1 AND circle_id = $2 AND member_id = $3", t.who().group, circle, member);
    events::prove_rights(t);
    return rows.affected_rows() > 0;
}

std::optional<Entry> request_entry(Transaction& t, const std::string& circle) {
    const auto rows = run(t, "SELECT outcome, " UTC_TEXT("opens_at") " FROM margelle.request_entry($1)", circle);
    events::prove_rights(t);
    if (rows.empty()) return std::nullopt;
    const auto outcome = rows[0][0].as<std::string>();
    return Entry{outcome == "announced" ? Entry::announced : outcome == "waits" ? Entry::waits : Entry::entered, rows[0][1].as<std::string>()};
}

bool agree(Transaction& t, const std::string& circle, const std::string& member) {
    const bool agreed = run(t, "SELECT margelle.agree_to_entry($1, $2)", circle, member)[0][0].as<bool>();
    events::prove_rights(t);
    return agreed;
}

}  // namespace margelle::persistence::circles
