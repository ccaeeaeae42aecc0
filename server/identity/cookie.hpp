#pragma once
// The session's cookie. The token is known to the browser only; the database keeps its SHA-256.
#include <optional>
#include <string>

#include "server/http.hpp"

namespace margelle {

struct Config;

// The SHA-256 of the token that a request's cookie carries.
std::optional<std::string> session_token_hash(const Request& request, const Config& config);

// HttpOnly; SameSite=Lax; Path=/, and under https Secure with the __Host- prefix. Lives as long as the session may.
void set_session_cookie(Response& response, const std::string& token, const Config& config);
void clear_session_cookie(Response& response, const Config& config);

}  // namespace margelle
