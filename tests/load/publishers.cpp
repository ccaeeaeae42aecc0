#include "tests/load/publishers.hpp"

#include <stdexcept>

#include "tests/load/dialects.hpp"
#include "tests/load/http.hpp"
#include "tests/load/requests.hpp"
#include "tests/load/websocket.hpp"

namespace margelle::load {
namespace {

class Posts : public Publisher {
public:
    Posts(const Options& options, Loop& loop, std::size_t in_flight, std::function<void()> acknowledged)
        : threads_(options.lines("threads")), acknowledged_(std::move(acknowledged)) {
        const auto cookies = options.lines("cookies");
        for (std::size_t i = 0; i < in_flight; ++i) {
            members_.push_back(std::make_unique<Member>(
                loop, options.target(), [this, i](const HttpAnswer* answer) { heard(i, answer); },
                PostRequest(options.target(), cookies[i % cookies.size()], options.number("bytes", 400), false)));
            free_.push_back(i);
        }
    }

    bool publish() override {
        if (free_.empty()) return false;
        Member& member = *members_[free_.back()];
        free_.pop_back();
        if (!member.client.ask(member.request.to(threads_[turn_++ % threads_.size()])))
            throw std::runtime_error("the server refuses the connection");
        return true;
    }

private:
    struct Member {
        Member(Loop& loop, const Target& target, std::function<void(const HttpAnswer*)> heard, PostRequest posts)
            : client(loop, target, std::move(heard)), request(std::move(posts)) {}
        HttpClient client;
        PostRequest request;
    };

    void heard(std::size_t member, const HttpAnswer* answer) {
        if (!answer || answer->status != 201)
            throw std::runtime_error(
                "a post failed: " + (answer ? std::to_string(answer->status) + " " + std::string(answer->body) : "no answer"));
        free_.push_back(member);
        acknowledged_();
    }

    std::vector<std::string> threads_;
    std::function<void()> acknowledged_;
    std::vector<std::unique_ptr<Member>> members_;
    std::vector<std::size_t> free_;
    std::size_t turn_ = 0;
};

class Texts : public Publisher, private WebSocket {
public:
    Texts(const Options& options, Loop& loop, std::function<void()> acknowledged)
        : WebSocket(loop, options.target(), dialect(options, 0).path + (dialect(options, 0).ready_when_open ? "publish" : ""), ""),
          dialect_(dialect(options, 0)),
          text_(publication(options)),
          acknowledged_(std::move(acknowledged)) {
        if (!open()) throw std::runtime_error("the peer refuses the connection");
        loop.run(Clock::now() + std::chrono::seconds(5), [this] { return ready_; });
        if (!ready_) throw std::runtime_error("the peer does not answer");
    }

    bool publish() override {
        send_text(text_);
        acknowledged_();
        return true;
    }

private:
    void opened() override { ready_ = dialect_.ready_when_open; }
    void heard(std::string_view message) override {
        std::string reply;
        if (dialect_.understand(message, reply) == Heard::ready) ready_ = true;
        if (!reply.empty()) send_text(reply);
    }
    void lost() override { throw std::runtime_error("the peer hung up"); }

    Dialect dialect_;
    std::string text_;
    std::function<void()> acknowledged_;
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<Publisher> make_publisher(const Options& options, Loop& loop, std::size_t in_flight, std::function<void()> acknowledged) {
    if (options.text("dialect") == "margelle") return std::make_unique<Posts>(options, loop, in_flight, std::move(acknowledged));
    return std::make_unique<Texts>(options, loop, std::move(acknowledged));
}

}  // namespace margelle::load
