#include "server/identity/access_key.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include "protocol/digest.hpp"
#include "protocol/ids.hpp"

namespace margelle {

std::string new_access_key() { return "mgl_" + new_token(); }

std::string access_key_hash(std::string_view key) { return sha256("access key\n" + std::string(key)); }

std::optional<std::string> bearer_of(const Request& request) {
    constexpr std::string_view scheme = "bearer ";
    const std::string_view header = request.header("authorization");
    if (!boost::algorithm::istarts_with(header, scheme)) return std::nullopt;
    return std::string(header.substr(scheme.size()));
}

}  // namespace margelle
