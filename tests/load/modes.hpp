#pragma once
#include <nlohmann/json_fwd.hpp>

#include "tests/load/options.hpp"

namespace margelle::load {

nlohmann::ordered_json post(const Options& options);
nlohmann::ordered_json get(const Options& options);
nlohmann::ordered_json live(const Options& options);

}  // namespace margelle::load
