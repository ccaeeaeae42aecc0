#pragma once
// What comes close together leaves together: within half a millisecond of the first, each connection that something waits for is asked
// once to write all of it.
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
        timer_.expires_after(std::chrono::microseconds(500));
        timer_.async_wait([this](boost::system::error_code) { flush(); });
    }

private:
    void flush() {
        const auto sources = std::move(waiting_);
        waiting_.clear();
        for (const auto& source : sources) source->flush();
    }

    boost::asio::steady_timer timer_;
    std::vector<std::shared_ptr<Source>> waiting_;
};

}  // namespace margelle::net
