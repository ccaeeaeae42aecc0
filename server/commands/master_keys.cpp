#include "server/commands/master_keys.hpp"

#include <algorithm>
#include <sstream>

#include "persistence/group_keys.hpp"
#include "server/commands/commands.hpp"

namespace margelle::commands {
namespace {

const MasterKey* find(const std::vector<MasterKey>& keys, const std::string& id) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const MasterKey& key) { return key.key_id() == id; });
    return found == keys.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(const std::string& id) {
    throw ConfigError("master-key: the database holds documents under the master key " + id + ", which is not among the files given");
}

}  // namespace

std::vector<MasterKey> load_master_keys(const Config& config) {
    std::istringstream paths(config.master_key.value_or(""));
    std::vector<MasterKey> keys;
    for (std::string path; std::getline(paths, path, ',');) {
        const std::string text = read_secret("master-key", path);
        try {
            keys.push_back(MasterKey::from_text(text));
        } catch (const std::exception& error) {
            throw ConfigError("master-key: " + path + " " + error.what() + " (make one with: margelle key master)");
        }
    }
    return keys;
}

void check_master_keys(const Config& config, const std::vector<MasterKey>& keys) {
    persistence::Connection connection(config.database_url, config.prepared_statements);
    persistence::Transaction t(connection, persistence::Access::read);
    for (const std::string& id : persistence::group_keys::masters(t))
        if (!find(keys, id)) refuse(id);
}

int rotate_master_key(const Config& config) {
    const auto keys = load_master_keys(config);
    if (keys.empty()) throw ConfigError("master-key is missing");
    return persistence::group_keys::rewrap(
        required(config.migration_url, "migration-url"), [&](const std::string& group, const persistence::group_keys::Wrapped& old) {
            const MasterKey* const opens = find(keys, old.master);
            if (!opens) refuse(old.master);
            return persistence::group_keys::Wrapped{keys.front().key_id(), keys.front().wrap(group, opens->unwrap(group, old.key))};
        });
}

}  // namespace margelle::commands
