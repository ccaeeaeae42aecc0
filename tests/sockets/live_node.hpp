#pragma once
// A node that listens, on the database of an Instance, and a WebSocket client for it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "server/node.hpp"
#include "tests/support/instance.hpp"
#include "tests/support/slowness.hpp"

namespace margelle::tests {

class NoMail : public Mailer {
    void send(const Mail&) override {}
};

class LiveNode {
public:
    explicit LiveNode(Instance& instance, std::function<void(Config&)> adjust = {});
    ~LiveNode();

    unsigned short port() const { return node_->port(); }
    std::string origin() const { return "http://localhost:" + std::to_string(port()); }
    void stop();        // and waits until it has

    // Sends these bytes over a fresh connection and answers everything that comes until it closes, or this long.
    std::string exchange(const std::string& bytes, std::chrono::milliseconds patience = std::chrono::seconds(3));
    // One request with the session, or the access key, of a client; status and body.
    Answer request(const std::string& method, const std::string& path, const Client& who, const Json& body = nullptr, const Headers& headers = {});

private:
    std::unique_ptr<Node> node_;
    std::thread thread_;
};

class Stream {
public:
    // Opens /api/v1/stream; `status` is what the handshake answered, 101 when open.
    Stream(LiveNode& node, const Client& who, std::optional<std::string> origin = std::nullopt);

    void send(const Json& message);
    void subscribe(const std::string& group, std::int64_t after);
    // The next message, checked against the contract; nothing when none comes in time or the connection is closed.
    std::optional<Json> next(std::chrono::milliseconds patience = std::chrono::seconds(3));
    // The next message of a type, passing over others.
    std::optional<Json> next_of(const std::string& type, std::chrono::milliseconds patience = std::chrono::seconds(3));

    int status = 0;
    std::optional<int> close_code;      // once closed

private:
    boost::asio::io_context context_;
    boost::beast::websocket::stream<boost::beast::tcp_stream> stream_;
    boost::beast::flat_buffer buffer_;
    bool reading_ = false;
    bool read_done_ = false;
    boost::beast::error_code read_error_;
};

}  // namespace margelle::tests
