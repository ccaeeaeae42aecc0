#include "server/identity/credential.hpp"

#include "server/identity/access_key.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/origin.hpp"

namespace margelle {

std::optional<std::string> credential_hash(const Request& request, const Config& config) {
    const auto bearer = bearer_of(request);
    return bearer ? std::optional(access_key_hash(*bearer)) : session_token_hash(request, config);
}

void check_credentials(const Request& request, const Config& config) {
    if (!bearer_of(request)) check_origin(request, config);
    else if (session_token_hash(request, config)) throw Error(Code::two_credentials);
}

}  // namespace margelle
