// The HTTP connection's loop, for a plain or a TLS stream. Included by http_plain.cpp and http_tls.cpp.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "protocol/ids.hpp"
#include "protocol/sealing.hpp"
#include "server/identity/access_key.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/origin.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/net/client_address.hpp"
#include "server/net/headers.hpp"
#include "server/net/health.hpp"
#include "server/net/http_connection.hpp"
#include "server/net/websocket_connection.ipp"
#include "server/streams.hpp"

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
            header_.emplace();
            header_->header_limit(header_limit);
            header_->body_limit(boost::none);       // each kind of body has a limit of its own
            parser_.reset();
            beast::get_lowest_layer(stream_).expires_after(read_timeout);
            idle_ = true;
            auto read = co_await http::async_read_header(stream_, buffer_, *header_, token);
            idle_ = false;
            beast::error_code error = std::get<0>(read);
            if (!error && brings_part()) {
                auto kept = co_await answer_part();
                if (!kept) co_return;
                continue;
            }
            if (!error) {
                auto whole = co_await read_body();
                error = whole;
            }
            if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::operation_aborted) co_return;
            // While a request is answered nothing is read; the answer has a time of its own.
            beast::get_lowest_layer(stream_).expires_never();
            Response response;
            bool keep = !error && message().keep_alive() && !shared_->draining;
            head_ = !error && message().method() == http::verb::head;
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

    using Header = http::request_header<http::fields>;
    const http::request<http::string_body>& message() const { return parser_->get(); }

    // Goes on behind the header, within the same time.
    asio::awaitable<beast::error_code> read_body() {
        const auto length = header_->content_length();
        parser_.emplace(std::move(*header_));
        parser_->body_limit(body_limit);
        parser_->eager(true);
        if (length && *length > body_limit) co_return http::error::body_limit;
        auto read = co_await http::async_read(stream_, buffer_, *parser_, token);
        co_return std::get<0>(read);
    }

    // A part of an upload (tus 1.0.0): its body goes on to whoever takes it.
    bool brings_part() const {
        return header_->get().method() == http::verb::patch && header_->get()[http::field::content_type] == "application/offset+octet-stream";
    }

    // Says whether the connection goes on.
    asio::awaitable<bool> answer_part() {
        const bool keeps = header_->get().keep_alive() && !shared_->draining;
        head_ = false;
        Response response;
        std::shared_ptr<const App::Prepared> prepared;
        try {
            read_request(header_->get());
            prepared = shared_->app.prepare(request_);
        } catch (...) {
            response = shared_->app.answer_exception(std::current_exception(), request_);
        }
        bool taken = false;
        if (prepared) {
            operation_ = std::string(shared_->app.route_of(*prepared).operation);
            response = co_await net::run(*shared_, prepared);
            if (response.intake) {
                const std::shared_ptr<Intake> intake = response.intake;
                auto answered = co_await take_body(intake);
                if (!answered) co_return false;
                response = std::move(*answered);
                taken = body_read_;
            }
            log(Level::info, "request", {{"request", request_.id}, {"operation", operation_}, {"status", std::to_string(response.status)}});
        }
        const bool keep = keeps && taken;       // what was not read would be taken for the next request
        auto written = co_await write(response, keep);
        co_return written && keep;
    }

    // Hands the body on, piece by piece; nothing when the connection broke off meanwhile.
    asio::awaitable<std::optional<Response>> take_body(std::shared_ptr<Intake> intake) {
        http::request_parser<http::buffer_body> body(std::move(*header_));
        std::string piece(chunk_size, '\0');
        bool broken = false;
        body_read_ = body.is_done();
        while (!body_read_ && !broken) {
            body.get().body().data = piece.data();
            body.get().body().size = piece.size();
            beast::get_lowest_layer(stream_).expires_after(read_timeout);
            auto read = co_await http::async_read(stream_, buffer_, body, token);
            const beast::error_code error = std::get<0>(read);
            beast::get_lowest_layer(stream_).expires_never();
            body_read_ = body.is_done();
            broken = error && error != http::error::need_buffer;
            const std::string_view filled(piece.data(), piece.size() - body.get().body().size);
            auto refusal = co_await hand_over(intake, filled);
            if (refusal) co_return refusal;
        }
        auto ended = co_await end_body(intake, !broken);
        if (broken) co_return std::nullopt;
        co_return ended;
    }

    // The answer, where there is one already: the piece was refused.
    asio::awaitable<std::optional<Response>> hand_over(std::shared_ptr<Intake> intake, std::string_view piece) {
        auto answer = std::make_shared<std::optional<Response>>();
        Workers::Job job = [this, intake, piece, answer](persistence::Connection& connection) {
            try {
                intake->take(connection, piece);
            } catch (...) {
                *answer = shared_->app.answer_exception(std::current_exception(), request_);
            }
        };
        std::string group = request_.group();
        auto accepted = co_await on_worker(*shared_, shared_->workers, std::move(group), std::move(job));
        if (!accepted) *answer = problem(Code::busy);
        co_return std::move(*answer);
    }

    asio::awaitable<Response> end_body(std::shared_ptr<Intake> intake, bool whole) {
        auto answer = std::make_shared<Response>();
        Workers::Job job = [this, intake, whole, answer](persistence::Connection& connection) {
            try {
                *answer = intake->end(connection, whole);
            } catch (...) {
                *answer = shared_->app.answer_exception(std::current_exception(), request_);
            }
        };
        std::string group = request_.group();
        auto accepted = co_await on_worker(*shared_, shared_->workers, std::move(group), std::move(job));
        if (!accepted) *answer = problem(Code::busy);
        co_return std::move(*answer);
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
    void read_request(const Header& message) {
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
        request_.head = message.method() == http::verb::head;
        switch (message.method()) {
            case http::verb::options: request_.verb = Verb::options; break;
            case http::verb::head:
            case http::verb::get: request_.verb = Verb::get; break;
            case http::verb::post: request_.verb = Verb::post; break;
            case http::verb::put: request_.verb = Verb::put; break;
            case http::verb::patch: request_.verb = Verb::patch; break;
            case http::verb::delete_: request_.verb = Verb::remove; break;
            default: throw Error(Code::wrong_method);
        }
        read_target({message.target().data(), message.target().size()}, request_);
    }

    void read_whole_request() {
        read_request(message());
        request_.body = message().body();
    }

    asio::awaitable<Response> answer() {
        std::shared_ptr<const App::Prepared> prepared;
        Response response;
        bool done = false;
        try {
            read_whole_request();
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
        const auto& message = this->message();
        return message.target() == "/api/v1/stream" && message.method() == http::verb::get && http::token_list{message[http::field::upgrade]}.exists("websocket") &&
               http::token_list{message[http::field::connection]}.exists("upgrade");
    }

    // Becomes a WebSocket, which lives on by itself; or says why not.
    asio::awaitable<std::optional<Response>> upgrade() {
        std::optional<Response> refusal;
        std::optional<std::string> accept;
        try {
            read_whole_request();
            if (bearer_of(request_)) throw Error(Code::out_of_scope);       // bots read the log by long poll
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

    template <class Message>
    void set_headers(Message& message, const Response& response, bool keep) const {
        message.keep_alive(keep);
        set_security_headers(message);
        message.set("X-Request-Id", request_.id);
        if (!response.content_type.empty()) message.set(http::field::content_type, response.content_type);
        bool cached = false;
        for (const auto& [name, value] : response.headers) {
            if (name == "Set-Cookie") message.insert(name, value);
            else message.set(name, value);
            cached = cached || name == "Cache-Control";
        }
        if (!cached) message.set(http::field::cache_control, "private, no-cache, no-store");
    }

    asio::awaitable<bool> write(Response& response, bool keep) {
        if (response.source) {
            auto streamed = co_await write_stream(response, keep);
            co_return streamed;
        }
        http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
        set_headers(message, response, keep);
        const std::size_t size = response.body.size();
        if (!head_) message.body() = std::move(response.body);
        message.prepare_payload();
        if (head_) message.content_length(size);
        if (response.status == 204 || response.status == 304) message.erase(http::field::content_length);
        beast::get_lowest_layer(stream_).expires_after(write_timeout);
        auto written = co_await http::async_write(stream_, message, token);
        co_return !std::get<0>(written);
    }

    // A body piece by piece. A status is out already when one cannot be had: then the connection ends.
    asio::awaitable<bool> write_stream(Response& response, bool keep) {
        const std::shared_ptr<Source> source = response.source;
        http::response<http::buffer_body> message(static_cast<http::status>(response.status), 11);
        set_headers(message, response, keep);
        message.content_length(static_cast<std::uint64_t>(source->size()));
        message.body().data = nullptr;
        message.body().more = true;
        http::response_serializer<http::buffer_body> serializer(message);
        beast::get_lowest_layer(stream_).expires_after(write_timeout);
        auto begun = co_await http::async_write_header(stream_, serializer, token);
        if (std::get<0>(begun)) co_return false;
        if (head_) co_return true;
        auto piece = std::make_shared<std::string>();
        do {
            beast::get_lowest_layer(stream_).expires_never();
            auto had = co_await fill(source, piece);
            if (!had) co_return false;
            message.body().data = piece->empty() ? nullptr : piece->data();
            message.body().size = piece->size();
            message.body().more = !piece->empty();
            beast::get_lowest_layer(stream_).expires_after(write_timeout);
            auto written = co_await http::async_write(stream_, serializer, token);
            const beast::error_code error = std::get<0>(written);
            if (error && error != http::error::need_buffer) co_return false;
        } while (!piece->empty());
        co_return true;
    }

    asio::awaitable<bool> fill(std::shared_ptr<Source> source, std::shared_ptr<std::string> piece) {
        auto had = std::make_shared<bool>(false);
        Workers::Job job = [this, source, piece, had](persistence::Connection& connection) {
            try {
                *piece = source->next(connection);
                *had = true;
            } catch (...) {
                shared_->app.answer_exception(std::current_exception(), request_);      // which logs it
            }
        };
        std::string group = request_.group();
        auto accepted = co_await on_worker(*shared_, shared_->workers, std::move(group), std::move(job));
        co_return accepted && *had;
    }

    std::shared_ptr<Shared> shared_;
    Stream stream_;
    std::string peer_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::empty_body>> header_;
    std::optional<http::request_parser<http::string_body>> parser_;
    Request request_;
    std::string operation_;
    bool idle_ = true;
    bool body_read_ = false;
    bool head_ = false;
};

}  // namespace margelle::net
