#include "server/identity/origin.hpp"

#include "server/config.hpp"

namespace margelle {

bool has_own_origin(const Request& request, const Config& config) {
    const std::string_view origin = request.header("origin");
    if (origin.empty()) return false;
    if (origin == config.public_url) return true;
    // A page of another site cannot choose the Host that the browser sends here; one that came over plain HTTP may have been written by
    // anybody on its way.
    for (const std::string_view scheme : {"https://", "http://"})
        if (origin.starts_with(scheme) && (scheme == "https://" || config.public_url.starts_with(scheme))) return origin.substr(scheme.size()) == request.header("host");
    return false;
}

void check_origin(const Request& request, const Config& config) {
    if (request.verb == Verb::get || request.path.starts_with("/api/v1/notice-stops/")) return;
    if (!has_own_origin(request, config)) throw Error(Code::foreign_origin);
}

}  // namespace margelle
