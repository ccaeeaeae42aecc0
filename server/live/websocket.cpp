#include "server/live/websocket.hpp"

#include <openssl/evp.h>

#include <array>

#include "protocol/json_text.hpp"

namespace margelle::websocket {
namespace {

constexpr std::size_t control_limit = 125;
constexpr int most_frames = 64;         // of one message: empty ones cost as much as full ones

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const unsigned char byte : bytes) number = number << 8 | byte;
    return number;
}

void append_big_endian(std::string& bytes, std::uint64_t number, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
}

// §7.4: those that an endpoint may send.
bool may_close_with(std::uint64_t code) { return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) || (code >= 3000 && code <= 4999); }

}  // namespace

std::optional<std::string> accept_key(std::string_view key) {
    if (key.size() != 24) return std::nullopt;      // 16 bytes in Base64
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::array<unsigned char, 64> encoded{};
    const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
    return std::string(encoded.begin(), encoded.begin() + length);
}

std::string frame(Opcode opcode, std::string_view payload) {
    std::string bytes;
    bytes.reserve(payload.size() + 10);
    bytes += static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
    if (payload.size() <= 125) {
        bytes += static_cast<char>(payload.size());
    } else if (payload.size() <= 0xffff) {
        bytes += static_cast<char>(126);
        append_big_endian(bytes, payload.size(), 2);
    } else {
        bytes += static_cast<char>(127);
        append_big_endian(bytes, payload.size(), 8);
    }
    return bytes.append(payload);
}

std::string close_frame(CloseCode code, std::string_view reason) {
    std::string payload;
    append_big_endian(payload, static_cast<std::uint16_t>(code), 2);
    payload.append(reason.substr(0, control_limit - payload.size()));
    return frame(Opcode::close, payload);
}

std::optional<Reader::Message> Reader::next() {
    while (bytes_.size() >= 2) {
        const auto first = static_cast<std::uint8_t>(bytes_[0]), second = static_cast<std::uint8_t>(bytes_[1]);
        const bool last = first & 0x80;
        const auto opcode = static_cast<Opcode>(first & 0x0f);
        // No extension is spoken, and a client masks what it sends.
        if (first & 0x70 || !is_known(first & 0x0f) || !(second & 0x80)) throw Violation{CloseCode::protocol_error};
        std::uint64_t size = second & 0x7f;
        if (is_control(opcode) && (!last || size > control_limit)) throw Violation{CloseCode::protocol_error};
        const std::size_t length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (bytes_.size() < 2 + length_bytes) return std::nullopt;
        if (length_bytes > 0) size = big_endian(std::string_view(bytes_).substr(2, length_bytes));
        const std::size_t before = begun_ && !is_control(opcode) ? begun_->payload.size() : 0;
        if (size > limit_ - before) throw Violation{CloseCode::too_big};
        const std::size_t head = 2 + length_bytes + 4;
        if (bytes_.size() < head + size) return std::nullopt;
        std::string payload = bytes_.substr(head, size);
        for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ bytes_[head - 4 + i % 4]);
        bytes_.erase(0, head + size);
        if (bytes_.empty()) bytes_.shrink_to_fit();     // thousands wait in silence
        if (auto message = whole(last, opcode, std::move(payload))) return message;
    }
    return std::nullopt;
}

// A control frame is whole by itself, also between the frames of another message.
std::optional<Reader::Message> Reader::whole(bool last, Opcode opcode, std::string payload) {
    if (opcode == Opcode::close && (payload.size() == 1 || (payload.size() >= 2 && !may_close_with(big_endian(std::string_view(payload).substr(0, 2))))))
        throw Violation{CloseCode::protocol_error};
    if (is_control(opcode)) return Message{opcode, std::move(payload)};
    if (begun_.has_value() != (opcode == Opcode::continuation)) throw Violation{CloseCode::protocol_error};
    frames_ = begun_ ? frames_ + 1 : 1;
    if (frames_ > most_frames) throw Violation{CloseCode::policy};
    if (begun_) begun_->payload += payload;
    else begun_ = Message{opcode, std::move(payload)};
    if (!last) return std::nullopt;
    Message message = std::move(*begun_);
    begun_.reset();
    if (message.opcode == Opcode::text && !is_text(message.payload)) throw Violation{CloseCode::bad_text};
    return message;
}

}  // namespace margelle::websocket
