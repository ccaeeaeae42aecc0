#include "persistence/readers.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::readers {
namespace {

// Where the thread stood, and since when: the last move before the moment; else what the first one after it left; else
// where it stands now. Only where reading was recorded without a break from then on does it prove anything that somebody
// is not on record; nor where somebody's readings went, with their name, since the record forgot them.
constexpr const char* label_then =
    "SELECT m.at, coalesce(p.created_at, t.created_at) <= m.at AS _existed, CASE WHEN f.feed = t.group_id THEN 'group' ELSE 'circle' END AS label,"
    "       c.circle_id AS \"circle.id\", c.name AS \"circle.name\","
    "       coalesce(recorded.is, false) AND s.since <= m.at AND NOT EXISTS (SELECT FROM margelle.audit_entries e"
    "           WHERE e.group_id = $1 AND e.kind = 'group.reading_unrecorded' AND e.at > s.since AND e.at <= m.at)"
    "           AND NOT EXISTS (SELECT FROM (SELECT DISTINCT ON (e.subject_id) e.kind, e.personal FROM margelle.audit_entries e WHERE e.group_id = $1"
    "               AND e.kind IN ('member.joined', 'member.left', 'member.removed') AND e.at <= m.at ORDER BY e.subject_id, e.entry DESC) x"
    "               WHERE x.kind = 'member.joined' AND x.personal IS NULL) AS recorded,"
    "       f.feed AS _feed, p.number AS _number, s.since AS _since"
    "  FROM (SELECT least(coalesce($3::timestamptz, now()), now()) AS at) m"
    "  JOIN margelle.threads t ON t.group_id = $1 AND t.thread_id = $2"
    "  LEFT JOIN margelle.posts p ON p.group_id = $1 AND p.thread_id = $2 AND p.post_id = $4"
    "  LEFT JOIN LATERAL (SELECT e.at, (e.data ->> 'to')::uuid AS feed FROM margelle.audit_entries e"
    "       WHERE e.group_id = $1 AND e.object_id = $2 AND e.kind = 'thread.labelled' AND e.at <= m.at ORDER BY e.entry DESC LIMIT 1) before ON true"
    "  LEFT JOIN LATERAL (SELECT (e.data ->> 'from')::uuid AS feed FROM margelle.audit_entries e"
    "       WHERE e.group_id = $1 AND e.object_id = $2 AND e.kind = 'thread.labelled' AND e.at > m.at ORDER BY e.entry LIMIT 1) after ON true"
    "  CROSS JOIN LATERAL (SELECT greatest(t.created_at, p.created_at, before.at) AS since) s"
    "  LEFT JOIN LATERAL (SELECT e.kind = 'group.reading_recorded' AS is FROM margelle.audit_entries e"
    "       WHERE e.group_id = $1 AND e.kind IN ('group.reading_recorded', 'group.reading_unrecorded') AND e.at <= s.since ORDER BY e.entry DESC LIMIT 1) recorded ON true"
    " CROSS JOIN LATERAL (SELECT coalesce(before.feed, after.feed, t.feed_id) AS feed) f"
    "  LEFT JOIN margelle.circles c ON c.group_id = $1 AND c.circle_id = f.feed";

// Members then; of a circle's thread, those who belonged to it then; whose last act had accepted a version not older than the
// last material one that held then, as margelle.gate_open says of now. What had closed the gate to somebody before: a
// refusal, or a material version that began to hold without their acceptance. "since" is the latest of what had to come
// together. Whom the record has forgotten is not named from elsewhere.
constexpr const char* readers_then =
    "WITH came AS (SELECT DISTINCT ON (e.subject_id) e.subject_id AS member_id, e.at, e.kind, e.personal IS NULL AS forgotten FROM margelle.audit_entries e"
    "    WHERE e.group_id = $1 AND e.kind IN ('member.joined', 'member.left', 'member.removed') AND e.at <= $2 ORDER BY e.subject_id, e.entry DESC),"
    " entered AS (SELECT DISTINCT ON (e.subject_id) e.subject_id AS member_id, e.at, e.kind FROM margelle.audit_entries e"
    "    WHERE e.group_id = $1 AND e.object_id = $3 AND e.kind IN ('circle.joined', 'circle.left') AND e.at <= $2 ORDER BY e.subject_id, e.entry DESC),"
    " acted_for AS (SELECT DISTINCT ON (e.subject_id) e.subject_id AS member_id, (e.data ->> 'organisation_id')::uuid AS organisation_id FROM margelle.audit_entries e"
    "    WHERE e.group_id = $1 AND e.kind IN ('member.joined', 'member.represents') AND e.at <= $2 ORDER BY e.subject_id, e.entry DESC),"
    " material AS (SELECT * FROM (SELECT v.number, CASE WHEN v.number = 1 THEN v.published_at"
    "                                      ELSE greatest(v.published_at, v.holds_from::timestamp AT TIME ZONE 'UTC') END AS at"
    "    FROM margelle.nda_versions v WHERE v.group_id = $1 AND v.kind = 'material') v WHERE v.at <= $2),"
    " acts AS (SELECT r.member_id, r.entry, r.at, r.act, r.version FROM margelle.nda_register r WHERE r.group_id = $1 AND r.at <= $2"
    "    AND (r.act <> 'refused' OR r.version IN (SELECT m.number FROM material m))),"
    " last AS (SELECT DISTINCT ON (a.member_id) a.member_id, a.act, a.version FROM acts a ORDER BY a.member_id, a.entry DESC),"
    " accepted AS (SELECT last.member_id, min(a.at) AS at FROM last"
    "    CROSS JOIN LATERAL (SELECT max(c.at) AS at FROM ("
    "        SELECT a.at FROM acts a WHERE a.member_id = last.member_id AND a.act <> 'accepted'"
    "        UNION ALL SELECT v.at FROM material v WHERE NOT EXISTS (SELECT FROM acts a"
    "            WHERE a.member_id = last.member_id AND a.act = 'accepted' AND a.version >= v.number AND a.at < v.at)) c) closed"
    "    JOIN acts a ON a.member_id = last.member_id AND a.act = 'accepted' AND a.at > closed.at"
    "    WHERE last.act = 'accepted' AND last.version >= (SELECT max(v.number) FROM material v) GROUP BY last.member_id)"
    " SELECT p.member_id AS \"member.id\", shown.name AS \"member.name\", o.organisation_id AS \"organisation.id\", o.name AS \"organisation.name\","
    "        greatest(came.at, entered.at, accepted.at, $4::timestamptz) AS since,"
    "        (SELECT min(r.at) FROM margelle.readings r WHERE r.group_id = $1 AND r.thread_id = $5 AND r.member_id = p.member_id"
    "            AND r.at <= $2 AND ($6::int IS NULL OR r.number = $6)) AS read_at"
    "   FROM came JOIN margelle.members p ON p.member_id = came.member_id JOIN margelle.groups g ON g.group_id = $1"
    "   CROSS JOIN LATERAL (SELECT CASE WHEN came.forgotten THEN '—' ELSE p.name END AS name) shown"
    "   LEFT JOIN entered ON entered.member_id = came.member_id"
    "   LEFT JOIN accepted ON accepted.member_id = came.member_id"
    "   LEFT JOIN acted_for ON acted_for.member_id = came.member_id"
    "   LEFT JOIN margelle.organisations o ON o.organisation_id = acted_for.organisation_id"
    "  WHERE came.kind = 'member.joined' AND ($3::uuid = $1 OR entered.kind = 'circle.joined')"
    "    AND (g.confidentiality = 'light' OR accepted.at IS NOT NULL)"
    "  ORDER BY shown.name COLLATE \"fr-x-icu\", p.member_id";

}  // namespace

std::string of(Transaction& t, const std::string& thread, const std::optional<std::string>& post, const std::optional<std::string>& at) {
    const auto then = run(t, label_then, t.who().group, thread, at, post).at(0);
    const std::string items = then["_existed"].as<bool>()
        ? json_array(run(t, readers_then, t.who().group, then["at"].as<std::string>(), then["_feed"].as<std::string>(), then["_since"].as<std::string>(),
                         thread, text_or_null(then["_number"])))
        : "[]";
    std::string out = json_object(then);
    out.pop_back();
    return out + R"(,"items":)" + items + R"(,"next_cursor":null})";
}

}  // namespace margelle::persistence::readers
