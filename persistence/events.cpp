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

std::string after(Transaction& t, std::int64_t after, int limit) {
    const auto rows = run(t,
        "SELECT seq, kind, at, actor_id AS actor, data FROM margelle.events"
        " WHERE group_id = $1 AND feed_id = $1 AND seq > $2 ORDER BY seq LIMIT $3", t.who().group, after, limit);
    const auto head = run(t, "SELECT last_seq FROM margelle.feed_heads WHERE group_id = $1 AND feed_id = $1", t.who().group);
    return R"({"items":)" + json_array(rows) + R"(,"head":)" + head[0][0].as<std::string>() + "}";
}

}  // namespace margelle::persistence::events
