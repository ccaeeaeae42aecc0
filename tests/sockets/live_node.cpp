#include "tests/sockets/live_node.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "tests/support/messages.hpp"

namespace margelle::tests {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

LiveNode::LiveNode(Instance& instance, std::function<void(Config&)> adjust) {
    Config config = instance.config;
    config.listen_port = 0;
    config.workers = 4;
    config.web_root = "/nonexistent";
    if (adjust) adjust(config);
    node_ = std::make_unique<Node>(config, std::make_unique<NoMail>(), instance.keys, instance.master_keys, Passwords(256, 1));
    thread_ = std::thread([this] { node_->run(); });
}

LiveNode::~LiveNode() { stop(); }

void LiveNode::stop() {
    if (!thread_.joinable()) return;
    node_->stop();
    thread_.join();
}

std::string LiveNode::exchange(const std::string& bytes, std::chrono::milliseconds patience) {
    asio::io_context context;
    beast::tcp_stream stream(context);
    stream.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port()));
    beast::error_code ignored;
    asio::write(stream.socket(), asio::buffer(bytes), ignored);
    std::string answer(1 << 20, '\0');
    std::size_t size = 0;
    stream.expires_after(patience * slowness());
    std::function<void()> read = [&] {
        stream.async_read_some(asio::buffer(answer.data() + size, answer.size() - size), [&](beast::error_code error, std::size_t n) {
            size += n;
            if (!error) read();
        });
    };
    read();
    context.run();
    answer.resize(size);
    return answer;
}

Answer LiveNode::request(const std::string& method, const std::string& path, const Client& who, const Json& body, const Headers& headers) {
    asio::io_context context;
    beast::tcp_stream stream(context);
    stream.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port()));
    http::request<http::string_body> message(http::string_to_verb(method), "/api/v1" + path, 11);
    message.set(http::field::host, "localhost:" + std::to_string(port()));
    if (who.key.empty()) {
        message.set(http::field::origin, origin());
        message.set(http::field::cookie, who.cookie);
    } else {
        message.set(http::field::authorization, "Bearer " + who.key);
    }
    for (const auto& [name, value] : headers) message.set(name, value);
    if (!body.is_null()) {
        message.set(http::field::content_type, "application/json");
        message.body() = body.dump();
    }
    message.prepare_payload();
    http::write(stream, message);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(stream, buffer, response);
    Answer answer{static_cast<int>(response.result_int()), response.body(), {}};
    for (const auto& field : response) answer.headers[std::string(field.name_string())] = std::string(field.value());
    return answer;
}

Stream::Stream(LiveNode& node, const Client& who, std::optional<std::string> origin) : stream_(context_) {
    beast::get_lowest_layer(stream_).connect(tcp::endpoint(asio::ip::address_v4::loopback(), node.port()));
    stream_.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
        request.set(http::field::origin, origin.value_or(node.origin()));
        if (!who.cookie.empty()) request.set(http::field::cookie, who.cookie);
        if (!who.key.empty()) request.set(http::field::authorization, "Bearer " + who.key);
    }));
    beast::websocket::response_type response;
    beast::error_code error;
    stream_.handshake(response, "localhost:" + std::to_string(node.port()), "/api/v1/stream", error);
    status = static_cast<int>(response.result_int());
}

void Stream::send(const Json& message) { stream_.write(asio::buffer(message.dump())); }

void Stream::subscribe(const std::string& group, std::int64_t after) { send({{"type", "subscribe"}, {"group", group}, {"after", after}}); }

std::optional<Json> Stream::next(std::chrono::milliseconds patience) {
    patience *= slowness();
    if (close_code) return std::nullopt;
    if (!reading_) {
        reading_ = true;
        read_done_ = false;
        stream_.async_read(buffer_, [this](beast::error_code error, std::size_t) {
            read_error_ = error;
            read_done_ = true;
        });
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!read_done_ && std::chrono::steady_clock::now() < until) {
        context_.restart();
        context_.run_one_for(std::chrono::milliseconds(20));
    }
    if (!read_done_) return std::nullopt;
    reading_ = false;
    if (read_error_) {
        close_code = stream_.reason().code;
        return std::nullopt;
    }
    const std::string text = beast::buffers_to_string(buffer_.data());
    Json message = Json::parse(text);
    buffer_.consume(buffer_.size());
    static const Messages described;
    const auto fault = described.find_fault(message, text);
    BOOST_CHECK_MESSAGE(!fault, text << " against the contract: " << fault.value_or(""));
    return message;
}

std::optional<Json> Stream::next_of(const std::string& type, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience * slowness();
    while (std::chrono::steady_clock::now() < until) {
        auto message = next(std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()) / slowness());
        if (!message) return std::nullopt;
        if (message->at("type") == type) return message;
    }
    return std::nullopt;
}

}  // namespace margelle::tests
