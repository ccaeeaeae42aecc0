// The small commands: migrate, key, verify-receipt, verify-audit, territories.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "persistence/migrations.hpp"
#include "persistence/reference.hpp"
#include "protocol/audit.hpp"
#include "protocol/receipt.hpp"
#include "protocol/sealing.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/master_keys.hpp"

namespace margelle::commands {

const std::string& database_of(const Config& config) {
    // libpq would find one by itself, and perhaps another.
    if (config.database_url.empty()) throw ConfigError("database-url: say which PostgreSQL to use (variable DATABASE_URL)");
    return config.database_url;
}

const std::string& required(const std::optional<std::string>& value, const char* setting) {
    if (!value) throw ConfigError(std::string(setting) + " is missing");
    return *value;
}

std::string read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw ConfigError("cannot read " + path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string read_secret(const char* setting, const std::string& path) {
    const std::string text = read_file(path);
    std::error_code ignored;
    const auto rights = std::filesystem::status(path, ignored).permissions();
    if ((rights & std::filesystem::perms::others_all) != std::filesystem::perms::none)
        throw ConfigError(std::string(setting) + ": " + path + " can be read by everybody; chmod 600 it");
    return text;
}

int migrate(const Config& config) {
    const int applied = persistence::migrate(required(config.migration_url, "migration-url"));
    std::cout << applied << " migrations applied\n";
    return 0;
}

int key(const Config& config, const std::vector<std::string>& arguments) {
    if (arguments == std::vector<std::string>{"new"}) {
        std::cout << SigningKey::generate().private_pem();
        return 0;
    }
    if (arguments.size() == 2 && arguments[0] == "public") {
        std::cout << SigningKey::from_pem(read_file(arguments[1])).public_pem();
        return 0;
    }
    if (arguments == std::vector<std::string>{"master"}) {
        std::cout << MasterKey::generate().text() << "\n";
        return 0;
    }
    if (arguments == std::vector<std::string>{"rotate"}) {
        std::cout << rotate_master_key(config) << " groups' keys wrapped anew\n";
        return 0;
    }
    throw ConfigError("usage: margelle key new | key public FILE | key master | key rotate");
}

int verify_receipt(const std::vector<std::string>& arguments) {
    if (arguments.size() != 3 || arguments[1] != "--key") throw ConfigError("usage: margelle verify-receipt FILE --key PUBLIC-KEY.pem");
    const auto receipt = nlohmann::json::parse(read_file(arguments[0]), nullptr, false);
    const bool valid = !receipt.is_discarded() && margelle::verify_receipt(receipt, read_file(arguments[2]));
    if (!valid) {
        std::cout << "not valid\n";
        return 1;
    }
    const auto text = [](const nlohmann::json& object, const char* member) { return object.at(member).get<std::string>(); };
    const auto& nda = receipt.at("nda");
    std::cout << "valid: " << text(receipt, "full_name");
    if (receipt.at("kind") == "margelle-nda-confirmation")
        std::cout << " confirmed for " << text(receipt.at("organisation"), "name") << " that " << text(receipt.at("acceptance"), "full_name");
    std::cout << " accepted version " << nda.at("version") << " (SHA-256 " << text(nda, "sha256") << ") at "
              << text(receipt.contains("acceptance") ? receipt.at("acceptance") : receipt, "accepted_at") << "\n";
    return 0;
}

int verify_audit(const std::vector<std::string>& arguments) {
    if (arguments.size() != 3 || arguments[1] != "--key") throw ConfigError("usage: margelle verify-audit FILE --key PUBLIC-KEY.pem");
    const ChainVerdict verdict = margelle::verify_audit(read_file(arguments[0]), {read_file(arguments[2])});
    std::cout << (verdict.fault ? "not valid: " + *verdict.fault : "valid: " + std::to_string(verdict.entries) + " entries, none changed, missing or moved") << "\n";
    return verdict.fault ? 1 : 0;
}

int territories(const Config& config, const std::vector<std::string>& arguments) {
    if (arguments.size() != 2 || arguments[0] != "load") throw ConfigError("usage: margelle territories load FILE.json");
    const int count = persistence::reference::load_territories(required(config.migration_url, "migration-url"), read_file(arguments[1]));
    std::cout << count << " territories\n";
    return 0;
}

}  // namespace margelle::commands
