#include "server/net/http_connection.ipp"

namespace margelle::net {

asio::awaitable<void> serve_plain(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket) {
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    HttpConnection<beast::tcp_stream> connection(shared, beast::tcp_stream(std::move(socket)), error ? "" : peer.address().to_string());
    co_await connection.run();
}

}  // namespace margelle::net
