#include <csignal>
#include <iostream>

#include "persistence/migrations.hpp"
#include "server/app.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/signing_keys.hpp"
#include "server/identity/passwords.hpp"
#include "server/live/nodes.hpp"
#include "server/log.hpp"
#include "server/mail/postman.hpp"
#include "server/metrics.hpp"
#include "server/net/server.hpp"
#include "server/net/static_files.hpp"
#include "server/workers.hpp"

namespace margelle::commands {
namespace {

constexpr std::size_t queue_limit = 2048;
constexpr std::size_t password_threads = 2;
constexpr std::size_t password_queue_limit = 128;

// Takes what a request changed to whoever passes it on.
class Wire : public Announcer {
public:
    void changed(const std::vector<Feed>& feeds) override {
        server->changed(feeds);
        nodes->tell_changed(feeds);
    }
    void ended(const std::vector<std::string>& sessions) override {
        server->sessions_ended(sessions);
        nodes->tell_ended(sessions);
    }
    void mail_queued() override { postman->wake(); }

    net::Server* server = nullptr;
    Nodes* nodes = nullptr;
    Postman* postman = nullptr;
};

}  // namespace

int serve(const Config& config) {
    if (config.database_url.empty()) throw ConfigError("database-url: say which PostgreSQL to use (variable DATABASE_URL)");
    auto mailer = make_mailer(config);
    const auto keys = load_signing_keys(config);
    if (config.migration_url) persistence::migrate(*config.migration_url);
    persistence::verify_schema(config.database_url);
    std::signal(SIGPIPE, SIG_IGN);

    const Passwords passwords;
    const StaticFiles files(config.web_root);
    if (files.size() == 0) log(Level::warning, "no browser client", {{"web-root", config.web_root}});
    Metrics metrics;
    Wire wire;
    const App app({config, passwords, keys, wire}, metrics);
    Workers workers(static_cast<std::size_t>(config.workers), queue_limit, config.database_url, config.prepared_statements);
    Workers password_workers(password_threads, password_queue_limit, config.database_url, config.prepared_statements);
    net::Server server(config, app, workers, password_workers, files);
    Nodes nodes(config.database_url, {[&](Feed feed) { server.changed({std::move(feed)}); },
                                      [&](std::vector<std::string> sessions) { server.sessions_ended(sessions); },
                                      [&] { server.refresh(); }});
    Postman postman(config, std::move(mailer));
    wire.server = &server;
    wire.nodes = &nodes;
    wire.postman = &postman;

    log(Level::info, "serving", {{"listen", config.listen_address + ":" + std::to_string(server.port())}, {"url", config.public_url}});
    server.run();
    password_workers.stop();
    workers.stop();
    postman.stop();
    nodes.stop();
    log(Level::info, "stopped");
    return 0;
}

}  // namespace margelle::commands
