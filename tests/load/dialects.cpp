#include "tests/load/dialects.hpp"

namespace margelle::load {
namespace {

Heard understand_margelle(std::string_view message, std::string&) {
    const auto is = [&](std::string_view type) { return message.substr(9).starts_with(type); };  // after {"type":"
    if (is("event\"")) return Heard::event;
    if (is("subscribed\"")) return Heard::ready;
    if (is("behind\"")) return Heard::behind;
    throw std::runtime_error("the stream said " + std::string(message.substr(0, 300)));
}

Heard understand_ws(std::string_view, std::string&) { return Heard::event; }

// Engine.IO 4 with Socket.IO 5 inside: 0 open, 2 ping, 3 pong, 40 connected, 42 event.
Heard understand_socket_io(std::string_view message, std::string& reply) {
    if (message.starts_with("42")) return Heard::event;
    if (message.starts_with("40")) return Heard::ready;
    if (message.starts_with("0")) reply = "40";
    if (message.starts_with("2")) reply = "3";
    return Heard::nothing;
}

}  // namespace

Dialect dialect(const Options& options, std::size_t i) {
    const std::string name = options.text("dialect");
    if (name == "ws") return {"/", "", "", true, understand_ws};
    if (name == "socket.io") return {"/socket.io/?EIO=4&transport=websocket", "", "", false, understand_socket_io};
    if (name != "margelle") throw UsageError("--dialect: " + name + " is not known");
    const auto cookies = options.lines("cookies");
    // After the largest number there is: from now on.
    return {"/api/v1/stream", "Origin: http://" + options.target().authority() + "\r\nCookie: " + cookies[i % cookies.size()] + "\r\n",
        R"({"type":"subscribe","group":")" + options.text("group") + R"(","after":9000000000000000})", false, understand_margelle};
}

std::string publication(const Options& options) {
    const std::string text(static_cast<std::size_t>(options.number("bytes", 600)), 'x');
    return options.text("dialect") == "socket.io" ? R"(42["publish",")" + text + R"("])" : text;
}

}  // namespace margelle::load
