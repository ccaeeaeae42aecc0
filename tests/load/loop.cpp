#include "tests/load/loop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace margelle::load {

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024, '\0') {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll");
}

Loop::~Loop() { ::close(epoll_); }

void Loop::run(Clock::time_point until, const std::function<bool()>& done, const std::function<void()>& idle) {
    std::array<epoll_event, 256> events;
    auto idled = Clock::now();
    while (!(done && done())) {
        const auto now = Clock::now();
        if (now >= until) return;
        if (idle && now - idled >= std::chrono::milliseconds(100)) {
            idled = now;
            idle();
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now).count() + 1;
        const int count =
            epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(std::min<std::int64_t>(left, 100)));
        for (int i = 0; i < count; ++i) {
            auto& socket = *static_cast<Socket*>(events[static_cast<std::size_t>(i)].data.ptr);
            const std::uint32_t what = events[static_cast<std::size_t>(i)].events;
            if (what & EPOLLOUT) socket.write();
            if (what & (EPOLLIN | EPOLLHUP | EPOLLERR)) socket.read();
        }
    }
}

Socket::~Socket() { close(); }

bool Socket::connect() {
    close();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    if (inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1) throw std::runtime_error(host_ + " is not an IPv4 address");
    file_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
    const int on = 1;
    setsockopt(file_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(file_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close();
        return false;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = this;
    epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, file_, &event);
    return true;
}

void Socket::send(std::string_view bytes) {
    if (!connected()) return;
    if (waiting_.empty()) {
        const auto sent = ::send(file_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (bytes.empty()) return;
    waiting_ += bytes;
    watch(EPOLLIN | EPOLLOUT);
}

void Socket::stall() {
    const int least = 4096;
    setsockopt(file_, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    epoll_ctl(loop_.epoll_, EPOLL_CTL_DEL, file_, nullptr);
}

void Socket::close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
    waiting_.clear();
}

void Socket::read() {
    if (!connected()) return;
    const auto size = ::recv(file_, loop_.buffer_.data(), loop_.buffer_.size(), MSG_DONTWAIT);
    if (size > 0) return received(std::string_view(loop_.buffer_).substr(0, static_cast<std::size_t>(size)));
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    close();
    lost();
}

void Socket::write() {
    if (!connected()) return;
    const auto sent = ::send(file_, waiting_.data(), waiting_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) waiting_.erase(0, static_cast<std::size_t>(sent));
    if (waiting_.empty()) watch(EPOLLIN);
}

void Socket::watch(std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = this;
    epoll_ctl(loop_.epoll_, EPOLL_CTL_MOD, file_, &event);
}

}  // namespace margelle::load
