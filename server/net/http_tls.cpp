#include <boost/beast/ssl.hpp>

#include "server/net/http_connection.ipp"

namespace margelle::net {

asio::awaitable<void> serve_tls(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket, asio::ssl::context& tls) {
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    using Stream = beast::ssl_stream<beast::tcp_stream>;
    HttpConnection<Stream> connection(shared, Stream(beast::tcp_stream(std::move(socket)), tls), error ? "" : peer.address().to_string());
    beast::get_lowest_layer(connection.stream()).expires_after(std::chrono::seconds(10));
    auto shaken = co_await connection.stream().async_handshake(asio::ssl::stream_base::server, token);
    if (std::get<0>(shaken)) co_return;
    co_await connection.run();
}

}  // namespace margelle::net
