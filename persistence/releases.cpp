#include "persistence/releases.hpp"

#include <tuple>

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::releases {
namespace {

#define RELEASE_COLUMNS \
    "r.release_id AS id, r.title, r.summary_html, t.thread_id AS \"thread.id\", t.title AS \"thread.title\"," \
    " CASE WHEN r.feed_id = r.group_id THEN 'group' ELSE 'circle' END AS label, c.circle_id AS \"circle.id\", c.name AS \"circle.name\"," \
    " m.member_id AS \"proposed_by.id\", m.name AS \"proposed_by.name\", r.proposed_at," \
    " CASE WHEN r.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN r.published_at IS NOT NULL THEN 'published' ELSE 'proposed' END AS state," \
    " r.published_at, r.withdrawn_reason, approving.approvals, margelle.is_approved(r.release_id) AS approved, held.passages, held.numbers AS _numbers," \
    " r.feed_id AS _feed_id, (extract(epoch FROM r.proposed_at) * 1000000)::bigint AS _proposed_at"
#define RELEASE_TABLES \
    " FROM margelle.releases r JOIN margelle.members m ON m.member_id = r.proposed_by" \
    " LEFT JOIN margelle.threads t ON t.group_id = r.group_id AND t.thread_id = r.thread_id" \
    " LEFT JOIN margelle.circles c ON c.group_id = r.group_id AND c.circle_id = r.feed_id" \
    " CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('member', jsonb_build_object('id', p.member_id, 'name', p.name)," \
    "                            'moderator', coalesce(ms.role = 'moderator', false), 'at', " UTC_TEXT("a.at") ") ORDER BY a.at), '[]') AS approvals" \
    "    FROM margelle.release_approvals a JOIN margelle.members p ON p.member_id = a.member_id" \
    "    LEFT JOIN margelle.memberships ms ON ms.group_id = $1 AND ms.member_id = a.member_id" \
    "   WHERE a.group_id = $1 AND a.release_id = r.release_id) approving" \
    " CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('number', x.number, 'post_id', x.post_id," \
    "                            'author', jsonb_build_object('id', p.member_id, 'name', p.name), 'body_html', x.body_html," \
    "                            'written_at', " UTC_TEXT("x.written_at") ", 'agrees', x.agrees, 'named', x.named) ORDER BY x.number), '[]') AS passages," \
    "                            array_agg(o.number) AS numbers" \
    "    FROM margelle.release_passages x JOIN margelle.members p ON p.member_id = x.author_id" \
    "    JOIN margelle.posts o ON o.group_id = x.group_id AND o.post_id = x.post_id" \
    "   WHERE x.group_id = $1 AND x.release_id = r.release_id) held"

// The messages that a release's passages are.
void note_sent(std::vector<readings::Sent>& sent, const pqxx::row& row) {
    if (row["_numbers"].is_null()) return;
    auto numbers = row["_numbers"].as_array();
    for (auto [what, text] = numbers.get_next(); what != pqxx::array_parser::done; std::tie(what, text) = numbers.get_next())
        if (what == pqxx::array_parser::string_value) sent.push_back({row["thread.id"].as<std::string>(), std::stoi(text), std::stoi(text)});
}

}  // namespace

std::optional<Refusal> propose(Transaction& t, const std::string& release, const New& what) {
    std::string feed = *t.who().group;
    if (what.thread) {
        const auto thread = run(t, "SELECT feed_id FROM margelle.threads WHERE group_id = $1 AND thread_id = $2 FOR SHARE", t.who().group, what.thread);
        if (thread.empty()) return Refusal::no_such_thread;
        feed = thread[0][0].as<std::string>();
    }
    run(t,
        "INSERT INTO margelle.releases (group_id, release_id, feed_id, thread_id, title, summary_html, proposed_by) VALUES ($1, $2, $3, $4, $5, margelle.without_mentions($6), $7)",
        t.who().group, release, feed, what.thread, what.title, what.summary_html, t.who().member);
    const auto rows = run(t,
        "INSERT INTO margelle.release_passages (group_id, release_id, number, post_id) SELECT $1, $2, row_number() OVER (ORDER BY p.number), p.post_id"
        "   FROM margelle.posts p WHERE p.group_id = $1 AND p.thread_id = $3 AND p.post_id = ANY ($4::uuid[]) AND p.deleted_at IS NULL",
        t.who().group, release, what.thread, array_literal(what.posts));
    if (rows.affected_rows() != what.posts.size()) return Refusal::no_such_post;
    const auto length = run(t,
        "SELECT length(r.summary_html) + (SELECT coalesce(sum(length(p.body_html)), 0) FROM margelle.release_passages p WHERE p.group_id = $1 AND p.release_id = $2)"
        "  FROM margelle.releases r WHERE r.group_id = $1 AND r.release_id = $2", t.who().group, release)[0][0].as<std::int64_t>();
    if (length > longest) return Refusal::too_long;
    tell(t, release, "release.proposed");
    return std::nullopt;
}

Page list(Transaction& t, const std::optional<Position>& after, int limit) {
    const auto rows = run(t,
        "SELECT " RELEASE_COLUMNS RELEASE_TABLES " WHERE r.group_id = $1"
        "   AND ($2::bigint IS NULL OR (r.proposed_at, r.release_id) < (timestamptz 'epoch' + $2 * interval '1 microsecond', $3::uuid))"
        " ORDER BY r.proposed_at DESC, r.release_id DESC LIMIT $4",
        t.who().group, after ? std::optional<std::int64_t>(after->proposed_at) : std::nullopt,
        after ? std::optional<std::string>(after->release) : std::nullopt, limit + 1);
    Page page{"[", std::nullopt, {}};
    int count = 0;
    for (const auto& row : rows) {
        if (++count > limit) {
            const auto last = rows[static_cast<pqxx::result::size_type>(limit - 1)];
            page.next = Position{last["_proposed_at"].as<std::int64_t>(), last["id"].as<std::string>()};
            break;
        }
        if (count > 1) page.items += ',';
        append_json(page.items, row);
        note_sent(page.sent, row);
    }
    page.items += ']';
    return page;
}

std::optional<Shown> show(Transaction& t, const std::string& release) {
    const auto rows = run(t, "SELECT " RELEASE_COLUMNS RELEASE_TABLES " WHERE r.group_id = $1 AND r.release_id = $2", t.who().group, release);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    Shown shown{json_object(row), row["_feed_id"].as<std::string>(), row["proposed_by.id"].as<std::string>(), row["state"].as<std::string>(), {}};
    note_sent(shown.sent, row);
    return shown;
}

void approve(Transaction& t, const std::string& release, bool on) {
    const auto rows = on
        ? run(t, "INSERT INTO margelle.release_approvals (group_id, release_id, member_id, feed_id)"
                 " SELECT group_id, release_id, $3, feed_id FROM margelle.releases WHERE group_id = $1 AND release_id = $2"
                 "    AND NOT EXISTS (SELECT FROM margelle.release_approvals a WHERE a.group_id = $1 AND a.release_id = $2 AND a.member_id = $3)",
              t.who().group, release, t.who().member)
        : run(t, "DELETE FROM margelle.release_approvals WHERE group_id = $1 AND release_id = $2 AND member_id = $3", t.who().group, release, t.who().member);
    if (rows.affected_rows() > 0) tell(t, release, "release.changed");
}

bool answer(Transaction& t, const std::string& release, int passage, bool agrees, bool named) {
    const auto rows = run(t,
        "UPDATE margelle.release_passages SET agrees = $4, named = $4 AND $5 WHERE group_id = $1 AND release_id = $2 AND number = $3 AND author_id = $6",
        t.who().group, release, passage, agrees, named, t.who().member);
    if (rows.affected_rows() == 0) return false;
    tell(t, release, "release.changed");
    return true;
}

bool publish(Transaction& t, const std::string& release) {
    if (!run(t, "SELECT margelle.publish_release($1)", release)[0][0].as<bool>()) return false;
    tell(t, release, "release.changed");
    return true;
}

std::optional<std::string> withdraw(Transaction& t, const std::string& release, const std::string& reason) {
    const auto feed = text_or_null(run(t, "SELECT margelle.withdraw_release($1, $2)", release, reason)[0][0]);
    events::prove_rights(t);
    return feed;
}

void tell(Transaction& t, const std::string& release, const std::string& kind) {
    const auto row = run(t,
        "SELECT feed_id, jsonb_strip_nulls(jsonb_build_object('release_id', release_id, 'thread_id', thread_id)) FROM margelle.releases"
        " WHERE group_id = $1 AND release_id = $2", t.who().group, release).at(0);
    events::append_to(t, row[0].as<std::string>(), kind, row[1].as<std::string>());
}

}  // namespace margelle::persistence::releases
