#include "persistence/idempotency.hpp"

#include "persistence/sql.hpp"

namespace margelle::persistence::idempotency {

Found claim(Transaction& t, const std::string& operation, const std::string& key, const std::string& body_hash) {
    const bool held = run(t, "SELECT pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2 || ' ' || $3, 0))",
                          t.who().member, operation, key)[0][0].as<bool>();
    if (!held) return {State::running, {}};
    const auto rows = run(t,
        "SELECT created_id, body_hash = $4 FROM margelle.idempotency_keys"
        " WHERE caller_id = $1 AND operation = $2 AND key = $3 AND at > now() - interval '24 hours'",
        t.who().member, operation, key, bytes(body_hash));
    if (rows.empty()) return {State::fresh, {}};
    if (!rows[0][1].as<bool>()) return {State::other_body, {}};
    return {State::done, rows[0][0].as<std::string>()};
}

void keep(Transaction& t, const std::string& operation, const std::string& key, const std::string& body_hash, const std::string& created) {
    run(t, "INSERT INTO margelle.idempotency_keys (caller_id, operation, key, body_hash, created_id) VALUES ($1, $2, $3, $4, $5)"
           " ON CONFLICT (caller_id, operation, key) DO UPDATE SET body_hash = excluded.body_hash, created_id = excluded.created_id, at = now()",
        t.who().member, operation, key, bytes(body_hash), created);
}

}  // namespace margelle::persistence::idempotency
