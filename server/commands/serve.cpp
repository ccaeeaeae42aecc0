#include <csignal>

#include "persistence/migrations.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/master_keys.hpp"
#include "server/commands/signing_keys.hpp"
#include "server/node.hpp"

namespace margelle::commands {

int serve(const Config& config) {
    database_of(config);
    auto mailer = make_mailer(config);
    auto keys = load_signing_keys(config);
    if (config.migration_url) persistence::migrate(*config.migration_url);
    persistence::verify_schema(config.database_url);
    auto master_keys = load_master_keys(config);
    check_master_keys(config, master_keys);
    std::signal(SIGPIPE, SIG_IGN);
    Node node(config, std::move(mailer), std::move(keys), std::move(master_keys));
    node.run();
    return 0;
}

}  // namespace margelle::commands
