#include "tests/load/http.hpp"

#include <strings.h>

#include <charconv>
#include <utility>

namespace margelle::load {

std::string_view HttpAnswer::header(std::string_view name) const {
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
        at += 2;
        const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
        if (line.size() > name.size() && line[name.size()] == ':' && strncasecmp(line.data(), name.data(), name.size()) == 0) {
            const std::size_t begin = line.find_first_not_of(' ', name.size() + 1);
            return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
        }
    }
    return {};
}

bool HttpClient::ask(std::string_view request) {
    if (!connected() && !connect()) return false;
    partial_.clear();
    wanted_ = 0;
    send(request);
    return true;
}

void HttpClient::received(std::string_view bytes) {
    if (!partial_.empty()) {
        partial_ += bytes;
        bytes = partial_;
    }
    if (wanted_ == 0) {
        const std::size_t end = bytes.find("\r\n\r\n");
        if (end != std::string_view::npos) {
            const HttpAnswer head{0, bytes.substr(0, end + 2), {}};
            const std::string_view length = head.header("Content-Length");
            std::size_t body = 0;
            const bool none = bytes.substr(9, 3) == "304" || bytes.substr(9, 3) == "204";
            if (!none) std::from_chars(length.data(), length.data() + length.size(), body);
            wanted_ = end + 4 + body;
        }
    }
    if (wanted_ == 0 || bytes.size() < wanted_) {
        if (partial_.empty()) partial_ = bytes;
        return;
    }
    const std::size_t head = bytes.find("\r\n\r\n") + 4;
    int status = 0;
    std::from_chars(bytes.data() + 9, bytes.data() + 12, status);
    const std::string whole = partial_.empty() ? std::string() : std::move(partial_);
    if (!whole.empty()) bytes = whole;
    const HttpAnswer answer{status, bytes.substr(0, head - 2), bytes.substr(head, wanted_ - head)};
    if (answer.header("Connection") == "close") close();
    answered_(&answer);
}

void HttpClient::lost() { answered_(nullptr); }

ClosedLoop::ClosedLoop(const Target& target, std::size_t clients, Request request, Answered answered)
    : asked_(clients), request_(std::move(request)), answered_(std::move(answered)) {
    for (std::size_t i = 0; i < clients; ++i)
        clients_.push_back(std::make_unique<HttpClient>(loop_, target, [this, i](const HttpAnswer* answer) { heard(i, answer); }));
}

void ClosedLoop::run(std::chrono::milliseconds time) {
    report.start();
    for (std::size_t i = 0; i < clients_.size(); ++i) ask(i);
    loop_.run(Clock::now() + time, {}, [this] {
        for (const std::size_t client : std::exchange(unconnected_, {})) ask(client);
    });
    report.stop();
    stopping_ = true;
    loop_.run(Clock::now() + std::chrono::seconds(2), [this] { return due_ == 0; });
}

void ClosedLoop::ask(std::size_t client) {
    const std::string_view request = request_(client);
    asked_[client] = Clock::now();
    if (clients_[client]->ask(request)) {
        ++due_;
    } else {
        report.failed();
        unconnected_.push_back(client);  // again a little later
    }
}

void ClosedLoop::heard(std::size_t client, const HttpAnswer* answer) {
    --due_;
    if (answer) {
        report.answered(answer->status, answer->head.size() + 2 + answer->body.size(), Clock::now() - asked_[client]);
        answered_(client, *answer);
    } else {
        report.failed();
    }
    if (stopping_) return;
    if (answer) ask(client);
    else unconnected_.push_back(client);
}

}  // namespace margelle::load
