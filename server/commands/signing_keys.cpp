#include "server/commands/signing_keys.hpp"

#include <sstream>

#include "server/commands/commands.hpp"

namespace margelle::commands {
namespace {

void load_file(const std::string& path, std::vector<SigningKey>& keys) {
    const std::string text = read_secret("signing-key", path);
    const std::size_t before = keys.size();
    constexpr std::string_view end = "-----END PRIVATE KEY-----";
    for (std::size_t at = 0; (at = text.find("-----BEGIN", at)) != std::string::npos;) {
        const std::size_t close = text.find(end, at);
        if (close == std::string::npos) break;
        try {
            keys.push_back(SigningKey::from_pem(text.substr(at, close + end.size() - at) + "\n"));
        } catch (const std::exception& error) {
            throw ConfigError("signing-key: " + path + ": " + error.what());
        }
        at = close;
    }
    if (keys.size() == before) throw ConfigError("signing-key: " + path + " holds no private key (make one with: margelle key new)");
}

}  // namespace

std::vector<SigningKey> load_signing_keys(const Config& config) {
    std::istringstream paths(required(config.signing_key, "signing-key"));
    std::vector<SigningKey> keys;
    for (std::string path; std::getline(paths, path, ',');) load_file(path, keys);
    return keys;
}

}  // namespace margelle::commands
