#pragma once
#include <string>
#include <string_view>

namespace margelle {

// A new UUIDv7 (RFC 9562): the milliseconds since 1970 in front, 74 random bits behind.
std::string new_id();

// Whether a text has the form of a UUID in lower case, as in every path and body.
bool is_id(std::string_view text) noexcept;

// 256 random bits in base64url (RFC 4648 §5) without padding: 43 characters.
std::string new_token();

}  // namespace margelle
