#include "server/identity/origin.hpp"

#include "server/config.hpp"

namespace margelle {

bool has_own_origin(const Request& request, const Config& config) {
    const std::string_view origin = request.header("origin");
    if (origin.empty()) return false;
    if (origin == config.public_url) return true;
    // A page of another site cannot choose the Host that the browser sends here; one that came over plain HTTP may have been written by
    // anybody on its way.
    const bool trusted = origin.starts_with("https://") || (origin.starts_with("http://") && config.public_url.starts_with("http://"));
    return trusted && origin.substr(origin.find("://") + 3) == request.header("host");
}

void check_origin(const Request& request, const Config& config) {
    if (request.verb == Verb::get || request.path.starts_with("/api/v1/notice-stops/")) return;
    if (!has_own_origin(request, config)) throw Error(Code::foreign_origin);
}

}  // namespace margelle
