#pragma once
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::organisations {

struct New {
    std::string name, category;
    std::optional<std::string> siret, territory;
    std::vector<std::string> themes;
};

// Declares an organisation; its id. One of the same SIRET, or of the same name and category, is taken instead of
// being made again.
std::string declare(Transaction& t, const New& organisation, const std::string& declared_by);

// At most 20 whose name begins with, or contains a word that begins with, the text.
std::string find(Transaction& t, const std::string& text);

// One of them, with the domain of its people, for administrators.
std::string show(Transaction& t, const std::string& organisation);
bool exists(Transaction& t, const std::string& organisation);

void add_member(Transaction& t, const std::string& organisation, const std::optional<std::string>& title);
bool remove_member(Transaction& t, const std::string& organisation);
// Whether the caller belongs to it.
bool is_mine(Transaction& t, const std::string& organisation);

// What an administrator says of an organisation; what is absent stays as it is.
struct Verification {
    std::optional<std::string> state;
    std::optional<std::optional<std::string>> email_domain;
};
// For administrators. False when there is no such organisation.
bool verify(Transaction& t, const std::string& organisation, const Verification& verification);
// Confirms that whoever has this address belongs to it. False unless they say so themselves.
bool confirm(Transaction& t, const std::string& organisation, const std::string& email);

// For the command line, on the owner's connection: the same, and a line for each organisation.
std::vector<std::string> lines(const std::string& owner_url);
bool verify(const std::string& owner_url, const std::string& organisation, const std::optional<std::string>& email_domain);
bool confirm(const std::string& owner_url, const std::string& organisation, const std::string& email);

}  // namespace margelle::persistence::organisations
