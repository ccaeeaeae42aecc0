#pragma once
// What handlers share about "on behalf of whom".
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "persistence/organisations.hpp"

namespace margelle {

class Context;

// A "NewOrganisation" of the contract.
persistence::organisations::New read_organisation(const nlohmann::json& described);

// The body's "organisation_id": outer absent when it says nothing, inner absent for "in my own name". Throws
// Error(invalid) unless the caller belongs to it.
std::optional<std::optional<std::string>> chosen_organisation(Context& c);

}  // namespace margelle
