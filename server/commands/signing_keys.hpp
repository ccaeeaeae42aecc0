#pragma once
#include <vector>

#include "protocol/receipt.hpp"
#include "server/config.hpp"

namespace margelle::commands {

// The keys of the file named by signing-key, in its order: the first signs. Throws ConfigError.
std::vector<SigningKey> load_signing_keys(const Config& config);

}  // namespace margelle::commands
