// The HTTP connection's loop, for a plain or a TLS stream. Included by http_plain.cpp and http_tls.cpp.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "protocol/ids.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/origin.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/net/client_address.hpp"
#include "server/net/headers.hpp"
#include "server/net/health.hpp"
#include "server/net/http_connection.hpp"
#include "server/net/websocket_connection.ipp"

namespace margelle::net {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t header_limit = 16 * 1024;
constexpr std::uint64_t body_limit = 512 * 1024;
constexpr auto read_timeout = std::chrono::seconds(30);
constexpr auto write_timeout = std::chrono::seconds(30);

template <class Stream>
class HttpConnection : public Closable {
public:
    HttpConnection(std::shared_ptr<Shared> shared, Stream stream, std::string peer)
        : shared_(std::move(shared)), stream_(std::move(stream)), peer_(std::move(peer)) {
        shared_->open.insert(this);
    }
    ~HttpConnection() override { shared_->open.erase(this); }

    void drain() override {
        if (idle_) cut();
    }
    void cut() override { beast::get_lowest_layer(stream_).cancel(); }

    Stream& stream() { return stream_; }

    // Returns when the connection has ended, or has become a WebSocket that has ended.
    asio::awaitable<void> run() {
        for (;;) {
            parser_.emplace();
            parser_->header_limit(header_limit);
            parser_->body_limit(body_limit);
            parser_->eager(true);
            beast::get_lowest_layer(stream_).expires_after(read_timeout);
            idle_ = true;
            auto read = co_await http::async_read(stream_, buffer_, *parser_, token);
            idle_ = false;
            const beast::error_code error = std::get<0>(read);
            if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::operation_aborted) co_return;
            // While a request is answered nothing is read; the answer has a time of its own.
            beast::get_lowest_layer(stream_).expires_never();
            Response response;
            bool keep = !error && parser_->get().keep_alive() && !shared_->draining;
            head_ = !error && parser_->get().method() == http::verb::head;
            if (error) {
                response = refuse(error);
                if (response.status == 0) co_return;
            } else if (asks_for_websocket()) {
                auto refusal = co_await upgrade();
                if (!refusal) co_return;
                response = std::move(*refusal);
            } else {
                response = co_await answer();
            }
            keep = keep && response.status != 413;
            const std::size_t size = head_ ? 0 : response.body.size();
            const auto share = shared_->unsent.take(size > Unsent::large ? whose() : std::string{}, size);
            if (!share) response = problem(Code::busy);
            auto written = co_await write(response, keep);
            if (!written || !keep) co_return;
        }
    }

private:
    // Who an answer goes to: a session, or whoever is at that address.
    std::string whose() const {
        const auto session = request_.path.starts_with("/api/") ? session_token_hash(request_, shared_->config) : std::nullopt;
        return session ? *session : request_.address;
    }

    // What a message that could not be read deserves; status 0: nothing, the peer is gone.
    Response refuse(const beast::error_code& error) {
        if (error == http::error::body_limit) return problem(Code::too_large);
        if (error == http::error::header_limit) {
            Response response = problem(Code::malformed);
            response.status = 431;
            return response;
        }
        if (error.category() == http::make_error_code(http::error::bad_value).category() && error != http::error::partial_message) return problem(Code::malformed);
        return {0, "", ""};
    }

    Response problem(Code code) const { return shared_->app.answer_exception(std::make_exception_ptr(Error(code)), request_); }

    // Fills request_ from the parsed message. Throws Error.
    void read_request() {
        const auto& message = parser_->get();
        request_ = {};
        request_.id = new_id();
        for (const auto& field : message) {
            std::string name(field.name_string());
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            auto [at, fresh] = request_.inputs.headers.emplace(std::move(name), field.value());
            if (!fresh) at->second.append(at->first == "cookie" ? "; " : ", ").append(field.value());
        }
        // RFC 9112 §3.2: exactly one Host, or what stands before this server may have read another request.
        if (message.count(http::field::host) != 1 && message.version() >= 11) throw Error(Code::malformed, {{"header/Host", "stands not once"}});
        request_.address = client_address(peer_, request_.header("x-forwarded-for"), shared_->config.trusted_proxies);
        switch (message.method()) {
            case http::verb::head:
            case http::verb::get: request_.verb = Verb::get; break;
            case http::verb::post: request_.verb = Verb::post; break;
            case http::verb::put: request_.verb = Verb::put; break;
            case http::verb::patch: request_.verb = Verb::patch; break;
            case http::verb::delete_: request_.verb = Verb::remove; break;
            default: throw Error(Code::wrong_method);
        }
        read_target({message.target().data(), message.target().size()}, request_);
        request_.head = head_;
        request_.body = parser_->get().body();
    }

    asio::awaitable<Response> answer() {
        std::shared_ptr<const App::Prepared> prepared;
        Response response;
        bool done = false;
        try {
            read_request();
            if (request_.path.starts_with("/api/")) {
                prepared = shared_->app.prepare(request_);
            } else if (!is_health_path(request_.path)) {
                if (request_.verb != Verb::get) throw Error(Code::wrong_method);
                response = shared_->files.find(request_.path, request_.header("accept-encoding"), request_.header("if-none-match"));
                done = true;
            }
        } catch (...) {
            response = shared_->app.answer_exception(std::current_exception(), request_);
            done = true;
        }
        if (done) co_return response;
        if (!prepared) {
            auto health = co_await answer_health(*shared_, request_.path);
            co_return health;
        }
        response = co_await answer_prepared(std::move(prepared));
        log(Level::info, "request", {{"request", request_.id}, {"operation", operation_}, {"status", std::to_string(response.status)}});
        co_return response;
    }

