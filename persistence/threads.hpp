#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::threads {

// Where a page of the list ends: pinned first, then by the time of the last post (numbers of different feeds do not
// compare), then by id.
struct Position {
    bool pinned;
    std::int64_t last_post_at;          // microseconds since 1970
    std::string thread;
};

struct Page {
    std::string items;                  // a JSON array
    std::optional<Position> next;
};
Page list(Transaction& t, const std::optional<Position>& after, int limit);

struct Shown {
    std::string json;
    int revision;
    std::string author, feed;
};
std::optional<Shown> show(Transaction& t, const std::string& thread);

// Creates a thread, still without a post, in the group's own feed or a circle's of the caller.
void create(Transaction& t, const std::string& thread, const std::string& feed, const std::string& title);

struct Change {
    std::optional<std::string> title;
    std::optional<bool> pinned, closed;
};
// False when `revision` is no longer the current one. Appends "thread.changed".
bool update(Transaction& t, const std::string& thread, int revision, const Change& change);

// Moves a thread that the caller reads to another feed of theirs; for moderators. Appends to both, and raises the epoch.
// Throws RightsChanged.
void relabel(Transaction& t, const std::string& thread, const std::string& feed, const std::string& reason);

// Notes the last post that the caller has seen. Marks never go back, nor beyond the last post. False when there is no
// such thread.
bool mark_read(Transaction& t, const std::string& thread, int number);

}  // namespace margelle::persistence::threads
