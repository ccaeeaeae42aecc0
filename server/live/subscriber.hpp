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
    // Queues an event. False when the outbox is full: whoever does not keep up is told so (Hub::fell_behind).
    virtual bool offer(Frame frame) = 0;
    // Queues what has to be said. In a full outbox it makes room: what waited is dropped, and every subscription with it (Hub::fell_behind).
    virtual void tell(Frame frame) = 0;
    // Closes the connection; what it still held is not sent.
    virtual void close(const std::string& reason) = 0;
};

}  // namespace margelle
