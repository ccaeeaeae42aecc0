#pragma once
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::groups {

// What a moderator may change; an absent member stays as it is. Texts that may be cleared are doubly optional.
struct Change {
    std::optional<bool> records_reading;
    std::optional<std::string> name, purpose, charter, charter_html, phase, listing, acceptance_for;
    std::optional<std::vector<std::string>> themes, needed_categories;
    std::optional<std::string> milestones;                                  // a JSON array
    std::optional<std::optional<std::string>> territory, starts_on, ends_on;
};

// Creates a group that the caller moderates. Enter it afterwards.
void create(Transaction& t, const std::string& group, const std::string& name, const std::string& confidentiality,
            const std::string& listing, const std::optional<std::string>& category, const std::optional<std::string>& organisation);

// The caller's groups, most useful first, as a list.
std::string mine(Transaction& t);

// Listed groups in which the caller does not take part, by name, from `offset` on.
struct Page {
    std::string items;
    bool more;
};
Page listed(Transaction& t, int offset, int limit);

// The entered group as its standing allows ("Group" of the contract), and its revision.
struct Shown {
    std::string json;
    int revision;
};
Shown show(Transaction& t);

struct Period {
    std::optional<std::string> starts_on, ends_on;      // YYYY-MM-DD
};
Period period(Transaction& t);

// False when `revision` is no longer the current one. Appends "group.changed".
bool update(Transaction& t, int revision, const Change& change);

// Suspends or reopens the group, and says why; nothing when it is open, or suspended for that reason, already. Appends
// "group.suspended" or "group.reopened", and raises the epoch.
void suspend(Transaction& t, bool suspended, const std::string& reason);

}  // namespace margelle::persistence::groups
