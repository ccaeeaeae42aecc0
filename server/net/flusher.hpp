#pragma once
// What comes close together leaves together: each connection that something waits for is asked once to write all of it, at most every
// half millisecond. What comes after a quiet moment does not wait, but for what is handed out beside it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <vector>

namespace margelle::net {

class Flusher {
public:
    class Source {
    public:
        virtual ~Source() = default;
        virtual void flush() = 0;
    };

    explicit Flusher(boost::asio::io_context& context) : timer_(context) {}

    void add(std::shared_ptr<Source> source) {
        waiting_.push_back(std::move(source));
        if (waiting_.size() > 1) return;
        timer_.expires_at(last_ + std::chrono::microseconds(500));
        timer_.async_wait([this](boost::system::error_code) { flush(); });
    }

private:
    void flush() {
        const auto sources = std::move(waiting_);
        waiting_.clear();
        for (const auto& source : sources) source->flush();
        last_ = std::chrono::steady_clock::now();
    }

    boost::asio::steady_timer timer_;
    std::vector<std::shared_ptr<Source>> waiting_;
    std::chrono::steady_clock::time_point last_{};
};

}  // namespace margelle::net
