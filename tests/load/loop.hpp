#pragma once
// One thread, one epoll, many sockets to this machine. Plain system calls: whatever this program uses, the server lacks.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace margelle::load {

using Clock = std::chrono::steady_clock;

class Socket;

class Loop {
public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Serves the sockets until then, or until done() holds; idle() is called at least every 100 ms.
    void run(Clock::time_point until, const std::function<bool()>& done = {}, const std::function<void()>& idle = {});

private:
    friend class Socket;
    int epoll_;
    std::string buffer_;
};

// A TCP connection. What comes is handed to received(); what the peer does not take at once waits in the socket.
class Socket {
public:
    Socket(Loop& loop, const std::string& host, std::uint16_t port) : loop_(loop), host_(host), port_(port) {}
    virtual ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // Blocks: the peer is on this machine. False when it refuses.
    bool connect();
    bool connected() const { return file_ >= 0; }
    void send(std::string_view bytes);
    // Reads no more, so that the peer's buffers fill.
    void stall();
    void close();

protected:
    virtual void received(std::string_view bytes) = 0;
    // The peer closed, or the connection broke; close() by ourselves is not told.
    virtual void lost() = 0;

private:
    friend class Loop;
    void read();
    void write();
    void watch(std::uint32_t events);

    Loop& loop_;
    std::string host_;
    std::uint16_t port_;
    int file_ = -1;
    std::string waiting_;
};

}  // namespace margelle::load
