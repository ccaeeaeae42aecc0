#include "server/commands/signing_keys.hpp"

#include <filesystem>

#include "server/commands/commands.hpp"

namespace margelle::commands {

std::vector<SigningKey> load_signing_keys(const Config& config) {
    const std::string& path = required(config.signing_key, "signing-key");
    const std::string text = read_file(path);
    std::error_code ignored;
    const auto rights = std::filesystem::status(path, ignored).permissions();
    if ((rights & (std::filesystem::perms::others_all)) != std::filesystem::perms::none)
        throw ConfigError("signing-key: " + path + " can be read by everybody; chmod 600 it");
    std::vector<SigningKey> keys;
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
    if (keys.empty()) throw ConfigError("signing-key: " + path + " holds no private key (make one with: margelle key new)");
    return keys;
}

}  // namespace margelle::commands
