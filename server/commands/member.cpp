#include <unistd.h>

#include <iostream>

#include "persistence/accounts.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "server/commands/commands.hpp"
#include "server/identity/passwords.hpp"

namespace margelle::commands {
namespace {

int add(const Config& config, const std::string& email, const std::string& name, bool administrator) {
    const std::string owner = administrator ? required(config.migration_url, "migration-url") : "";     // asked for before there is an account
    persistence::Connection connection(database_of(config));
    persistence::Transaction t(connection, persistence::Access::write);
    t.enter(std::nullopt, std::nullopt);
    const std::string member = new_id();
    std::string password;
    if (!isatty(STDIN_FILENO)) std::getline(std::cin, password);
    std::optional<std::string> hash;
    if (!password.empty()) {
        if (password.size() < 8 || Passwords::is_common(password)) throw ConfigError("the password is too short or too common");
        hash = Passwords().hash(password);
    }
    try {
        persistence::accounts::create(t, member, email, name, "fr", std::nullopt, hash);
    } catch (const persistence::SqlFailure& failure) {
        if (failure.state != "23505") throw;
        if (!administrator) throw ConfigError(email + " has an account already");
        persistence::accounts::make_administrator(owner, email);
        std::cout << email << " has an account already, and is an administrator now\n";
        return 0;
    }
    std::string link;
    if (!hash) {
        const std::string token = new_token();
        persistence::sessions::issue_mail_token(t, sha256(token), "set_password", member, "7 days");
        link = config.public_url + "/mot-de-passe#token=" + token;
    }
    t.commit();
    if (administrator) persistence::accounts::make_administrator(owner, email);
    std::cout << member << "\n";
    if (!link.empty()) std::cout << "Set the password here, within 7 days: " << link << "\n";
    return 0;
}

}  // namespace

int member(const Config& config, const std::vector<std::string>& arguments) {
    constexpr const char* usage = "usage: margelle member add EMAIL --name NAME [--admin] | margelle member lock EMAIL | margelle member unlock EMAIL";
    if (arguments.size() < 2) throw ConfigError(usage);
    const std::string& verb = arguments[0];
    const std::string& email = arguments[1];
    if (verb == "lock" || verb == "unlock") {
        if (!persistence::accounts::set_locked(required(config.migration_url, "migration-url"), email, verb == "lock")) throw ConfigError(email + " has no account");
        std::cout << verb << "ed " << email << "\n";
        return 0;
    }
    std::string name;
    bool administrator = false;
    for (std::size_t i = 2; i < arguments.size(); ++i) {
        if (arguments[i] == "--admin") administrator = true;
        else if (arguments[i] == "--name" && i + 1 < arguments.size()) name = arguments[++i];
        else throw ConfigError(usage);
    }
    if (verb != "add" || name.empty() || email.find('@') == std::string::npos) throw ConfigError(usage);
    return add(config, email, name, administrator);
}

}  // namespace margelle::commands
