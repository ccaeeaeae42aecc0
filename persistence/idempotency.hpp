#pragma once
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::idempotency {

enum class State { fresh, done, other_body, running };

struct Found {
    State state;
    std::string created;    // id of what the first request created, when done
};

// Looks a caller's key up, and holds it until the transaction ends.
Found claim(Transaction& t, const std::string& operation, const std::string& key, const std::string& body_hash);

// Keeps what was created under the key, for 24 hours.
void keep(Transaction& t, const std::string& operation, const std::string& key, const std::string& body_hash, const std::string& created);

}  // namespace margelle::persistence::idempotency
