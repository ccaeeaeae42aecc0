#pragma once
// By what a request says who sent it: the session's cookie, or an access key. Never both.
#include <optional>
#include <string>

#include "server/http.hpp"

namespace margelle {

struct Config;

// What margelle.enter finds the caller by. Where there are two, the access key's: such requests are refused before (check_credentials).
std::optional<std::string> credential_hash(const Request& request, const Config& config);

// A browser brings its cookie to whatever a page asks, and its Origin with it; nothing brings an access key by itself. So changes come from this site's
// own pages (check_origin), or with a key alone. Throws Error: two_credentials, foreign_origin.
void check_credentials(const Request& request, const Config& config);

}  // namespace margelle
