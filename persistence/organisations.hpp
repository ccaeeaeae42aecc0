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

bool exists(Transaction& t, const std::string& organisation);

void add_member(Transaction& t, const std::string& organisation, const std::optional<std::string>& title);
bool remove_member(Transaction& t, const std::string& organisation);
// Whether the caller belongs to it.
bool is_mine(Transaction& t, const std::string& organisation);

}  // namespace margelle::persistence::organisations
