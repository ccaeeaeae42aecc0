#include "server/identity/sign_in.hpp"

#include <boost/asio/ip/address.hpp>

#include "persistence/accounts.hpp"
#include "persistence/limits.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "server/context.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/passwords.hpp"

namespace margelle {
namespace {

constexpr int per_account = 10;
constexpr int per_address = 100;
constexpr int window_seconds = 15 * 60;

// One line of a household or an office holds a whole /64.
std::string network_of(const std::string& address) {
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    if (error || !parsed.is_v6() || parsed.to_v6().is_v4_mapped()) return address;
    auto bytes = parsed.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::make_address_v6(bytes).to_string() + "/64";
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

}  // namespace

void open_session(Context& c, const std::string& member, const std::string& authentication, Response& response) {
    if (c.who().member) {
        c.ended_sessions.push_back(c.who().session);
        persistence::sessions::end(c.transaction(), c.who().session);
    }
    const std::string token = new_token();
    persistence::sessions::open(c.transaction(), member, sha256(token), authentication, c.request.user_agent(), c.request.address);
    set_session_cookie(response, token, c.services.config);
    c.enter(sha256(token), std::nullopt);
    if (!c.who().member) throw Error(Code::wrong_credentials);      // the account was locked meanwhile
}

Response sign_in(Context& c, const std::string& member, const std::string& authentication) {
    Response response;
    open_session(c, member, authentication, response);
    const auto mine = persistence::accounts::mine(c.transaction());
    Response answer = json_with_etag(mine.json, mine.revision);
    answer.headers.insert(answer.headers.end(), response.headers.begin(), response.headers.end());
    return answer;
}

void refuse_for_now() {
    Error error(Code::rate_limited);
    error.retry_after = window_seconds;
    throw error;
}

void check_limits(Context& c, const std::string& kind, const std::string& account) {
    auto& t = c.transaction();
    if (persistence::limits::recent(t, kind + "_account", lower(account)) >= per_account ||
        persistence::limits::recent(t, kind + "_address", network_of(c.request.address)) >= per_address)
        refuse_for_now();
}

void note_failure(Context& c, const std::string& kind, const std::string& account) {
    if (!account.empty()) persistence::limits::note(c.transaction(), kind + "_account", lower(account));
    persistence::limits::note(c.transaction(), kind + "_address", network_of(c.request.address));
}

void check_new_password(const std::string& password, const std::string& pointer) {
    if (Passwords::is_common(password)) throw Error(Code::invalid, {{pointer, "is one of the most common passwords"}});
}

}  // namespace margelle
