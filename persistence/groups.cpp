#include "persistence/groups.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::groups {

void create(Transaction& t, const std::string& group, const std::string& name, const std::string& confidentiality,
            const std::string& listing, const std::optional<std::string>& category, const std::optional<std::string>& organisation) {
    run(t, "SELECT margelle.create_group($1, $2, $3, $4, $5, $6)", group, name, confidentiality, listing, category, organisation);
}

std::string mine(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT group_id AS id, name, purpose, to_jsonb(themes) AS themes, phase, confidentiality, listing, standing, role,"
        "       to_jsonb(categories) AS categories,"
        "       threads AS \"news.threads\", posts AS \"news.posts\", replies AS \"news.replies\", mentions AS \"news.mentions\""
        "  FROM margelle.my_groups()"));
}

Page listed(Transaction& t, int offset, int limit) {
    const auto rows = run(t,
        "SELECT g.group_id AS id, g.name, g.purpose, to_jsonb(g.themes) AS themes, g.phase, g.confidentiality, g.listing,"
        "       CASE WHEN m.state = 'requested' THEN 'requested' ELSE 'stranger' END AS standing, NULL::text AS role,"
        "       to_jsonb(g.present_categories) AS categories, NULL::jsonb AS news"
        "  FROM margelle.groups g LEFT JOIN margelle.memberships m ON m.group_id = g.group_id AND m.member_id = $3"
        " WHERE g.listing = 'listed' AND m.state IS DISTINCT FROM 'active'"
        " ORDER BY g.name COLLATE \"fr-x-icu\", g.group_id OFFSET $1 LIMIT $2", offset, limit + 1, t.who().member);
    std::string items = "[";
    int count = 0;
    for (const auto& row : rows) {
        if (++count > limit) break;
        if (items.size() > 1) items += ',';
        append_json(items, row);
    }
    return {items + "]", count > limit};
}

namespace {

// On behalf of whom the caller takes part.
#define MY_PART "$5::uuid AS my_member_id, mine.category AS my_category, my_o.organisation_id AS \"my_organisation.id\", my_o.name AS \"my_organisation.name\""
#define MY_PART_TABLES \
    "LEFT JOIN margelle.memberships mine ON mine.group_id = g.group_id AND mine.member_id = $5" \
    " LEFT JOIN margelle.organisations my_o ON my_o.organisation_id = mine.organisation_id"

// The card, for those at the door.
constexpr const char* card =
    "SELECT g.group_id AS id, g.name, g.purpose, to_jsonb(g.themes) AS themes, g.phase, g.confidentiality, g.listing,"
    "       $2::text AS standing, $3::text AS role, to_jsonb(g.present_categories) AS categories, NULL::jsonb AS news,"
    "       $4::int AS nda_version, g.acceptance_for, " MY_PART ", g.revision"
    "  FROM margelle.groups g " MY_PART_TABLES " WHERE g.group_id = $1";

// Everything, for those who are in.
constexpr const char* whole =
    "SELECT g.group_id AS id, g.name, g.purpose, to_jsonb(g.themes) AS themes, g.phase, g.confidentiality, g.listing,"
    "       $2::text AS standing, $3::text AS role, to_jsonb(g.present_categories) AS categories,"
    "       news.threads AS \"news.threads\", news.posts AS \"news.posts\", called.replies AS \"news.replies\", called.mentions AS \"news.mentions\","
    "       $4::int AS nda_version, g.acceptance_for, " MY_PART ", g.revision, h.last_seq AS head, g.charter, g.charter_html, g.territory,"
    "       (SELECT max(t.name) FROM margelle.territories t WHERE t.code = g.territory) AS territory_name,"
    "       g.starts_on, g.ends_on, g.milestones, to_jsonb(g.needed_categories) AS needed_categories,"
    "       to_jsonb(ARRAY(SELECT unnest(g.needed_categories) EXCEPT SELECT unnest(g.present_categories))) AS missing_categories,"
    "       g.records_reading, g.frozen_at IS NOT NULL AS frozen, CASE WHEN g.frozen_at IS NOT NULL THEN g.frozen_reason END AS frozen_reason,"
    "       readers.members AS \"readers.members\", readers.organisations AS \"readers.organisations\", news.all_threads AS thread_count,"
    "       (SELECT count(*) FROM margelle.release_passages p JOIN margelle.releases r ON r.group_id = $1 AND r.release_id = p.release_id"
    "         WHERE p.group_id = $1 AND p.author_id = $5 AND p.agrees IS NULL AND r.published_at IS NULL AND r.withdrawn_at IS NULL) AS asked_passages"
    "  FROM margelle.groups g"
    "  JOIN margelle.feed_heads h ON h.group_id = g.group_id AND h.feed_id = g.group_id " MY_PART_TABLES ","
    "  LATERAL (SELECT count(*) AS members, count(DISTINCT m.organisation_id) AS organisations"
    "             FROM margelle.memberships m WHERE m.group_id = $1 AND m.state = 'active' AND margelle.has_accepted(m.member_id)) readers,"
    "  LATERAL (SELECT count(*) AS all_threads, count(*) FILTER (WHERE t.post_count > coalesce(r.number + r.own_later, 0)) AS threads,"
    "                  coalesce(sum(t.post_count - coalesce(r.number + r.own_later, 0)), 0)::bigint AS posts"
    "             FROM margelle.threads t"
    "             LEFT JOIN margelle.read_marks r ON r.group_id = $1 AND r.thread_id = t.thread_id AND r.member_id = $5"
    "            WHERE t.group_id = $1) news,"
    "  LATERAL (SELECT count(*) FILTER (WHERE a.reason = 'reply') AS replies, count(*) FILTER (WHERE a.reason = 'mention') AS mentions"
    "             FROM margelle.addressed a"
    "             LEFT JOIN margelle.read_marks r ON r.group_id = $1 AND r.thread_id = a.thread_id AND r.member_id = $5"
    "            WHERE a.group_id = $1 AND a.member_id = $5 AND a.number > coalesce(r.number, 0)) called"
    " WHERE g.group_id = $1";

// "set" says whether a value is given, so that NULL can be one.
std::optional<std::string> value(const std::optional<std::optional<std::string>>& given) { return given ? *given : std::nullopt; }

std::optional<std::string> array(const std::optional<std::vector<std::string>>& values) {
    return values ? std::optional<std::string>(array_literal(*values)) : std::nullopt;
}

}  // namespace

