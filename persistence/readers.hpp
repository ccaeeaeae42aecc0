#pragma once
// Who could see a thread at a moment, told from the record: the audit (who came, went, moved), the register and the versions
// of the agreement.
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::readers {

// The readers of a thread that the caller, a moderator, reads, or of one of its posts: {"at", "label", "circle", "recorded",
// "items", "next_cursor"}. `at` is RFC 3339; absent, or in the future: now. Throws SqlFailure 22… when it is no moment.
std::string of(Transaction& t, const std::string& thread, const std::optional<std::string>& post, const std::optional<std::string>& at);

}  // namespace margelle::persistence::readers
