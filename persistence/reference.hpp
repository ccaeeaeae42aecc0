#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::reference {

// The value lists as members of a JSON object, without its braces: "categories": …, "themes": …, "phases": ….
std::string lists(Transaction& t);

struct Value {
    std::string kind;       // category, theme, phase, time_zone
    std::string value;
    bool operator==(const Value&) const = default;
};
// Which of these values are in none of the lists.
std::vector<Value> unknown(Transaction& t, const std::vector<Value>& values);

// At most 20 territories whose name begins with the text, regardless of accents and capitals; or of that very code.
std::string territories(Transaction& t, const std::string& text);

// Replaces the territories, on the owner's connection. `json` is an array of {code, kind, name}. How many.
int load_territories(const std::string& owner_url, const std::string& json);

}  // namespace margelle::persistence::reference
