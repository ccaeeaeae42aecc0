#include "persistence/posts.hpp"

#include <algorithm>
#include <string_view>

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::posts {
namespace {

// The posts that `which` chooses, with what is shown beside them; `more` columns for the caller. $1 is the group, $2 who reads. What is
// counted beside a page is counted once for all of it, not for each post.
#define PAGE(which)                                                                                                                                          \
    "WITH page AS MATERIALIZED (SELECT p.* FROM margelle.posts p WHERE p.group_id = $1 AND " which                                                           \
    "),"                                                                                                                                                     \
    " reacted AS MATERIALIZED (SELECT x.post_id, jsonb_object_agg(x.reaction, x.n) AS counts, jsonb_agg(x.reaction) FILTER (WHERE x.mine) AS mine"           \
    "   FROM (SELECT r.post_id, r.reaction, count(*) AS n, bool_or(r.member_id = $2) AS mine FROM margelle.reactions r"                                      \
    "          WHERE r.group_id = $1 AND r.post_id = ANY (ARRAY(SELECT page.post_id FROM page)) GROUP BY r.post_id, r.reaction) x GROUP BY x.post_id)"
#define SHOWN(more)                                                                                                                                          \
    "SELECT p.post_id AS id, p.thread_id, p.number, p.author_id AS \"author.id\", author.name AS \"author.name\", author.kind = 'bot' AS \"author.bot\", ms.category, o.name AS organisation_name," \
    " p.parent_id AS \"in_reply_to.id\", p.parent_number AS \"in_reply_to.number\", parent_author.name AS \"in_reply_to.author_name\","                      \
    " p.body_html, p.created_at, p.edited_at, p.deleted_at IS NOT NULL AS deleted,"                                                                          \
    " coalesce(re.counts, '{}') AS reactions, coalesce(re.mine, '[]') AS my_reactions, p.revision" more                                                      \
    " FROM page p"                                                                                                                                           \
    " JOIN margelle.members author ON author.member_id = p.author_id"                                                                                        \
    " LEFT JOIN margelle.memberships ms ON ms.group_id = $1 AND ms.member_id = p.author_id"                                                                  \
    " LEFT JOIN margelle.organisations o ON o.organisation_id = ms.organisation_id"                                                                          \
    " LEFT JOIN margelle.members parent_author ON parent_author.member_id = p.parent_author_id"                                                              \
    " LEFT JOIN reacted re ON re.post_id = p.post_id"

// The thread of that id: how many posts it has, and where the logs end that tell of its changes and its authors'.
#define EXTENT(thread)                                                                                                                                       \
    "SELECT t.post_count, h.last_seq || ' ' || g.last_seq AS heads FROM margelle.threads t"                                                                  \
    "  JOIN margelle.feed_heads h ON h.group_id = $1 AND h.feed_id = t.feed_id JOIN margelle.feed_heads g ON g.group_id = $1 AND g.feed_id = $1"             \
    " WHERE t.group_id = $1 AND t.thread_id = " thread

Outcome outcome_of(std::string_view text) {
    static constexpr std::pair<std::string_view, Outcome> outcomes[] = {
        {"created", Outcome::created}, {"refused", Outcome::refused}, {"no_thread", Outcome::no_such_thread}, {"closed", Outcome::thread_closed},
        {"no_parent", Outcome::no_such_parent}, {"key", Outcome::key_known}, {"again", Outcome::rights_changed}};
    return std::find_if(std::begin(outcomes), std::end(outcomes), [&](const auto& entry) { return entry.first == text; })->second;
}

// An array literal of what `of` says of each.
template <class Each, class Of>
std::string column(const std::vector<Each>& all, Of&& of) {
    std::vector<std::optional<std::string>> values;
    values.reserve(all.size());
    for (const Each& each : all) values.push_back(of(each));
    return array_literal(values);
}

std::string ids(const std::string& thread, const std::string& post) { return R"({"thread_id":")" + thread + R"(","post_id":")" + post + R"("})"; }

}  // namespace

std::vector<Written> write(Transaction& t, const std::vector<const New*>& posts, Patience patience) {
    const auto if_keyed = [](const New& post, std::string value) { return post.key.empty() ? std::nullopt : std::optional(std::move(value)); };
    const auto rows = run(t,
        "SELECT outcome AS _outcome, stale AS _stale, feed_id AS _feed_id, post_id AS id, thread_id, number, author_id AS \"author.id\", author_name AS \"author.name\", author_bot AS \"author.bot\","
        " category, organisation_name, parent_id AS \"in_reply_to.id\", parent_number AS \"in_reply_to.number\", parent_author_name AS \"in_reply_to.author_name\","
        " body_html, created_at, NULL::timestamptz AS edited_at, false AS deleted, '{}'::jsonb AS reactions, '[]'::jsonb AS my_reactions, 1 AS revision, body"
        "  FROM margelle.write_posts($1::bytea[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6, $7, $8, $9, $10::bytea[], $11)",
        column(posts, [](const New* p) { return bytes(p->token_hash); }), column(posts, [](const New* p) { return p->group; }),
        column(posts, [](const New* p) { return p->thread; }), column(posts, [](const New* p) { return p->post; }),
        column(posts, [](const New* p) { return p->reply_to; }), column(posts, [](const New* p) { return p->body; }),
        column(posts, [](const New* p) { return p->body_html; }), column(posts, [](const New* p) { return array_literal(p->mentions); }),
        column(posts, [&](const New* p) { return if_keyed(*p, p->key); }), column(posts, [&](const New* p) { return if_keyed(*p, bytes(p->request_hash)); }),
        patience == Patience::brief);
    std::vector<Written> answers;
    answers.reserve(posts.size());
    for (const auto& row : rows) {
        const Outcome outcome = outcome_of(row["_outcome"].c_str());
        if (outcome == Outcome::created) answers.push_back({outcome, row["_feed_id"].as<std::string>(), json_object(row), row["_stale"].as<bool>()});
        else answers.push_back({outcome, {}, {}, false});
    }
    return answers;
}

std::optional<std::string> heads(Transaction& t, const std::string& thread) {
    const auto rows = run(t, EXTENT("$2"), t.who().group, thread);
    return rows.empty() ? std::nullopt : std::optional(rows[0]["heads"].as<std::string>());
}

std::vector<std::optional<Known>> known(Transaction& t, const std::vector<Asked>& asked) {
    const auto rows = run(t, "SELECT * FROM margelle.known_pages($1::bytea[], $2::uuid[], $3::uuid[])",
        column(asked, [](const Asked& a) { return bytes(a.token_hash); }), column(asked, [](const Asked& a) { return a.group; }),
        column(asked, [](const Asked& a) { return a.thread; }));
    std::vector<std::optional<Known>> answers;
    answers.reserve(asked.size());
    for (const auto& row : rows) {
        if (row["member_id"].is_null()) answers.emplace_back();
        else answers.push_back(Known{row["member_id"].as<std::string>(), row["stale"].as<bool>(), row["heads"].as<std::string>()});
    }
    return answers;
}

std::optional<Page> page(Transaction& t, const std::string& thread, int from, int limit) {
    const auto rows = run(t,
        PAGE("p.thread_id = $3 AND p.number >= $4 ORDER BY p.number LIMIT $5") ", extent AS MATERIALIZED (" EXTENT("$3") ") "
        SHOWN(", extent.post_count AS _posts, extent.heads AS _heads") " CROSS JOIN extent ORDER BY p.number",
        t.who().group, t.who().member, thread, from, limit);
    Page page{"[]", 0, 0, std::nullopt, std::nullopt, {}};
    if (from > 1) page.previous = std::max(1, from - limit);
    if (rows.empty()) {
        const auto end = heads(t, thread);      // a page after the last one, or no such thread
        if (!end) return std::nullopt;
        page.heads = *end;
        return page;
    }
    const auto count = json_count(rows, limit);
    page.items = json_array(rows, count);
    page.heads = rows.front()["_heads"].as<std::string>();
    page.first = rows.front()["number"].as<int>();
    page.last = rows[count - 1]["number"].as<int>();
    if (page.last < rows.front()["_posts"].as<int>()) page.next = page.last + 1;
    return page;
}

std::optional<Shown> show(Transaction& t, const std::string& post) {
    const auto rows = run(t, PAGE("p.post_id = $3") SHOWN(", p.body, p.feed_id AS _feed_id"), t.who().group, t.who().member, post);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Shown{json_object(row), row["revision"].as<int>(), row["number"].as<int>(), row["author.id"].as<std::string>(), row["thread_id"].as<std::string>(),
                 row["_feed_id"].as<std::string>(), row["deleted"].as<bool>()};
}

bool edit(Transaction& t, const Shown& before, const std::string& post, int revision, const std::string& body, const std::string& body_html,
          const std::vector<std::string>& mentions) {
    const auto rows = run(t,
        "WITH before AS (SELECT feed_id, revision, body, body_html, coalesce(edited_at, created_at) AS written_at, thread_id, number FROM margelle.posts"
        "                 WHERE group_id = $1 AND post_id = $2 AND revision = $3 AND deleted_at IS NULL FOR NO KEY UPDATE),"
        " kept AS (INSERT INTO margelle.post_revisions (group_id, post_id, revision, feed_id, body, body_html, written_at)"
        "          SELECT $1, $2, revision, feed_id, body, body_html, written_at FROM before),"
        " called AS (INSERT INTO margelle.addressed (group_id, member_id, thread_id, post_id, number, feed_id, reason)"
        "            SELECT $1, m.member_id, before.thread_id, $2, before.number, before.feed_id, 'mention' FROM before, margelle.memberships m"
        "             WHERE m.group_id = $1 AND m.state = 'active' AND m.member_id = ANY ($6::uuid[]) AND m.member_id <> $7 ON CONFLICT DO NOTHING)"
        " UPDATE margelle.posts p SET body = $4, body_html = $5, edited_at = now(), revision = p.revision + 1 FROM before"
        "  WHERE p.group_id = $1 AND p.post_id = $2 RETURNING 1",
        t.who().group, post, revision, body, body_html, array_literal(mentions), t.who().member);
    if (rows.empty()) return false;
    events::append_to(t, before.feed, "post.edited", ids(before.thread, post));
    return true;
}

void remove(Transaction& t, const Shown& before, const std::string& post) {
    // Whoever copies it for a release holds the thread until they commit: then the copy goes as well.
    run(t, "SELECT FROM margelle.threads WHERE group_id = $1 AND thread_id = $2 FOR NO KEY UPDATE", t.who().group, before.thread);
    run(t, "UPDATE margelle.posts SET body = '', body_html = '', deleted_at = now(), revision = revision + 1 WHERE group_id = $1 AND post_id = $2",
        t.who().group, post);
    run(t, "DELETE FROM margelle.post_revisions WHERE group_id = $1 AND post_id = $2", t.who().group, post);
    events::append_to(t, before.feed, "post.deleted", ids(before.thread, post));
}

Revisions revisions(Transaction& t, const std::string& post, int before, int limit) {
    const auto rows = run(t,
        "SELECT revision, body, body_html, written_at FROM margelle.post_revisions WHERE group_id = $1 AND post_id = $2 AND revision < $3"
        " ORDER BY revision DESC LIMIT $4", t.who().group, post, before, limit + 1);
    const auto count = json_count(rows, limit);
    Revisions revisions{json_array(rows, count), std::nullopt};
    if (count < rows.size()) revisions.next = rows[count - 1]["revision"].as<int>();
    return revisions;
}

void react(Transaction& t, const Shown& to, const std::string& post, const std::string& reaction, bool on) {
    const auto rows = on
        ? run(t, "INSERT INTO margelle.reactions (group_id, post_id, member_id, reaction, feed_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
              t.who().group, post, t.who().member, reaction, to.feed)
        : run(t, "DELETE FROM margelle.reactions WHERE group_id = $1 AND post_id = $2 AND member_id = $3 AND reaction = $4",
              t.who().group, post, t.who().member, reaction);
    if (rows.affected_rows() > 0) events::append_to(t, to.feed, "reaction.changed", ids(to.thread, post));
}

}  // namespace margelle::persistence::posts
