#include "persistence/access_keys.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::access_keys {

bool issue(Transaction& t, const New& key) {
    run(t, "SELECT pg_advisory_xact_lock(hashtextextended('margelle.access_keys ' || $1, 0))", key.bot);
    const auto rows = run(t,
        "INSERT INTO margelle.access_keys (group_id, bot_id, key_id, name, token_hash, created_by, expires_at)"
        " SELECT $1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)"
        "  WHERE (SELECT count(*) FROM margelle.access_keys WHERE group_id = $1 AND bot_id = $2 AND revoked_at IS NULL AND expires_at > now()) < 5",
        t.who().group, key.bot, key.key, key.name, bytes(key.token_hash), t.who().member, key.days);
    return rows.affected_rows() > 0;
}

std::optional<std::string> show(Transaction& t, const std::string& key, const std::optional<std::string>& secret) {
    const auto rows = run(t,
        "SELECT key_id AS id, bot_id, name, $3::text AS key, created_at, expires_at, last_used_at, revoked_at"
        "  FROM margelle.access_keys WHERE group_id = $1 AND key_id = $2",
        t.who().group, key, secret);
    return rows.empty() ? std::nullopt : std::optional(json_object(rows[0]));
}

bool revoke(Transaction& t, const std::string& bot, const std::string& key) {
    const auto rows = run(t,
        "UPDATE margelle.access_keys SET revoked_at = now() WHERE group_id = $1 AND bot_id = $2 AND key_id = $3 AND revoked_at IS NULL",
        t.who().group, bot, key);
    if (rows.affected_rows() == 0) return false;
    events::append_rights(t, "bot.changed", R"({"bot_id":")" + bot + R"("})");
    return true;
}

void touch(Transaction& t) {
    run(t,
        "UPDATE margelle.access_keys SET last_used_at = now() WHERE bot_id = $1 AND key_id = $2"
        "   AND coalesce(last_used_at, '-infinity') < now() - interval '1 minute'",
        t.who().member, t.who().session);
}

}  // namespace margelle::persistence::access_keys
