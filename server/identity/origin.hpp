#pragma once
#include "server/http.hpp"

namespace margelle {

struct Config;

// Whether the request's Origin header (RFC 6454) names this site: its public address, or the very host that the
// request was sent to.
bool has_own_origin(const Request& request, const Config& config);

// Requests that change something come from this site's own pages: a browser says so by itself. The one-click stop of
// RFC 8058 comes from mail programs and carries its own secret. Throws Error(foreign_origin).
void check_origin(const Request& request, const Config& config);

}  // namespace margelle
