#include "tests/load/websocket.hpp"

#include <stdexcept>

namespace margelle::load {
namespace {

constexpr unsigned text = 1, closing = 8, ping = 9, pong = 10;

}  // namespace

WebSocket::WebSocket(Loop& loop, const Target& target, const std::string& path, const std::string& headers)
    : Socket(loop, target.host, target.port),
      upgrade_("GET " + path + " HTTP/1.1\r\nHost: " + target.authority() +
               "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
               headers + "\r\n") {}

bool WebSocket::open() {
    upgraded_ = false;
    partial_.clear();
    if (!connect()) return false;
    send(upgrade_);
    return true;
}

void WebSocket::send_text(std::string_view message) { send_frame(text, message); }

void WebSocket::received(std::string_view bytes) {
    std::string joined;
    if (!partial_.empty()) {
        joined = std::move(partial_);
        joined += bytes;
        bytes = joined;
    }
    while (connected() && !bytes.empty()) {
        const std::size_t used = upgraded_ ? read_frame(bytes) : read_upgrade(bytes);
        if (used == 0) break;
        bytes.remove_prefix(used);
    }
    partial_ = bytes;
}

std::size_t WebSocket::read_upgrade(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    if (!bytes.starts_with("HTTP/1.1 101")) throw std::runtime_error("no WebSocket: " + std::string(bytes.substr(0, bytes.find("\r\n"))));
    upgraded_ = true;
    opened();
    return end + 4;
}

std::size_t WebSocket::read_frame(std::string_view bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at])); };
    if (bytes.size() < 2) return 0;
    std::size_t head = 2;
    std::uint64_t size = byte(1) & 0x7F;
    if (size >= 126) {
        head = size == 126 ? 4 : 10;
        if (bytes.size() < head) return 0;
        size = 0;
        for (std::size_t at = 2; at < head; ++at) size = size << 8 | byte(at);
    }
    if (bytes.size() < head + size) return 0;
    const std::string_view payload = bytes.substr(head, size);
    const unsigned opcode = static_cast<unsigned>(byte(0)) & 0xF;
    if (opcode == text) heard(payload);
    else if (opcode == ping) send_frame(pong, payload);
    else if (opcode == closing) {
        close();
        lost();
    }
    return head + size;
}

// Masked with zeros, which leaves the payload as it is.
void WebSocket::send_frame(unsigned opcode, std::string_view payload) {
    std::string frame(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size());
    }
    frame.append(4, '\0');
    frame += payload;
    send(frame);
}

}  // namespace margelle::load
