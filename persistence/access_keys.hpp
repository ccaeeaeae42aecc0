#pragma once
// What the entered group's bots show to be let in.
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::access_keys {

struct New {
    std::string key, bot, name, token_hash;
    int days;  // that it holds
};
// False when as many as there may be hold already. Nobody else issues one for that bot meanwhile.
bool issue(Transaction& t, const New& key);

// A key as JSON, with "key" as it is given here, which is nowhere kept.
std::optional<std::string> show(Transaction& t, const std::string& key, const std::optional<std::string>& secret);

// False when there is none that could be revoked. Appends "bot.changed" and raises the access epoch.
bool revoke(Transaction& t, const std::string& bot, const std::string& key);

// Notes that the caller's key is in use.
void touch(Transaction& t);

}  // namespace margelle::persistence::access_keys
