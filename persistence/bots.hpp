#pragma once
// Programs of the entered group.
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::bots {

// {"items": […]}, by name; with their keys for moderators.
std::string list(Transaction& t);

struct Shown {
    std::string json;
    int revision;
    std::string owner;
    bool revoked;
};
std::optional<Shown> show(Transaction& t, const std::string& bot);

// What the bot that acts is, wherever it stands.
std::string self(Transaction& t);

// False when that owner may not answer for it: does not take part, or has not accepted the agreement. Appends "bot.created".
bool create(Transaction& t, const std::string& bot, const std::string& name, const std::string& owner, const std::vector<std::string>& scopes);

struct Change {
    std::optional<std::string> name, owner;
    std::optional<std::vector<std::string>> scopes;
};
enum class Outcome { changed, stale, no_such_owner };
// Appends "bot.changed" and raises the access epoch.
Outcome update(Transaction& t, const std::string& bot, int revision, const Change& change);

// The caller, its owner, answers for it from now on. False where that is no longer awaited. Appends "bot.changed" and raises the access epoch.
bool confirm(Transaction& t, const std::string& bot);

// For good, with all its keys; does nothing where it is revoked. Appends "bot.revoked" and raises the access epoch.
void revoke(Transaction& t, const std::string& bot);

}  // namespace margelle::persistence::bots
