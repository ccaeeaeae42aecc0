#include <iostream>

#include "persistence/database.hpp"
#include "server/commands/commands.hpp"
#include "server/log.hpp"

namespace {

constexpr const char* usage =
    "margelle serve                               serve until SIGTERM\n"
    "margelle migrate                             bring the database to this version\n"
    "margelle member add EMAIL --name NAME [--admin]   (password on standard input, or a link is printed)\n"
    "margelle member lock|unlock EMAIL            end all sessions and refuse new ones, or allow them again\n"
    "margelle organisation list                   each with its id\n"
    "margelle organisation verify ID [--domain DOMAIN]   it is what it says, and whoever has an address there is of it\n"
    "margelle organisation confirm ID EMAIL       one person is of it\n"
    "margelle key new | key public FILE           the key that signs receipts\n"
    "margelle key master                          a key under which documents are kept\n"
    "margelle key rotate                          wrap every group's key by the first of the master keys\n"
    "margelle verify-receipt FILE --key PUBLIC-KEY.pem   check a receipt offline\n"
    "margelle verify-audit FILE --key PUBLIC-KEY.pem     check an exported audit offline\n"
    "margelle territories load FILE.json          communes, EPCI, départements, régions\n"
    "margelle demo load                           fill an empty database with the demonstration (variable MARGELLE_DEMO_PASSWORD)\n\n"
    "Each takes --config FILE (variable MARGELLE_CONFIG): lines of settings.\n\n";

margelle::Level level_of(const std::string& name) {
    using margelle::Level;
    return name == "debug" ? Level::debug : name == "warning" ? Level::warning : name == "error" ? Level::error : Level::info;
}

int run(const std::vector<std::string>& arguments) {
    using namespace margelle;
    if (arguments.empty() || arguments[0] == "help" || arguments[0] == "--help") {
        std::cout << usage << config_help();
        return arguments.empty() ? 2 : 0;
    }
    const std::string command = arguments[0];
    std::vector<std::string> rest;
    const Config config = read_config({arguments.begin() + 1, arguments.end()}, rest);
    start_log(config.log_json, level_of(config.log_level));
    if (command == "serve" && rest.empty()) return commands::serve(config);
    if (command == "migrate" && rest.empty()) return commands::migrate(config);
    if (command == "member") return commands::member(config, rest);
    if (command == "organisation") return commands::organisation(config, rest);
    if (command == "key") return commands::key(config, rest);
    if (command == "verify-receipt") return commands::verify_receipt(rest);
    if (command == "verify-audit") return commands::verify_audit(rest);
    if (command == "territories") return commands::territories(config, rest);
    if (command == "demo") return commands::demo(config, rest);
    throw ConfigError("unknown command or setting: " + (rest.empty() ? command : rest[0]) + "; see margelle help");
}

}  // namespace

int main(int argc, char** argv) try {
    return run({argv + 1, argv + argc});
} catch (const margelle::ConfigError& error) {
    std::cerr << "margelle: " << error.what() << "\n";
    return 2;
} catch (const std::exception& error) {
    std::cerr << "margelle: " << error.what() << "\n";
    return 1;
}
