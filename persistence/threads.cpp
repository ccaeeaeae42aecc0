#include "persistence/threads.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::threads {
namespace {

#define THREAD_COLUMNS \
    "t.thread_id AS id, t.title, t.author_id AS \"author.id\", m.name AS \"author.name\", m.kind = 'bot' AS \"author.bot\"," \
    " CASE WHEN t.feed_id = t.group_id THEN 'group' ELSE 'circle' END AS label, c.circle_id AS \"circle.id\", c.name AS \"circle.name\"," \
    " t.pinned_at IS NOT NULL AS pinned, t.closed_at IS NOT NULL AS closed, t.post_count, coalesce(r.number, 0) AS read_count," \
    " t.post_count - coalesce(r.number + r.own_later, 0) AS unread_count, t.last_post_at, t.created_at, t.revision"
#define THREAD_TABLES \
    " FROM margelle.threads t JOIN margelle.members m ON m.member_id = t.author_id" \
    " LEFT JOIN margelle.circles c ON c.group_id = t.group_id AND c.circle_id = t.feed_id" \
    " LEFT JOIN margelle.read_marks r ON r.group_id = t.group_id AND r.thread_id = t.thread_id AND r.member_id = $2"

}  // namespace

Page list(Transaction& t, const std::optional<Position>& after, int limit) {
    const auto rows = run(t,
        "SELECT " THREAD_COLUMNS ", (extract(epoch FROM t.last_post_at) * 1000000)::bigint AS _last_post_at" THREAD_TABLES
        " WHERE t.group_id = $1 AND ($3::boolean IS NULL OR (t.pinned_at IS NOT NULL, t.last_post_at, t.thread_id)"
        "       < ($3::boolean, timestamptz 'epoch' + $4 * interval '1 microsecond', $5::uuid))"
        " ORDER BY (t.pinned_at IS NOT NULL) DESC, t.last_post_at DESC, t.thread_id DESC LIMIT $6",
        t.who().group, t.who().member, after ? std::optional<bool>(after->pinned) : std::nullopt,
        after ? std::optional<std::int64_t>(after->last_post_at) : std::nullopt, after ? std::optional<std::string>(after->thread) : std::nullopt, limit + 1);
    Page page{"[", std::nullopt};
    int count = 0;
    for (const auto& row : rows) {
        if (++count > limit) {
            const auto last = rows[static_cast<pqxx::result::size_type>(limit - 1)];
            page.next = Position{last["pinned"].as<bool>(), last["_last_post_at"].as<std::int64_t>(), last["id"].as<std::string>()};
            break;
        }
        if (count > 1) page.items += ',';
        append_json(page.items, row);
    }
    page.items += ']';
    return page;
}

std::optional<Shown> show(Transaction& t, const std::string& thread) {
    const auto rows = run(t, "SELECT " THREAD_COLUMNS ", t.feed_id AS _feed_id" THREAD_TABLES " WHERE t.group_id = $1 AND t.thread_id = $3",
                          t.who().group, t.who().member, thread);
    if (rows.empty()) return std::nullopt;
    return Shown{json_object(rows[0]), rows[0]["revision"].as<int>(), rows[0]["author.id"].as<std::string>(), rows[0]["_feed_id"].as<std::string>()};
}

void create(Transaction& t, const std::string& thread, const std::string& feed, const std::string& title) {
    run(t, "INSERT INTO margelle.threads (group_id, thread_id, feed_id, title, author_id) VALUES ($1, $2, $3, $4, $5)",
        t.who().group, thread, feed, title, t.who().member);
}

bool update(Transaction& t, const std::string& thread, int revision, const Change& change) {
    const auto rows = run(t,
        "UPDATE margelle.threads SET revision = revision + 1, title = coalesce($4, title),"
        "       pinned_at = CASE $5::boolean WHEN true THEN coalesce(pinned_at, now()) WHEN false THEN NULL ELSE pinned_at END,"
        "       closed_at = CASE $6::boolean WHEN true THEN coalesce(closed_at, now()) WHEN false THEN NULL ELSE closed_at END"
        " WHERE group_id = $1 AND thread_id = $2 AND revision = $3 RETURNING feed_id",
        t.who().group, thread, revision, change.title, change.pinned, change.closed);
    if (rows.empty()) return false;
    events::append_to(t, rows[0][0].as<std::string>(), "thread.changed", R"({"thread_id":")" + thread + R"("})");
    return true;
}

void relabel(Transaction& t, const std::string& thread, const std::string& feed, const std::string& reason) {
    const auto left = run(t, "SELECT margelle.relabel_thread($1, $2, $3, $4)", thread, feed, t.who().access_epoch, reason);
    if (left[0][0].is_null()) throw RightsChanged();
}

bool mark_read(Transaction& t, const std::string& thread, int number) {
    // A mark may be lost in a crash: nothing else is written this way.
    run(t, "SET LOCAL synchronous_commit = off");
    return !run(t,
        "WITH seen AS (SELECT thread_id, least($4::int, post_count) AS number FROM margelle.threads WHERE group_id = $1 AND thread_id = $3),"
        " mark AS (INSERT INTO margelle.read_marks AS r (group_id, member_id, thread_id, number) SELECT $1, $2, thread_id, number FROM seen"
        "          ON CONFLICT (group_id, member_id, thread_id) DO UPDATE SET number = excluded.number,"
        "             own_later = CASE WHEN r.own_later = 0 THEN 0 ELSE (SELECT count(*) FROM margelle.posts p"
        "                          WHERE p.group_id = $1 AND p.thread_id = $3 AND p.author_id = $2 AND p.number > excluded.number) END"
        "           WHERE r.number < excluded.number)"
        " SELECT 1 FROM seen", t.who().group, t.who().member, thread, number).empty();
}

}  // namespace margelle::persistence::threads
