#pragma once
#include <string_view>

#include "protocol/contract.hpp"

namespace margelle {

// A contract built into the program, as JSON: "openapi.json" or "asyncapi.json".
std::string_view document(std::string_view name);

// "openapi.json" at work. It never changes, and takes longer to compile than to use: once a process.
const Contract& http_contract();

}  // namespace margelle
