#pragma once
#include <vector>

#include "protocol/sealing.hpp"
#include "server/config.hpp"

namespace margelle::commands {

// The keys of the files named by master-key, in their order; none where it names none. Throws ConfigError.
std::vector<MasterKey> load_master_keys(const Config& config);

// Throws ConfigError where the database holds groups' keys that none of these opens.
void check_master_keys(const Config& config, const std::vector<MasterKey>& keys);

// Wraps the key of every group by the first of the master keys, without touching what they keep. How many. Throws ConfigError.
int rotate_master_key(const Config& config);

}  // namespace margelle::commands
