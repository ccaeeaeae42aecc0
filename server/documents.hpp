#pragma once
#include <string_view>

namespace margelle {

// A contract built into the program, as JSON: "openapi.json" or "asyncapi.json".
std::string_view document(std::string_view name);

}  // namespace margelle
