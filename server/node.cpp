#include "server/node.hpp"

#include "server/app.hpp"
#include "server/known_pages.hpp"
#include "server/live/nodes.hpp"
#include "server/log.hpp"
#include "server/mail/postman.hpp"
#include "server/metrics.hpp"
#include "server/net/server.hpp"
#include "server/net/static_files.hpp"
#include "server/pulse.hpp"
#include "server/refusal.hpp"
#include "server/workers.hpp"
#include "server/writer.hpp"

namespace margelle {
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
    // A full queue loses it: recording refusals must not be what keeps members waiting.
    void refused(const Refusal& refusal) override {
        workers->submit([refusal](persistence::Connection& connection) { record(refusal, connection); });
    }

    Workers* workers = nullptr;
    net::Server* server = nullptr;
    Nodes* nodes = nullptr;
    Postman* postman = nullptr;
};

}  // namespace

// In the order of building; taken down the other way round, after run() has stopped the threads.
struct Node::Impl {
    Impl(const Config& config_, std::unique_ptr<Mailer> mailer, std::vector<SigningKey> keys_, std::vector<MasterKey> master_keys_,
        Passwords passwords_)
        : config(config_),
          keys(std::move(keys_)),
          master_keys(std::move(master_keys_)),
          passwords(std::move(passwords_)),
          files(config.web_root),
          app({config, passwords, keys, master_keys, wire}, metrics),
          workers(static_cast<std::size_t>(config.workers), queue_limit, config.database_url, config.prepared_statements),
          password_workers(password_threads, password_queue_limit, config.database_url, config.prepared_statements),
          writer(app, workers, config.database_url, config.prepared_statements),
          known_pages(app, workers, config.database_url, config.prepared_statements),
          server(config, app, workers, password_workers, writer, known_pages, files),
          nodes(config.database_url, {[this](Feed feed) { server.changed({std::move(feed)}); },
                                         [this](std::vector<std::string> sessions) { server.sessions_ended(sessions); },
                                         [this] { server.refresh(); }, [this] { server.heard(); }}),
          postman(config, std::move(mailer)),
          pulse(config) {
        wire.workers = &workers;
        wire.server = &server;
        wire.nodes = &nodes;
        wire.postman = &postman;
        if (files.size() == 0) log(Level::warning, "no browser client", {{"web-root", config.web_root}});
    }

    void join() {
        password_workers.stop();
        writer.stop();
        known_pages.stop();
        workers.stop();
        postman.stop();
        pulse.stop();
        nodes.stop();
    }

    const Config config;
    const std::vector<SigningKey> keys;
    const std::vector<MasterKey> master_keys;
    const Passwords passwords;
    const StaticFiles files;
    Metrics metrics;
    Wire wire;
    const App app;
    Workers workers;
    Workers password_workers;
    Writer writer;
    KnownPages known_pages;
    net::Server server;
    Nodes nodes;
    Postman postman;
    Pulse pulse;
};

Node::Node(const Config& config, std::unique_ptr<Mailer> mailer, std::vector<SigningKey> keys, std::vector<MasterKey> master_keys,
    Passwords passwords)
    : impl_(std::make_unique<Impl>(config, std::move(mailer), std::move(keys), std::move(master_keys), std::move(passwords))) {}

Node::~Node() { impl_->join(); }

void Node::run() {
    log(Level::info, "serving", {{"listen", impl_->config.listen_address + ":" + std::to_string(port())}, {"url", impl_->config.public_url}});
    impl_->server.run();
    impl_->join();
    log(Level::info, "stopped");
}

void Node::stop() { impl_->server.stop(); }

unsigned short Node::port() const { return impl_->server.port(); }

}  // namespace margelle