Shown show(Transaction& t) {
    const Entrance& who = t.who();
    const auto row = run(t, who.standing == "in" ? whole : card, who.group, who.standing, who.role, who.nda_version, who.member).at(0);
    return {json_object(row), row["revision"].as<int>()};
}

Period period(Transaction& t) {
    const auto row = run(t, "SELECT starts_on, ends_on FROM margelle.groups WHERE group_id = $1", t.who().group).at(0);
    return {text_or_null(row[0]), text_or_null(row[1])};
}

bool update(Transaction& t, int revision, const Change& change) {
    const auto rows = run(t,
        "UPDATE margelle.groups SET revision = revision + 1, name = coalesce($3, name), purpose = coalesce($4, purpose),"
        "       charter = coalesce($5, charter), charter_html = coalesce($6, charter_html), phase = coalesce($7, phase),"
        "       listing = coalesce($8, listing), themes = coalesce($9::text[], themes),"
        "       needed_categories = coalesce($10::text[], needed_categories), milestones = coalesce($11::jsonb, milestones),"
        "       territory = CASE WHEN $12 THEN $13 ELSE territory END, starts_on = CASE WHEN $14 THEN $15::date ELSE starts_on END,"
        "       ends_on = CASE WHEN $16 THEN $17::date ELSE ends_on END, acceptance_for = coalesce($18, acceptance_for),"
        "       records_reading = coalesce($19, records_reading)"
        " WHERE group_id = $1 AND revision = $2",
        t.who().group, revision, change.name, change.purpose, change.charter, change.charter_html, change.phase, change.listing,
        array(change.themes), array(change.needed_categories), change.milestones,
        change.territory.has_value(), value(change.territory), change.starts_on.has_value(), value(change.starts_on),
        change.ends_on.has_value(), value(change.ends_on), change.acceptance_for, change.records_reading);
    if (rows.affected_rows() == 0) return false;
    events::append(t, "group.changed", "{}");
    return true;
}

void suspend(Transaction& t, bool suspended, const std::string& reason) {
    const auto rows = run(t,
        "UPDATE margelle.groups SET revision = revision + 1, frozen_at = CASE WHEN $2 THEN coalesce(frozen_at, now()) END, frozen_reason = $3"
        " WHERE group_id = $1 AND ((frozen_at IS NOT NULL) <> $2 OR ($2 AND frozen_reason IS DISTINCT FROM $3))", t.who().group, suspended, reason);
    if (rows.affected_rows() > 0) events::append_rights(t, suspended ? "group.suspended" : "group.reopened", "{}");
}

}  // namespace margelle::persistence::groups
