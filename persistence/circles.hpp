#pragma once
// Named subsets of the entered group's members. Whoever enters or leaves one is recorded, told in the circle's log and
// followed by a new access epoch by triggers (0006_circles.sql): here, a change proves the rights under which it is made.
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::circles {

// The circles that the caller may know of, by name, as a list.
std::string list(Transaction& t);

struct Shown {
    std::string json;
    int revision;
    bool mine;              // the caller belongs to it
};
std::optional<Shown> show(Transaction& t, const std::string& circle);

// Whether the caller belongs to a circle, and so reads what it holds.
bool mine(Transaction& t, const std::string& circle);

// Those that change throw RightsChanged.

// Makes a circle of these members, who take part in the group. Throws SqlFailure 23505 for a name that another one has.
void create(Transaction& t, const std::string& circle, const std::string& name, const std::vector<std::string>& members);
// False when `revision` is no longer the current one.
bool rename(Transaction& t, const std::string& circle, int revision, const std::string& name);
// For moderators who belong to the circle. False for whoever does not take part in the group.
bool add(Transaction& t, const std::string& circle, const std::string& member);
// False when the member does not belong to the circle.
bool remove(Transaction& t, const std::string& circle, const std::string& member);

// Entry of a moderator from outside: announced at their first call, open a day later. Nothing for whoever is in already.
struct Entry {
    enum { announced, waits, entered } outcome;
    std::string opens_at;
};
std::optional<Entry> request_entry(Transaction& t, const std::string& circle);
// Somebody inside lets them in before that. False when they did not ask.
bool agree(Transaction& t, const std::string& circle, const std::string& member);

}  // namespace margelle::persistence::circles
