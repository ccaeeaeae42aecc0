#include <iostream>

#include "persistence/organisations.hpp"
#include "server/commands/commands.hpp"

namespace margelle::commands {

namespace db = persistence::organisations;

int organisation(const Config& config, const std::vector<std::string>& arguments) {
    const std::string& owner = required(config.migration_url, "migration-url");
    const std::string verb = arguments.empty() ? "" : arguments[0];
    if (verb == "list" && arguments.size() == 1) {
        for (const std::string& line : db::lines(owner)) std::cout << line << "\n";
    } else if (verb == "verify" && (arguments.size() == 2 || (arguments.size() == 4 && arguments[2] == "--domain"))) {
        if (!db::verify(owner, arguments[1], arguments.size() == 4 ? std::optional(arguments[3]) : std::nullopt))
            throw ConfigError(arguments[1] + " is no organisation; see margelle organisation list");
        std::cout << "verified " << arguments[1] << "\n";
    } else if (verb == "confirm" && arguments.size() == 3) {
        if (!db::confirm(owner, arguments[1], arguments[2])) throw ConfigError(arguments[2] + " does not say that they belong to " + arguments[1]);
        std::cout << "confirmed " << arguments[2] << "\n";
    } else {
        throw ConfigError("usage: margelle organisation list | margelle organisation verify ID [--domain DOMAIN] | margelle organisation confirm ID EMAIL");
    }
    return 0;
}

}  // namespace margelle::commands
