#include "server/identity/cookie.hpp"

#include "protocol/digest.hpp"
#include "server/config.hpp"

namespace margelle {
namespace {

constexpr std::string_view plain_name = "margelle_session";
constexpr std::string_view secure_name = "__Host-margelle_session";
constexpr std::string_view absolute_life = "7776000";       // 90 days in seconds, as margelle.open_session gives

// Under HTTPS the browser itself keeps other hosts from setting it (RFC 6265bis, cookie prefixes): no other name will do.
std::string_view name_under(const Config& config) { return config.secure() ? secure_name : plain_name; }

void set(Response& response, const std::string& value, std::string_view max_age, const Config& config) {
    std::string cookie(name_under(config));
    cookie.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=").append(max_age);
    if (config.secure()) cookie += "; Secure";
    response.headers.emplace_back("Set-Cookie", std::move(cookie));
}

}  // namespace

std::optional<std::string> session_token_hash(const Request& request, const Config& config) {
    std::string_view cookies = request.header("cookie");
    while (!cookies.empty()) {
        const std::size_t semicolon = std::min(cookies.find(';'), cookies.size());
        std::string_view pair = cookies.substr(0, semicolon);
        cookies.remove_prefix(std::min(semicolon + 1, cookies.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        if (pair.substr(0, equals) == name_under(config)) return sha256(pair.substr(equals + 1));
    }
    return std::nullopt;
}

void set_session_cookie(Response& response, const std::string& token, const Config& config) { set(response, token, absolute_life, config); }

void clear_session_cookie(Response& response, const Config& config) { set(response, "", "0", config); }

}  // namespace margelle
