#include "server/net/client_address.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace margelle::net {

std::string client_address(const std::string& peer, std::string_view hops, const std::vector<std::string>& trusted_proxies) {
    const auto trusted = [&](const std::string& address) {
        return std::find(trusted_proxies.begin(), trusted_proxies.end(), address) != trusted_proxies.end();
    };
    std::string address = peer;
    while (trusted(address) && !hops.empty()) {
        const std::size_t comma = hops.rfind(',');
        std::string_view hop = comma == std::string_view::npos ? hops : hops.substr(comma + 1);
        hops = comma == std::string_view::npos ? std::string_view{} : hops.substr(0, comma);
        while (hop.starts_with(' ')) hop.remove_prefix(1);
        while (hop.ends_with(' ')) hop.remove_suffix(1);
        boost::system::error_code error;
        const auto parsed = boost::asio::ip::make_address(hop, error);
        if (error) break;
        address = parsed.to_string();
    }
    return address;
}

}  // namespace margelle::net
