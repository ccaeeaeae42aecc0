#pragma once
#include <memory>
#include <string>

namespace margelle {

// A message that many connections send, as the bytes that leave (websocket.hpp); immutable once made.
using Frame = std::shared_ptr<const std::string>;

// A WebSocket connection as the hub sees it. Called on the network thread only.
class Subscriber {
public:
    virtual ~Subscriber() = default;
    virtual const std::string& session() const = 0;
    // Queues a frame. False when the connection's outbox is full: it does not keep up.
    virtual bool send(Frame frame) = 0;
    // Closes the connection; what it still held is not sent.
    virtual void close(const std::string& reason) = 0;
};

}  // namespace margelle
