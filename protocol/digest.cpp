#include "protocol/digest.hpp"

#include <openssl/sha.h>

#include <charconv>
#include <stdexcept>

namespace margelle {

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        unsigned char byte = 0;
        const char* const end = text.data() + at + 2;
        if (at + 2 > text.size() || std::from_chars(text.data() + at, end, byte, 16).ptr != end) throw std::invalid_argument("not hexadecimal");
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

}  // namespace margelle
