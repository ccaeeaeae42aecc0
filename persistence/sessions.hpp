#pragma once
// Sessions, and the single-use tokens that travel by e-mail. Tokens are known here by their SHA-256 only.
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::sessions {

void open(Transaction& t, const std::string& member, const std::string& token_hash, const std::string& authentication,
          const std::string& user_agent, const std::string& address);

// The caller's open sessions as a list.
std::string list(Transaction& t);

// Ends one of the caller's sessions; false when there is none of that id.
bool end(Transaction& t, const std::string& session);

// Ends a member's sessions but one (none excepted when absent); the ids of those ended.
std::vector<std::string> end_all(Transaction& t, const std::string& member, const std::optional<std::string>& except);

// Notes that a session is in use, at most once a minute.
void touch(Transaction& t);

// `kind` is sign_in, set_password or stop_notices; `life` an interval such as "15 minutes".
void issue_mail_token(Transaction& t, const std::string& token_hash, const std::string& kind, const std::string& member, const std::string& life);

// Uses a token up; whose it was.
std::optional<std::string> redeem_mail_token(Transaction& t, const std::string& token_hash, const std::string& kind);

}  // namespace margelle::persistence::sessions
