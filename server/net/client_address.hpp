#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace margelle::net {

// The client's address: the peer's, or behind trusted proxies the rightmost hop of X-Forwarded-For that is not one.
std::string client_address(const std::string& peer, std::string_view x_forwarded_for, const std::vector<std::string>& trusted_proxies);

}  // namespace margelle::net
