#include <malloc.h>

#include <csignal>

#include "persistence/migrations.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/master_keys.hpp"
#include "server/commands/signing_keys.hpp"
#include "server/node.hpp"

namespace margelle::commands {
namespace {

// glibc gives every few kilobytes that an answer leaves free back to the system at once, and asks for them again with the next answer: a
// third of the processor time of a page of posts. This much stays at hand instead (mallopt(3)).
void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
}

}  // namespace

int serve(const Config& config) {
    keep_freed_memory();
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