    // The log that a long poll waits for.
    static Feed feed_of(const Request& request) {
        const std::string& group = request.inputs.path.find("group")->second;
        const auto circle = request.inputs.query.find("circle");
        return {group, circle == request.inputs.query.end() ? group : circle->second};
    }

    asio::awaitable<Response> answer_prepared(std::shared_ptr<const App::Prepared> prepared) {
        const Route& route = shared_->app.route_of(*prepared);
        operation_ = std::string(route.operation);
        const auto wait = request_.inputs.query.find("wait");
        const int seconds = route.run == Run::wait && wait != request_.inputs.query.end() ? std::atoi(wait->second.c_str()) : 0;
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        for (;;) {
            // Waiting begins before reading, so that nothing falls between the two.
            std::shared_ptr<Hub::Waiter> waiter;
            if (seconds > 0) waiter = shared_->hub.wait_for(feed_of(shared_->app.request_of(*prepared)));
            auto response = co_await net::run(*shared_, prepared);
            if (!response.wait_for_more || !waiter || std::chrono::steady_clock::now() >= until || shared_->draining) co_return response;
            if (!waiter->woken) {
                waiter->timer.expires_at(until);
                auto woken = co_await waiter->timer.async_wait(token);
                (void)woken;
            }
        }
    }

    bool asks_for_websocket() const {
        const auto& message = parser_->get();
        return message.target() == "/api/v1/stream" && message.method() == http::verb::get && http::token_list{message[http::field::upgrade]}.exists("websocket") &&
               http::token_list{message[http::field::connection]}.exists("upgrade");
    }

    // Becomes a WebSocket, which lives on by itself; or says why not.
    asio::awaitable<std::optional<Response>> upgrade() {
        std::optional<Response> refusal;
        std::optional<std::string> accept;
        try {
            read_request();
            if (!has_own_origin(request_, shared_->config)) throw Error(Code::foreign_origin);
            if (request_.header("sec-websocket-version") != "13") throw Error(Code::upgrade_required);
            accept = websocket::accept_key(request_.header("sec-websocket-key"));
            if (!accept) throw Error(Code::malformed, {{"header/Sec-WebSocket-Key", "is not 16 bytes in Base64"}});
        } catch (...) {
            refusal = shared_->app.answer_exception(std::current_exception(), request_);
        }
        if (refusal) {
            if (refusal->status == 426) refusal->headers.emplace_back("Sec-WebSocket-Version", "13");      // RFC 6455 §4.4
            co_return refusal;
        }
        const auto token_hash = session_token_hash(request_, shared_->config);
        auto session = std::make_shared<std::string>();
        Workers::Job job = [token_hash, session](persistence::Connection& connection) {
            try {
                persistence::Transaction t(connection, persistence::Access::read);
                const auto& entered = t.enter(token_hash, std::nullopt);
                if (entered.member) *session = entered.session;
            } catch (const std::exception& error) {
                log(Level::warning, "a stream could not be opened", {{"error", error.what()}});
            }
        };
        std::string nobody;
        auto accepted = co_await on_worker(*shared_, shared_->workers, std::move(nobody), std::move(job));
        if (!accepted) {
            refusal = problem(Code::busy);
            co_return refusal;
        }
        if (session->empty()) {
            refusal = problem(Code::unauthenticated);
            co_return refusal;
        }
        auto opened = co_await write_handshake(*accept);
        if (!opened) co_return std::nullopt;
        // The stream changes hands, and with it who is asked to close it.
        shared_->open.erase(this);
        const auto rest = buffer_.data();
        auto stream = std::make_shared<WebSocketConnection<Stream>>(shared_, std::move(stream_), *session, *token_hash,
                                                                    std::string_view(static_cast<const char*>(rest.data()), rest.size()));
        asio::co_spawn(shared_->context, stream->run(stream), asio::detached);
        co_return std::nullopt;
    }

    asio::awaitable<bool> write_handshake(std::string accept) {
        http::response<http::empty_body> message(http::status::switching_protocols, 11);
        set_security_headers(message);
        message.set(http::field::upgrade, "websocket");
        message.set(http::field::connection, "Upgrade");
        message.set(http::field::sec_websocket_accept, accept);
        beast::get_lowest_layer(stream_).expires_after(write_timeout);
        auto written = co_await http::async_write(stream_, message, token);
        co_return !std::get<0>(written);
    }

    template <class Message>
    void set_security_headers(Message& message) const {
        for (const auto& [name, value] : security_headers(shared_->config.secure())) message.set(beast::string_view(name.data(), name.size()), beast::string_view(value.data(), value.size()));
    }

    asio::awaitable<bool> write(Response& response, bool keep) {
        http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
        message.keep_alive(keep);
        set_security_headers(message);
        message.set("X-Request-Id", request_.id);
        if (!response.content_type.empty()) message.set(http::field::content_type, response.content_type);
        bool cached = false;
        for (const auto& [name, value] : response.headers) {
            message.insert(name, value);
            cached = cached || name == "Cache-Control";
        }
        if (!cached) message.set(http::field::cache_control, "private, no-cache, no-store");
        const std::size_t size = response.body.size();
        if (!head_) message.body() = std::move(response.body);
        message.prepare_payload();
        if (head_) message.content_length(size);
        if (response.status == 204 || response.status == 304) message.erase(http::field::content_length);
        beast::get_lowest_layer(stream_).expires_after(write_timeout);
        auto written = co_await http::async_write(stream_, message, token);
        co_return !std::get<0>(written);
    }

    std::shared_ptr<Shared> shared_;
    Stream stream_;
    std::string peer_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    Request request_;
    std::string operation_;
    bool idle_ = true;
    bool head_ = false;
};

}  // namespace margelle::net
