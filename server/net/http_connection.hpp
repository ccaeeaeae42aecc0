#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "server/net/shared.hpp"

namespace margelle::net {

// Serves one connection until it ends. Plain and TLS are compiled apart: each costs a compiler a quarter of a minute.
asio::awaitable<void> serve_plain(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket);
asio::awaitable<void> serve_tls(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket, asio::ssl::context& tls);

}  // namespace margelle::net
