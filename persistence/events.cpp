#include "persistence/events.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::events {

std::int64_t append_to(Transaction& t, const std::string& feed, const std::string& kind, const std::string& data) {
    const Entrance& who = t.who();
    const auto rows = run(t,
        "WITH head AS (UPDATE margelle.feed_heads SET last_seq = last_seq + 1"
        "               WHERE group_id = $1 AND feed_id = $2 AND access_epoch = $3 RETURNING last_seq),"
        " event AS (INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id, data)"
        "           SELECT $1, $2, last_seq, $4, $5, $6::jsonb FROM head)"
        " SELECT last_seq FROM head",
        who.group, feed, who.access_epoch, kind, who.member, data);
    if (rows.empty()) throw RightsChanged();
    return rows[0][0].as<std::int64_t>();
}

std::int64_t append(Transaction& t, const std::string& kind, const std::string& data) {
    return append_to(t, *t.who().group, kind, data);
}

std::int64_t append_rights(Transaction& t, const std::string& kind, const std::string& data) {
    const std::int64_t seq = append(t, kind, data);
    run(t, "SELECT margelle.raise_access_epoch()");
    return seq;
}

void prove_rights(Transaction& t) {
    const auto rows = run(t, "SELECT FROM margelle.feed_heads WHERE group_id = $1 AND feed_id = $1 AND access_epoch = $2 FOR NO KEY UPDATE",
                          t.who().group, t.who().access_epoch);
    if (rows.empty()) throw RightsChanged();
}

std::optional<std::string> after(Transaction& t, const std::string& feed, std::int64_t after, int limit) {
    const auto head = run(t, "SELECT last_seq FROM margelle.feed_heads WHERE group_id = $1 AND feed_id = $2", t.who().group, feed);
    if (head.empty()) return std::nullopt;
    const auto rows = run(t,
        "SELECT seq, kind, at, actor_id AS actor, data FROM margelle.events"
        " WHERE group_id = $1 AND feed_id = $2 AND seq > $3 ORDER BY seq LIMIT $4", t.who().group, feed, after, limit);
    return R"({"items":)" + json_array(rows) + R"(,"head":)" + head[0][0].as<std::string>() + "}";
}

}  // namespace margelle::persistence::events
