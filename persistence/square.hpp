#pragma once
// The public square: what groups released, for everybody. Needs no entering.
#include <cstdint>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::square {

struct Position {
    std::int64_t published_at;              // microseconds since the epoch
    std::string release;
};
struct Page {
    std::string items;                      // a JSON array
    std::optional<Position> next;
};
// The newest first, after a position.
Page list(Transaction& t, const std::optional<Position>& after, int limit);

// Nothing when it was not published, or taken back.
std::optional<std::string> show(Transaction& t, const std::string& release);

// Takes the caller's own passage off, whether or not they still take part. False when there is none of theirs.
bool take_back(Transaction& t, const std::string& release, int passage);

}  // namespace margelle::persistence::square
