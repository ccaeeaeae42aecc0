// The WebSocket connection's loop, for a plain or a TLS stream. Included by http_connection.ipp.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include "server/live/commands.hpp"
#include "server/live/frames.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/net/headers.hpp"
#include "server/net/shared.hpp"
#include "server/refusal.hpp"

namespace margelle::net {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t message_limit = 4 * 1024;         // what a client has to say is short
constexpr std::size_t outbox_frames = 512;
constexpr std::size_t outbox_bytes = 1024 * 1024;
constexpr int commands_a_second = 20;

template <class Stream>
class WebSocketConnection : public Closable, public Subscriber, public std::enable_shared_from_this<WebSocketConnection<Stream>> {
public:
    WebSocketConnection(std::shared_ptr<Shared> shared, Stream stream, std::string session, std::string token_hash)
        : shared_(std::move(shared)), stream_(std::move(stream)), session_(std::move(session)), token_hash_(std::move(token_hash)),
          wake_(shared_->context) {
        shared_->open.insert(this);
        shared_->app.metrics().set_streams(++shared_->streams);
    }
    ~WebSocketConnection() override {
        shared_->open.erase(this);
        shared_->app.metrics().set_streams(--shared_->streams);
    }

    const std::string& session() const override { return session_; }

    bool send(Frame frame) override {
        if (closing_) return true;
        const bool full = queue_.size() >= outbox_frames || queued_bytes_ + frame->size() > outbox_bytes;
        if (full && !overflowed_) {
            // Told to catch up, and given room to be told so.
            overflowed_ = true;
            queue_.clear();
            queued_bytes_ = 0;
            return false;
        }
        if (full) {
            cut();
            return true;
        }
        queued_bytes_ += frame->size();
        queue_.push_back(std::move(frame));
        wake_.cancel();
        return true;
    }

    void close(const std::string& reason) override {
        queue_.clear();
        begin_closing(websocket::close_code::policy_error, reason);
    }

    void drain() override { begin_closing(websocket::close_code::going_away, "server stops"); }
    void cut() override {
        closing_ = true;
        beast::get_lowest_layer(stream_).cancel();
        wake_.cancel();
    }

    template <class Message>
    asio::awaitable<void> run(Message request) {
        auto self = this->shared_from_this();
        stream_.read_message_max(message_limit);
        websocket::stream_base::timeout timeouts{std::chrono::seconds(10), std::chrono::seconds(60), true};
        stream_.set_option(timeouts);
        const bool secure = shared_->config.secure();
        stream_.set_option(websocket::stream_base::decorator([secure](websocket::response_type& response) {
            for (const auto& [name, value] : security_headers(secure)) response.set(beast::string_view(name.data(), name.size()), beast::string_view(value.data(), value.size()));
        }));
        beast::get_lowest_layer(stream_).expires_never();
        auto accepted = co_await stream_.async_accept(request, token);
        if (std::get<0>(accepted)) co_return;
        asio::co_spawn(shared_->context, write_loop(self), asio::detached);
        shared_->hub.opened(self);
        for (;;) {
            beast::flat_buffer buffer;
            auto read = co_await stream_.async_read(buffer, token);
            if (std::get<0>(read)) break;
            if (!stream_.got_text() || !may_command()) {
                begin_closing(websocket::close_code::policy_error, "not understood");
                break;
            }
            std::string text = beast::buffers_to_string(buffer.data());
            auto command = read_command(text);
            if (!command) {
                send(frames::error(problem_json(Error(Code::malformed), Language::french, ""), {}));
            } else if (command->subscribe) {
                co_await subscribe(*command);
            } else {
                shared_->hub.unsubscribe(*this, command->feed);
            }
        }
        closing_ = true;
        shared_->hub.forget(*this);
        wake_.cancel();
    }

private:
    // Enters the group as any request does, and hands the feed's head and epoch to the hub.
    asio::awaitable<void> subscribe(Command command) {
        auto found = std::make_shared<SubscriptionAnswer>();
        const std::string hash = token_hash_;
        Workers::Job job = [found, command, hash](persistence::Connection& connection) { *found = authorise(connection, hash, command); };
        auto accepted = co_await on_worker(*shared_, shared_->workers, std::move(job));
        if (!accepted) found->refusal = Error(Code::busy);
        if (found->refusal) {
            send(frames::error(problem_json(*found->refusal, Language::french, ""), command.feed));
            if (is_refusal(found->refusal->code)) note_refusal(command.feed);
            co_return;
        }
        if (!closing_) shared_->hub.subscribe(this->shared_from_this(), command.feed, command.after, found->head, found->epoch);
    }

    void note_refusal(const Feed& feed) {
        Refusal refusal{token_hash_, feed.group, std::nullopt, "openStream", ""};
        if (feed.feed != feed.group) refusal.object = feed.feed;
        shared_->app.services().announcer.refused(refusal);
    }

    // A credit of so many messages, refilled every second.
    bool may_command() {
        const auto now = std::chrono::steady_clock::now();
        if (now - second_ >= std::chrono::seconds(1)) {
            second_ = now;
            commands_ = 0;
        }
        return ++commands_ <= commands_a_second;
    }

    void begin_closing(websocket::close_code code, const std::string& reason) {
        if (closing_) return;
        closing_ = true;
        close_code_ = code;
        close_reason_ = reason;
        shared_->hub.forget(*this);
        wake_.cancel();
    }

    // The only writer: one frame in flight at a time.
    asio::awaitable<void> write_loop(std::shared_ptr<WebSocketConnection> self) {
        (void)self;
        for (;;) {
            if (!queue_.empty()) {
                const Frame frame = queue_.front();
                queue_.pop_front();
                queued_bytes_ -= frame->size();
                auto written = co_await stream_.async_write(asio::buffer(*frame), token);
                if (std::get<0>(written)) co_return;
                continue;
            }
            overflowed_ = false;
            if (closing_) break;
            wake_.expires_after(std::chrono::hours(24));
            auto woken = co_await wake_.async_wait(token);
            (void)woken;
        }
        if (close_code_ == websocket::close_code::none) co_return;
        websocket::close_reason reason(close_code_, close_reason_);
        auto closed = co_await stream_.async_close(reason, token);
        (void)closed;
    }

    std::shared_ptr<Shared> shared_;
    websocket::stream<Stream> stream_;
    std::string session_;
    std::string token_hash_;
    asio::steady_timer wake_;
    std::deque<Frame> queue_;
    std::size_t queued_bytes_ = 0;
    bool overflowed_ = false;
    bool closing_ = false;
    websocket::close_code close_code_ = websocket::close_code::none;
    std::string close_reason_;
    std::chrono::steady_clock::time_point second_{};
    int commands_ = 0;
};

}  // namespace margelle::net
