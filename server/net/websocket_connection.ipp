// The WebSocket connection's loop, for a plain or a TLS stream. Included by http_connection.ipp.
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <span>
#include <vector>

#include "server/live/commands.hpp"
#include "server/live/frames.hpp"
#include "server/live/websocket.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/net/flusher.hpp"
#include "server/net/shared.hpp"
#include "server/refusal.hpp"

namespace margelle::net {

namespace beast = boost::beast;

constexpr std::size_t message_limit = 4 * 1024;         // what a client has to say is short
constexpr std::size_t outbox_frames = 512;
constexpr std::size_t outbox_bytes = 1024 * 1024;
constexpr std::size_t frames_a_write = 64;              // as many buffers as Asio hands to the kernel at once
constexpr std::size_t bytes_a_tls_write = 64 * 1024;
constexpr int messages_a_second = 20;
constexpr int most_subscriptions = 200, subscriptions_a_second = 2;
constexpr auto pinged_after = std::chrono::seconds(30);
constexpr auto lost_after = std::chrono::seconds(60);
constexpr auto closed_after = std::chrono::seconds(10);

template <class Stream>
class WebSocketConnection : public Closable, public Subscriber, public Flusher::Source, public std::enable_shared_from_this<WebSocketConnection<Stream>> {
public:
    // `read` is what came behind the handshake.
    WebSocketConnection(std::shared_ptr<Shared> shared, Stream stream, std::string session, std::string token_hash, std::string_view read)
        : shared_(std::move(shared)), stream_(std::move(stream)), session_(std::move(session)), token_hash_(std::move(token_hash)), reader_(message_limit) {
        reader_.add(read);
        shared_->open.insert(this);
        shared_->app.metrics().set_streams(++shared_->streams);
    }
    ~WebSocketConnection() override {
        shared_->open.erase(this);
        shared_->app.metrics().set_streams(--shared_->streams);
    }

    const std::string& session() const override { return session_; }

    bool offer(Frame frame) override {
        if (!closing_ && is_full(*frame)) return false;
        if (!closing_) push(std::move(frame));
        return true;
    }

    void tell(Frame frame) override {
        if (closing_) return;
        if (is_full(*frame)) {
            if (overflowed_) return cut();      // not even that much was taken since
            overflowed_ = true;
            drop_queue();
            shared_->hub.fell_behind(*this);
        }
        push(std::move(frame));
    }

    void close(const std::string& reason) override {
        drop_queue();
        begin_closing(websocket::CloseCode::policy, reason);
    }

    void drain() override { begin_closing(websocket::CloseCode::going_away, "server stops"); }

    void cut() override {
        closing_ = true;
        beast::get_lowest_layer(stream_).close();
    }

    void watch(std::chrono::steady_clock::time_point now) override {
        if (now - (closing_ ? closing_since_ : heard_) > (closing_ ? closed_after : lost_after)) {
            cut();
        } else if (!closing_ && now - heard_ > pinged_after) {
            static const Frame ping = std::make_shared<const std::string>(websocket::frame(websocket::Opcode::ping, {}));
            offer(ping);
        }
    }

    void flush() override {
        scheduled_ = false;
        if (writing_) return;
        write();
    }

    asio::awaitable<void> run(std::shared_ptr<WebSocketConnection> self) {
        beast::get_lowest_layer(stream_).expires_never();
        boost::system::error_code error;
        beast::get_lowest_layer(stream_).socket().non_blocking(true, error);
        shared_->hub.opened(self);
        std::array<char, 512> bytes;
        for (;;) {
            for (auto message = next_message(); message; message = next_message()) co_await answer(*message);
            auto buffer = asio::buffer(bytes);
            auto read = co_await stream_.async_read_some(buffer, token);
            if (std::get<0>(read)) break;
            heard_ = std::chrono::steady_clock::now();
            if (!deaf_) reader_.add({bytes.data(), std::get<1>(read)});
            else if (--patience_ == 0) break;
        }
        cut();
        shared_->hub.forget(*this);
    }

private:
    // Whoever broke the protocol is heard no more.
    std::optional<websocket::Reader::Message> next_message() {
        if (deaf_) return std::nullopt;
        try {
            auto message = reader_.next();
            if (message && !may_speak()) throw websocket::Violation{websocket::CloseCode::policy};
            return message;
        } catch (const websocket::Violation& violation) {
            deaf_ = true;
            begin_closing(violation.code, "not understood");
            return std::nullopt;
        }
    }

    asio::awaitable<void> answer(websocket::Reader::Message message) {
        if (message.opcode == websocket::Opcode::close) {
            deaf_ = true;
            closed_by_peer_ = true;
            begin_closing(websocket::CloseCode::normal, {});
            end_if_done();
        } else if (closing_ || message.opcode == websocket::Opcode::pong) {
            co_return;
        } else if (message.opcode == websocket::Opcode::ping) {
            offer(std::make_shared<const std::string>(websocket::frame(websocket::Opcode::pong, message.payload)));
        } else if (message.opcode == websocket::Opcode::binary) {
            begin_closing(websocket::CloseCode::policy, "not understood");
        } else {
            co_await obey(message.payload);
        }
    }

    asio::awaitable<void> obey(std::string text) {
        const auto command = read_command(text);
        if (!command) {
            tell(frames::error(problem_json(Error(Code::malformed), Language::french, ""), {}));
        } else if (command->subscribe && !may_subscribe()) {
            tell(frames::error(problem_json(Error(Code::rate_limited), Language::french, ""), command->feed));
        } else if (command->subscribe) {
            co_await subscribe(*command);
        } else {
            shared_->hub.unsubscribe(*this, command->feed);
        }
    }

