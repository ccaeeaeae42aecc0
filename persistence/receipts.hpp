#pragma once
// The caller's own receipts in any group, also after leaving it.
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::receipts {

// The newest first, as a list.
std::string mine(Transaction& t);
// The latest receipt of a version with the text that was accepted: "MyReceipt" of the contract.
std::optional<std::string> find_mine(Transaction& t, const std::string& group, const std::string& version);

}  // namespace margelle::persistence::receipts
