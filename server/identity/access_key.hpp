#pragma once
// Access keys of bots, as they travel: "Authorization: Bearer mgl_…" (RFC 6750 §2.1).
#include <optional>
#include <string>

#include "server/http.hpp"

namespace margelle {

// A new key: "mgl_" and 256 random bits in base64url. Shown once; the database keeps its hash.
std::string new_access_key();

// SHA-256 of a key behind a line of its own, which no cookie can hold: what opens by a key never opens by a cookie, nor the other way round.
std::string access_key_hash(std::string_view key);

// What a request carries as a bearer, whether it has a key's form or not; nothing when it carries none.
std::optional<std::string> bearer_of(const Request& request);

}  // namespace margelle