    // Enters the group as any request does, and hands the feed's head and epoch to the hub.
    asio::awaitable<void> subscribe(Command command) {
        auto found = std::make_shared<SubscriptionAnswer>();
        const std::string hash = token_hash_;
        Workers::Job job = [found, command, hash](persistence::Connection& connection) { *found = authorise(connection, hash, command); };
        std::string group = command.feed.group;
        auto accepted = co_await on_worker(*shared_, shared_->workers, std::move(group), std::move(job));
        if (!accepted) found->refusal = Error(Code::busy);
        if (found->refusal) {
            tell(frames::error(problem_json(*found->refusal, Language::french, ""), command.feed));
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
    bool may_speak() {
        const auto now = std::chrono::steady_clock::now();
        if (now - second_ >= std::chrono::seconds(1)) {
            subscriptions_ = std::max(0, subscriptions_ - subscriptions_a_second * static_cast<int>(std::min<std::int64_t>((now - second_) / std::chrono::seconds(1), most_subscriptions)));
            second_ = now;
            messages_ = 0;
        }
        return ++messages_ <= messages_a_second;
    }

    // Another, for what reads the database: enough for somebody's groups at once, then a few a second.
    bool may_subscribe() { return ++subscriptions_ <= most_subscriptions; }

    void begin_closing(websocket::CloseCode code, const std::string& reason) {
        if (closing_) return;
        push(std::make_shared<const std::string>(websocket::close_frame(code, reason)));
        closing_ = true;
        closing_since_ = std::chrono::steady_clock::now();
        shared_->hub.forget(*this);
    }

    bool is_full(const std::string& frame) const { return queue_.size() >= outbox_frames || queued_bytes_ + frame.size() > outbox_bytes; }

    void push(Frame frame) {
        queued_bytes_ += frame->size();
        queue_.push_back(std::move(frame));
        if (scheduled_ || writing_) return;
        scheduled_ = true;
        shared_->flusher.add(this->shared_from_this());
    }

    // What is on its way already has to arrive whole.
    void drop_queue() {
        queue_.resize(begun_);
        queued_bytes_ = 0;
        for (const Frame& frame : queue_) queued_bytes_ += frame->size();
    }

    void write() {
        while (!queue_.empty()) {
            if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
                if (!write_at_once()) return;
            } else {
                return write_later();
            }
        }
        queue_ = {};        // thousands wait with nothing to be told
        overflowed_ = false;
        end_if_done();
    }

    // Everything that waits, in one call to the kernel; the rest when the socket takes more.
    bool write_at_once() {
        std::array<asio::const_buffer, frames_a_write> buffers;
        const std::size_t count = std::min(queue_.size(), buffers.size());
        for (std::size_t i = 0; i < count; ++i) buffers[i] = asio::buffer(*queue_[i]);
        buffers[0] += written_;
        boost::system::error_code error;
        const std::span<const asio::const_buffer> waiting(buffers.data(), count);
        auto& socket = beast::get_lowest_layer(stream_).socket();
        const std::size_t written = socket.write_some(waiting, error);
        if (error == asio::error::would_block) {
            writing_ = true;
            socket.async_wait(asio::ip::tcp::socket::wait_write, [self = this->shared_from_this()](boost::system::error_code failed) { self->continue_writing(failed); });
            return false;
        }
        if (error) {
            cut();
            return false;
        }
        forget_written(written);
        return true;
    }

    // TLS seals what it is given at once as one record where it can.
    void write_later() {
        for (begun_ = 0; begun_ < queue_.size() && sealing_.size() < bytes_a_tls_write; ++begun_) sealing_ += *queue_[begun_];
        writing_ = true;
        asio::async_write(stream_, asio::buffer(sealing_), [self = this->shared_from_this()](boost::system::error_code failed, std::size_t written) {
            self->forget_written(written);
            self->sealing_ = {};
            self->continue_writing(failed);
        });
    }

    void continue_writing(boost::system::error_code failed) {
        writing_ = false;
        if (failed) cut();
        else write();
    }

    void forget_written(std::size_t bytes) {
        std::size_t gone = 0;
        for (bytes += written_; gone < queue_.size() && bytes >= queue_[gone]->size(); ++gone) {
            bytes -= queue_[gone]->size();
            queued_bytes_ -= queue_[gone]->size();
        }
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(gone));
        written_ = bytes;
        begun_ = written_ > 0 ? 1 : 0;
    }

    // Whoever is not heard any more learns from the end of the stream that nothing else comes.
    void end_if_done() {
        if (!queue_.empty()) return;
        boost::system::error_code error;
        if (closed_by_peer_) cut();
        else if (deaf_) beast::get_lowest_layer(stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    }

    std::shared_ptr<Shared> shared_;
    Stream stream_;
    std::string session_;
    std::string token_hash_;
    websocket::Reader reader_;
    std::vector<Frame> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t written_ = 0;               // bytes of the first frame
    std::size_t begun_ = 0;                 // frames that are on their way
    std::string sealing_;
    bool scheduled_ = false;                // the flusher will ask
    bool writing_ = false;                  // the socket will
    bool overflowed_ = false;
    bool closing_ = false;                  // the close frame is the last in the queue
    bool closed_by_peer_ = false;
    bool deaf_ = false;
    int patience_ = 128;                    // pieces that a deaf connection still reads, waiting for the other side to close
    std::chrono::steady_clock::time_point closing_since_{};
    std::chrono::steady_clock::time_point heard_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point second_{};
    int messages_ = 0;
    int subscriptions_ = 0;
};

}  // namespace margelle::net
