#include "server/net/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <optional>

#include "server/log.hpp"
#include "server/net/http_connection.hpp"
#include "server/supervision.hpp"

namespace margelle::net {

using asio::ip::tcp;

namespace {

constexpr auto drain_time = std::chrono::seconds(8);
constexpr auto patrol_every = std::chrono::seconds(5);
constexpr std::size_t connection_limit = 20000;

asio::ssl::context make_tls(const Config& config) {
    asio::ssl::context tls(asio::ssl::context::tls_server);
    tls.set_options(asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
                    SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_cipher_list(tls.native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");        // TLS 1.2: AEAD with forward secrecy; 1.3 has no other
    try {
        tls.use_certificate_chain_file(*config.tls_certificate);
        tls.use_private_key_file(*config.tls_key, asio::ssl::context::pem);
    } catch (const boost::system::system_error& error) {
        throw ConfigError("tls-certificate, tls-key: " + std::string(error.what()));
    }
    return tls;
}

}  // namespace

struct Server::Impl {
    Impl(const Config& config, const App& app, Workers& workers, Workers& password_workers, Writer& writer, KnownPages& known_pages, const StaticFiles& files)
        : hub(context.get_executor(), workers), flusher(context), acceptor(context), signals(context, SIGINT, SIGTERM), deadline(context), patrol(context),
          shared(new Shared{config, app, workers, password_workers, writer, known_pages, files, context, hub, flusher, false, {}, 0}) {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(config.listen_address, error);
        if (error) throw ConfigError("listen: " + config.listen_address + " is not an address");
        const tcp::endpoint endpoint(address, config.listen_port);
        acceptor.open(endpoint.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint, error);
        if (error) throw ConfigError("listen: " + config.listen_address + ":" + std::to_string(config.listen_port) + ": " + error.message());
        acceptor.listen();
        if (config.tls_certificate) tls.emplace(make_tls(config));
    }

    asio::awaitable<void> accept() {
        for (;;) {
            auto accepted = co_await acceptor.async_accept(token);
            if (std::get<0>(accepted) == asio::error::operation_aborted) co_return;
            if (std::get<0>(accepted)) {
                // Out of descriptors: a breath, then on.
                asio::steady_timer pause(context, std::chrono::milliseconds(50));
                auto paused = co_await pause.async_wait(token);
                (void)paused;
                continue;
            }
            tcp::socket socket = std::move(std::get<1>(accepted));
            boost::system::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            if (shared->open.size() >= connection_limit) continue;      // closed by its destructor
            if (tls) asio::co_spawn(context, serve_tls(shared, std::move(socket), *tls), asio::detached);
            else asio::co_spawn(context, serve_plain(shared, std::move(socket)), asio::detached);
        }
    }

    void drain() {
        if (shared->draining) return;
        log(Level::info, "stopping", {{"connections", std::to_string(shared->open.size())}});
        shared->draining = true;
        supervision::stopping();
        boost::system::error_code ignored;
        acceptor.close(ignored);
        signals.cancel();
        patrol.cancel();
        hub.stop();
        for (Closable* connection : std::set(shared->open)) connection->drain();
        deadline.expires_after(drain_time);
        deadline.async_wait([this](boost::system::error_code error) {
            if (error) return;
            for (Closable* connection : std::set(shared->open)) connection->cut();
            context.stop();
        });
        watch();
    }

    // Ends the deadline as soon as the last connection has gone.
    void watch() {
        if (shared->open.empty()) {
            deadline.cancel();
            return;
        }
        auto timer = std::make_shared<asio::steady_timer>(context, std::chrono::milliseconds(20));
        timer->async_wait([this, timer](boost::system::error_code) { watch(); });
    }

    void walk_the_rounds() {
        patrol.expires_after(patrol_every);
        patrol.async_wait([this](boost::system::error_code error) {
            if (error) return;
            const auto now = std::chrono::steady_clock::now();
            for (Closable* connection : shared->open) connection->watch(now);
            supervision::alive();
            walk_the_rounds();
        });
    }

    asio::io_context context{1};
    Hub hub;
    Flusher flusher;
    tcp::acceptor acceptor;
    asio::signal_set signals;
    asio::steady_timer deadline;
    asio::steady_timer patrol;
    std::optional<asio::ssl::context> tls;
    std::shared_ptr<Shared> shared;
};

Server::Server(const Config& config, const App& app, Workers& workers, Workers& password_workers, Writer& writer, KnownPages& known_pages, const StaticFiles& files)
    : impl_(std::make_unique<Impl>(config, app, workers, password_workers, writer, known_pages, files)) {}

Server::~Server() = default;

void Server::run() {
    impl_->signals.async_wait([this](boost::system::error_code error, int) {
        if (!error) impl_->drain();
    });
    asio::co_spawn(impl_->context, impl_->accept(), asio::detached);
    impl_->walk_the_rounds();
    asio::post(impl_->context, supervision::ready);
    impl_->context.run();
}

void Server::stop() {
    asio::post(impl_->context, [this] { impl_->drain(); });
}

void Server::changed(const std::vector<Feed>& feeds) {
    asio::post(impl_->context, [this, feeds] {
        for (const Feed& feed : feeds) impl_->hub.changed(feed);
    });
}

void Server::sessions_ended(const std::vector<std::string>& sessions) {
    asio::post(impl_->context, [this, sessions] { impl_->hub.sessions_ended(sessions); });
}

void Server::heard() {
    asio::post(impl_->context, [this] { impl_->hub.heard(); });
}

void Server::refresh() {
    asio::post(impl_->context, [this] { impl_->hub.refresh(); });
}

unsigned short Server::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace margelle::net
