#pragma once
// What the entered group has its bots look for.
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::subscriptions {

// {"items": […]}, the oldest first.
std::string list(Transaction& t);

struct Shown {
    std::string json;
    int revision;
};
std::optional<Shown> show(Transaction& t, const std::string& subscription);

struct Terms {
    std::string kind, portal, query;
    std::optional<std::string> organization;
    std::vector<std::string> territories, themes;
    int most;
    bool paused;
};
// Appends "subscription.created".
void create(Transaction& t, const std::string& subscription, const Terms& terms);

struct Change {
    std::optional<std::string> portal, query;
    std::optional<std::optional<std::string>> organization;
    std::optional<std::vector<std::string>> territories, themes;
    std::optional<int> most;
    std::optional<bool> paused;
};
// False when `revision` is no longer the current one. Appends "subscription.changed".
bool update(Transaction& t, const std::string& subscription, int revision, const Change& change);

// False when there is none. Appends "subscription.deleted".
bool remove(Transaction& t, const std::string& subscription);

// How the caller's last run went, as JSON; false when there is no such subscription. No event: what it found has its own.
bool report(Transaction& t, const std::string& subscription, const std::string& run);

}  // namespace margelle::persistence::subscriptions
