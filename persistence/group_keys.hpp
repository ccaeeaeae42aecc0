#pragma once
// The wrapped data keys of groups.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::group_keys {

struct Wrapped {
    std::string master;  // id of the master key that wrapped it
    std::string key;
};

// That of the entered group; nothing before something was kept there.
std::optional<Wrapped> find(Transaction& t);

// Gives the entered group a key, unless it has got one meanwhile. For those who may write.
void add(Transaction& t, const Wrapped& fresh);

// The ids of all master keys that groups' keys are wrapped by.
std::vector<std::string> masters(Transaction& t);

// Wraps all keys anew, on the owner's connection; how many. `rewrap` takes a group's id and what it has, and answers what it gets.
int rewrap(const std::string& owner_url, const std::function<Wrapped(const std::string& group, const Wrapped&)>& rewrap);

}  // namespace margelle::persistence::group_keys
