#pragma once
// The subcommands of the executable, each with its remaining arguments; they answer the exit code.
#include <string>
#include <vector>

#include "server/config.hpp"

namespace margelle::commands {

int serve(const Config& config);
int migrate(const Config& config);
int member(const Config& config, const std::vector<std::string>& arguments);       // add, lock, unlock
int organisation(const Config& config, const std::vector<std::string>& arguments); // list, verify, confirm
int key(const Config& config, const std::vector<std::string>& arguments);          // new, public, master, rotate
int verify_receipt(const std::vector<std::string>& arguments);
int verify_audit(const std::vector<std::string>& arguments);
int demo(const Config& config, const std::vector<std::string>& arguments);         // load
int territories(const Config& config, const std::vector<std::string>& arguments);  // load

// Throw ConfigError when the setting is missing or its file does not serve.
const std::string& database_of(const Config& config);
const std::string& required(const std::optional<std::string>& value, const char* setting);
std::string read_file(const std::string& path);
// The same for what a setting names and nobody else may read.
std::string read_secret(const char* setting, const std::string& path);

}  // namespace margelle::commands
