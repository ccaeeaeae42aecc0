#pragma once
// WebSocket messages as bytes (RFC 6455 §5), without a socket: what the server says, and what a client has said. Own code, because what
// leaves for thousands is encoded once here, and everything that waits for a connection leaves in one write.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace margelle::websocket {

// RFC 6455 §7.4.1
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    bad_text = 1007,
    policy = 1008,
    too_big = 1009,
};

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// The value of Sec-WebSocket-Accept for a client's Sec-WebSocket-Key (§4.2.2); nothing when the key is none.
std::optional<std::string> accept_key(std::string_view key);

// A whole message in one frame, as a server sends it: unmasked, and so the same for everybody.
std::string frame(Opcode opcode, std::string_view payload);
// `reason` is cut where a control frame ends, at 123 bytes.
std::string close_frame(CloseCode code, std::string_view reason = {});

// What a client did that ends the connection.
struct Violation {
    CloseCode code;
};

// Takes a client's bytes as they come, and gives its messages as they become whole.
class Reader {
public:
    struct Message {
        Opcode opcode;              // text, binary, close, ping or pong
        std::string payload;
    };

    explicit Reader(std::size_t message_limit) : limit_(message_limit) {}

    void add(std::string_view bytes) { bytes_.append(bytes); }
    // The next whole message; nothing before more bytes have come. Throws Violation.
    std::optional<Message> next();

private:
    std::optional<Message> whole(bool last, Opcode opcode, std::string payload);

    const std::size_t limit_;
    std::string bytes_;
    std::optional<Message> begun_;      // of a message in several frames
    int frames_ = 0;                    // that it came in so far
};

}  // namespace margelle::websocket
