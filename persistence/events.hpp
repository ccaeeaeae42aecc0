#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::events {

// Appends an event to the entered group's own log, by the caller; its number. Takes the lock of the head, so it comes
// last in a transaction. `data` is a JSON object of ids. Throws RightsChanged.
std::int64_t append(Transaction& t, const std::string& kind, const std::string& data);

// The same for a change of rights: raises the access epoch, so that what entered before has to enter again.
std::int64_t append_rights(Transaction& t, const std::string& kind, const std::string& data);

// The same in the feed of a thread.
std::int64_t append_to(Transaction& t, const std::string& feed, const std::string& kind, const std::string& data);

// Proves the same without appending: for a change that triggers log and raise the epoch for, where its caller may not see.
// Throws RightsChanged.
void prove_rights(Transaction& t);

// {"items": […], "head": n}: at most `limit` events after a number, of the group's own log or a circle's. Nothing when there
// is no such log.
std::optional<std::string> after(Transaction& t, const std::string& feed, std::int64_t after, int limit);

}  // namespace margelle::persistence::events
