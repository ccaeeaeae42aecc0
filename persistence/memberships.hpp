#pragma once
// Who takes part in the entered group. Every change of rights appends "membership.changed" and raises the epoch.
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::memberships {

// Active members by name, as a list.
std::string list(Transaction& t);
// Requests that wait, the oldest first, as a list.
std::string requests(Transaction& t);

// Those of them, in the same order, who do not take part.
std::vector<std::string> absent(Transaction& t, const std::vector<std::string>& members);

struct Membership {
    std::string role;
    std::string state;
    std::optional<std::string> organisation;    // absent: in their own name
};
std::optional<Membership> find(Transaction& t, const std::string& member);

// Throw SqlFailure PL002 for the last moderator.
void set_role(Transaction& t, const std::string& member, const std::string& role);
void remove(Transaction& t, const std::string& member);
void leave(Transaction& t);
// Withdraws the access of those of these members who take part, or of everybody who does on behalf of an organisation, and
// records why; whom.
std::vector<std::string> remove_all(Transaction& t, const std::vector<std::string>& members, const std::optional<std::string>& organisation,
                                    const std::string& reason);

// Asks to join; false when the caller takes part or waits already.
bool request(Transaction& t, const std::string& message, const std::string& category, const std::optional<std::string>& organisation);
// False when the member does not wait.
bool decide(Transaction& t, const std::string& member, bool accept);

// On behalf of whom the caller takes part.
void act_for(Transaction& t, const std::optional<std::string>& category, const std::optional<std::optional<std::string>>& organisation);

}  // namespace margelle::persistence::memberships
