#pragma once
#include <vector>

#include "protocol/receipt.hpp"
#include "server/config.hpp"

namespace margelle::commands {

// The keys of the files named by signing-key, in their order: the first signs, all verify. Throws ConfigError.
std::vector<SigningKey> load_signing_keys(const Config& config);

}  // namespace margelle::commands
