#pragma once
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::limits {

// How many attempts of a kind are noted for a key in the last 15 minutes.
int recent(Transaction& t, const std::string& kind, const std::string& key);

// Until this transaction ends nobody else who calls this counts or notes attempts of the kind for the key.
void hold(Transaction& t, const std::string& kind, const std::string& key);

void note(Transaction& t, const std::string& kind, const std::string& key);

}  // namespace margelle::persistence::limits
