#include "tests/support/smtp_server.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace margelle::tests {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Up to and including `end`; throws when the client is gone.
template <class Stream>
std::string read(Stream& stream, std::string& buffer, const char* end) {
    const std::size_t size = asio::read_until(stream, asio::dynamic_buffer(buffer), end);
    const std::string text = buffer.substr(0, size);
    buffer.erase(0, size);
    return text;
}

std::string within(const std::string& line, char open, char close) {
    const std::size_t begin = line.find(open) + 1;
    return line.substr(begin, line.find(close, begin) - begin);
}

}  // namespace

std::string SmtpServer::Message::body() const {
    std::string text = data.substr(data.find("\r\n\r\n") + 4);
    for (std::size_t at = text.starts_with('.') ? 0 : text.find("\r\n."); at != std::string::npos; at = text.find("\r\n.", at)) {
        at += text[at] == '.' ? 0 : 2;
        text.erase(at, 1);
    }
    return text;
}

SmtpServer::SmtpServer(std::map<std::string, std::string> refusals, const Certificate* certificate)
    : refusals_(std::move(refusals)), acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    if (certificate) {
        tls_.emplace(asio::ssl::context::tls_server);
        tls_->use_certificate_chain_file(certificate->chain());
        tls_->use_private_key_file(certificate->key(), asio::ssl::context::pem);
    }
    thread_ = std::thread([this] { work(); });
}

SmtpServer::~SmtpServer() {
    stopped_ = true;
    tcp::socket(context_).connect(acceptor_.local_endpoint());      // wakes the one that accepts
    thread_.join();
}

std::vector<SmtpServer::Message> SmtpServer::received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

std::vector<std::string> SmtpServer::commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
}

void SmtpServer::work() {
    for (;;) {
        tcp::socket socket = acceptor_.accept();
        if (stopped_) return;
        try {
            if (tls_) {
                asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
                stream.handshake(asio::ssl::stream_base::server);
                talk(stream);
            } else {
                talk(socket);
            }
        } catch (const boost::system::system_error&) {
            // The client has hung up.
        }
    }
}

template <class Stream>
void SmtpServer::talk(Stream& stream) {
    std::string buffer;
    asio::write(stream, asio::buffer(std::string("220 localhost\r\n")));
    for (;;) {
        const std::string line = read(stream, buffer, "\r\n");
        std::string said = answer(line);
        if (said.starts_with("354")) {
            asio::write(stream, asio::buffer(said));
            current_.data = read(stream, buffer, "\r\n.\r\n");
            current_.data.resize(current_.data.size() - 3);
            said = answer(".\r\n");
        }
        if (said.starts_with("334")) {
            asio::write(stream, asio::buffer(said));
            current_.credentials = read(stream, buffer, "\r\n");
            current_.credentials.resize(current_.credentials.size() - 2);
            said = "235 welcome\r\n";
        }
        if (said.empty()) return;
        asio::write(stream, asio::buffer(said));
    }
}

std::string SmtpServer::answer(const std::string& line) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(line.substr(0, line.size() - 2));
    const std::string command = line.substr(0, line.find_first_of(" \r"));
    if (const auto refused = refusals_.find(command); refused != refusals_.end()) return refused->second.empty() ? "" : refused->second + "\r\n";
    if (command == "EHLO") {
        current_ = {};
        return "250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n";
    }
    if (command == "AUTH") return "334 \r\n";
    if (command == "MAIL") current_.from = within(line, '<', '>');
    if (command == "RCPT") current_.to = within(line, '<', '>');
    if (command == "DATA") return "354 go on\r\n";
    if (command == ".") received_.push_back(current_);
    return command == "QUIT" ? "221 bye\r\n" : "250 taken\r\n";
}

}  // namespace margelle::tests
