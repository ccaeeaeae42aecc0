#include "persistence/sessions.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::sessions {

void open(Transaction& t, const std::string& member, const std::string& token_hash, const std::string& authentication,
          const std::string& user_agent, const std::string& address) {
    run(t, "SELECT margelle.open_session($1, $2, $3, $4, $5, $6)", new_id(), member, bytes(token_hash), authentication, user_agent, address);
}

std::string list(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT session_id AS id, created_at, last_used_at, expires_at, user_agent, address, session_id = $2 AS current"
        "  FROM margelle.sessions WHERE member_id = $1 ORDER BY last_used_at DESC, session_id", t.who().member, t.who().session));
}

bool end(Transaction& t, const std::string& session) {
    return run(t, "DELETE FROM margelle.sessions WHERE member_id = $1 AND session_id = $2", t.who().member, session).affected_rows() > 0;
}

std::vector<std::string> end_all(Transaction& t, const std::string& member, const std::optional<std::string>& except) {
    std::vector<std::string> ended;
    for (const auto& row : run(t, "SELECT margelle.end_sessions($1, $2)", member, except)) ended.push_back(row[0].as<std::string>());
    return ended;
}

void touch(Transaction& t) {
    run(t, "UPDATE margelle.sessions SET last_used_at = now() WHERE session_id = $1 AND last_used_at < now() - interval '1 minute'", t.who().session);
}

void issue_mail_token(Transaction& t, const std::string& token_hash, const std::string& kind, const std::string& member, const std::string& life) {
    run(t, "SELECT margelle.issue_mail_token($1, $2, $3, $4::interval)", bytes(token_hash), kind, member, life);
}

std::optional<std::string> redeem_mail_token(Transaction& t, const std::string& token_hash, const std::string& kind) {
    const auto rows = run(t, "SELECT member_id FROM margelle.redeem_mail_token($1, $2)", bytes(token_hash), kind);
    return rows.empty() ? std::nullopt : text_or_null(rows[0][0]);
}

}  // namespace margelle::persistence::sessions
