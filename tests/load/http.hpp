#pragma once
// An HTTP/1.1 client that asks one thing at a time over a connection that stays open.
#include <functional>
#include <memory>
#include <vector>

#include "tests/load/loop.hpp"
#include "tests/load/options.hpp"
#include "tests/load/report.hpp"

namespace margelle::load {

// Valid while it is being handed over.
struct HttpAnswer {
    int status;
    std::string_view head;
    std::string_view body;

    // The value of a header, or nothing.
    std::string_view header(std::string_view name) const;
};

class HttpClient : public Socket {
public:
    // `answered` gets null when the connection was lost before an answer came.
    HttpClient(Loop& loop, const Target& target, std::function<void(const HttpAnswer*)> answered)
        : Socket(loop, target.host, target.port), answered_(std::move(answered)) {}

    // False when there is no connection to be had.
    bool ask(std::string_view request);

private:
    void received(std::string_view bytes) override;
    void lost() override;

    std::function<void(const HttpAnswer*)> answered_;
    std::string partial_;
    std::size_t wanted_ = 0;  // bytes of head and body, once the head is there
};

// Clients that each ask again as soon as they are answered, and what came of it.
class ClosedLoop {
public:
    // `request` makes client's next one; `answered` hears what came. Both may be slow only at their own expense.
    using Request = std::function<std::string_view(std::size_t client)>;
    using Answered = std::function<void(std::size_t client, const HttpAnswer&)>;

    ClosedLoop(const Target& target, std::size_t clients, Request request, Answered answered);
    // Asks for so long; the answers still due are waited for, two seconds at most.
    void run(std::chrono::milliseconds time);
    Report report;

private:
    void ask(std::size_t client);
    void heard(std::size_t client, const HttpAnswer* answer);

    Loop loop_;
    std::vector<std::unique_ptr<HttpClient>> clients_;
    std::vector<Clock::time_point> asked_;
    std::vector<std::size_t> unconnected_;
    Request request_;
    Answered answered_;
    std::size_t due_ = 0;
    bool stopping_ = false;
};

}  // namespace margelle::load
