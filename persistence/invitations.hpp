#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::invitations {

struct New {
    std::string email, name, role, language;
    std::optional<std::string> organisation_name, category;
};

// What would become of an invitation of this address: ready, already_member, already_invited.
std::string finding(Transaction& t, const std::string& email);

// Creates an invitation and queues its mail; its id. Throws SqlFailure 23505 when one is pending for the address.
std::string create(Transaction& t, const New& invitation, const std::string& message);

// The entered group's invitations, the newest first, as a list. `only`: of these ids.
std::string list(Transaction& t, const std::optional<std::vector<std::string>>& only = std::nullopt);

// False when it is not pending.
bool withdraw(Transaction& t, const std::string& invitation);

// What a link offers.
struct Offer {
    std::string group, invitation, group_name, purpose, confidentiality, email, name, language, role, inviter_name, message;
    std::optional<std::string> organisation_name, category;
    std::optional<std::string> member;      // of the account of that address, if there is one
    std::string json;                       // "InvitationOffer" of the contract
};
std::optional<Offer> lookup(Transaction& t, const std::string& token_hash);

// Those that wait for the caller's address, as a list.
std::string mine(Transaction& t);
// One of them: the name of the organisation that its inviter gave.
struct Mine {
    std::optional<std::string> organisation_name, category;
};
std::optional<Mine> find_mine(Transaction& t, const std::string& invitation);
bool decline_mine(Transaction& t, const std::string& invitation);

// Takes an invitation up for a member whose address it was sent to; the group joined, nothing when it is not open.
std::optional<std::string> take(Transaction& t, const std::string& invitation, const std::string& member,
                                const std::optional<std::string>& category, const std::optional<std::string>& organisation);

}  // namespace margelle::persistence::invitations
