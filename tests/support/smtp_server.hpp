#pragma once
// A mail server that keeps what it is given, as far as one client needs one (RFC 5321).
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/certificate.hpp"

namespace margelle::tests {

class SmtpServer {
public:
    struct Message {
        std::string from, to;           // of the envelope
        std::string credentials;        // of AUTH PLAIN, in base64
        std::string data;               // as it came, dots included
        std::string head() const { return data.substr(0, data.find("\r\n\r\n") + 2); }
        std::string body() const;       // without the dots that were added on the way
    };

    // `refusals`: what it answers to a command instead of taking it ("." is the end of a message; "" hangs up); `certificate`: speaks TLS
    // from the first byte.
    explicit SmtpServer(std::map<std::string, std::string> refusals = {}, const Certificate* certificate = nullptr);
    ~SmtpServer();

    std::string url() const { return (tls_ ? "smtps://localhost:" : "smtp://localhost:") + std::to_string(acceptor_.local_endpoint().port()); }
    std::vector<Message> received() const;
    // The commands that came, in order.
    std::vector<std::string> commands() const;

private:
    void work();
    template <class Stream> void talk(Stream& stream);
    std::string answer(const std::string& line);

    const std::map<std::string, std::string> refusals_;
    boost::asio::io_context context_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::atomic<bool> stopped_ = false;
    mutable std::mutex mutex_;
    std::vector<Message> received_;
    std::vector<std::string> commands_;
    Message current_;
    std::thread thread_;
};

}  // namespace margelle::tests
