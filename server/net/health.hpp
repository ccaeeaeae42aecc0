#pragma once
// /healthz: the process lives. /readyz: it reaches its database. /metrics: Prometheus text.
#include <string_view>

#include "server/net/shared.hpp"

namespace margelle::net {

bool is_health_path(std::string_view path);
asio::awaitable<Response> answer_health(Shared& shared, std::string path);

}  // namespace margelle::net
