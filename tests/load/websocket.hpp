#pragma once
// A WebSocket client (RFC 6455) without extensions: texts out, texts in.
#include "tests/load/loop.hpp"
#include "tests/load/options.hpp"

namespace margelle::load {

class WebSocket : public Socket {
public:
    // `path` and `headers` of the upgrade; each header ends with CRLF.
    WebSocket(Loop& loop, const Target& target, const std::string& path, const std::string& headers);

    // False when the server refuses the connection; opened() or lost() follows.
    bool open();
    void send_text(std::string_view text);

protected:
    virtual void opened() = 0;
    virtual void heard(std::string_view message) = 0;

private:
    void received(std::string_view bytes) override;
    // What of `bytes` was used up.
    std::size_t read_upgrade(std::string_view bytes);
    std::size_t read_frame(std::string_view bytes);
    void send_frame(unsigned opcode, std::string_view payload);

    std::string upgrade_;
    bool upgraded_ = false;
    std::string partial_;
};

}  // namespace margelle::load
