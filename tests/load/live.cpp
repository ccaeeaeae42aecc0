// Subscribers of one log, and somebody who posts: so many messages in flight, each until the last subscriber has it.
#include <deque>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/load/dialects.hpp"
#include "tests/load/modes.hpp"
#include "tests/load/publishers.hpp"
#include "tests/load/report.hpp"
#include "tests/load/websocket.hpp"

namespace margelle::load {
namespace {

constexpr std::size_t handshakes = 32;  // at once: this measures messages, not a rush at the door
constexpr auto patience = std::chrono::seconds(60);

// A message that is on its way. Subscribers receive them in one order, so a subscriber's n-th event is the n-th message.
struct Message {
    Clock::time_point published;
    Clock::time_point acknowledged;
    std::size_t receipts = 0;
};

class Audience {
public:
    explicit Audience(const Options& options)
        : size_(static_cast<std::size_t>(options.number("subscribers", 500))),
          stalled_(static_cast<std::size_t>(options.number("stalled", 0))),
          in_flight_(static_cast<std::size_t>(options.number("in-flight", 0))) {
        for (std::size_t i = 0; i < size_ + stalled_; ++i) subscribers_.push_back(std::make_unique<Subscriber>(*this, options, i));
        open_more();
        loop_.run(Clock::now() + patience, [this] { return ready_ == subscribers_.size(); });
        if (ready_ != subscribers_.size()) throw std::runtime_error("only " + std::to_string(ready_) + " subscribers got in");
        for (std::size_t i = size_; i < subscribers_.size(); ++i) subscribers_[i]->stall();
        if (in_flight_ > 0) publisher_ = make_publisher(options, loop_, in_flight_, [this] { acknowledged(); });
        std::cerr << "ready" << std::endl;
    }

    nlohmann::ordered_json run(std::chrono::milliseconds time) {
        report_.start();
        publish_more();
        loop_.run(Clock::now() + time);
        report_.stop();
        auto all = report_.json();
        all["subscribers"] = size_;
        all["stalled"] = stalled_;
        all["in_flight"] = in_flight_;
        all["messages"] = completed_;
        all["message_bytes"] = message_bytes_;
        all["behind"] = behind_;
        all["lost"] = lost_;
        all["published_to_last_receipt"] = from_publication_.json();
        all["acknowledged_to_last_receipt"] = from_acknowledgement_.json();
        return all;
    }

private:
    class Subscriber : public WebSocket {
    public:
        Subscriber(Audience& audience, const Options& options, std::size_t i) : Subscriber(audience, options, dialect(options, i)) {}

    private:
        Subscriber(Audience& audience, const Options& options, Dialect dialect)
            : WebSocket(audience.loop_, options.target(), dialect.path, dialect.headers),
              audience_(audience),
              dialect_(std::move(dialect)) {}

        void opened() override {
            if (!dialect_.greeting.empty()) send_text(dialect_.greeting);
            if (dialect_.ready_when_open) audience_.subscribed();
        }
        void heard(std::string_view message) override {
            std::string reply;
            const Heard what = dialect_.understand(message, reply);
            if (!reply.empty()) send_text(reply);
            if (what == Heard::event) audience_.received(received_++, message.size());
            else if (what == Heard::ready) audience_.subscribed();
            else if (what == Heard::behind) ++audience_.behind_;
        }
        void lost() override { ++audience_.lost_; }

        Audience& audience_;
        Dialect dialect_;
        std::size_t received_ = 0;
    };

    void open_more() {
        while (opening_ < subscribers_.size() && opening_ < ready_ + handshakes)
            if (!subscribers_[opening_++]->open()) throw std::runtime_error("the server refuses the connection");
    }

    void subscribed() {
        ++ready_;
        open_more();
    }

    void publish_more() {
        while (report_.running() && published_ < completed_ + in_flight_) {
            const auto now = Clock::now();
            message(published_).published = now;
            ++published_;
            if (!publisher_->publish()) {
                --published_;
                return;
            }
        }
    }

    void acknowledged() {
        message(acknowledged_).acknowledged = Clock::now();
        settle(acknowledged_++);
        publish_more();
    }

    void received(std::size_t number, std::size_t bytes) {
        report_.count(1);
        report_.add_bytes(bytes);
        message_bytes_ = bytes;
        if (in_flight_ == 0) return;
        ++message(number).receipts;
        settle(number);
    }

    // A message is done when it is acknowledged and everybody has it.
    void settle(std::size_t number) {
        const Message& done = message(number);
        if (done.receipts < size_ || done.acknowledged == Clock::time_point{}) return;
        const auto now = Clock::now();
        if (in_flight_ == 1) {  // with several, which post is which event is not known
            from_publication_.add(now - done.published);
            from_acknowledgement_.add(now - done.acknowledged);
        }
        ++completed_;
        publish_more();
    }

    Message& message(std::size_t number) {
        while (messages_.size() <= number) messages_.emplace_back();
        return messages_[number];
    }

    Loop loop_;
    const std::size_t size_, stalled_, in_flight_;
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
    std::unique_ptr<Publisher> publisher_;
    std::deque<Message> messages_;
    std::size_t opening_ = 0, ready_ = 0, published_ = 0, acknowledged_ = 0, completed_ = 0, behind_ = 0, lost_ = 0, message_bytes_ = 0;
    Report report_;
    Latencies from_publication_, from_acknowledgement_;
};

}  // namespace

nlohmann::ordered_json live(const Options& options) { return Audience(options).run(options.seconds()); }

}  // namespace margelle::load
