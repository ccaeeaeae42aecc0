#pragma once
#include <string>
#include <string_view>

namespace margelle {

// The 32 bytes of SHA-256 (FIPS 180-4).
std::string sha256(std::string_view bytes);

// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);

// Throws std::invalid_argument for what is not hexadecimal.
std::string from_hex(std::string_view text);

}  // namespace margelle
