#pragma once
#include <functional>
#include <memory>

#include "tests/load/loop.hpp"
#include "tests/load/options.hpp"

namespace margelle::load {

// Has messages sent to all subscribers.
class Publisher {
public:
    virtual ~Publisher() = default;
    // Says, through what make_publisher was given, when a message was acknowledged. False: not now, all are busy.
    virtual bool publish() = 0;
};

// Margelle: posts by HTTP, by so many members at once. A peer: texts over a WebSocket, which acknowledges nothing, so
// that each counts as acknowledged when it is sent.
std::unique_ptr<Publisher> make_publisher(const Options& options, Loop& loop, std::size_t in_flight, std::function<void()> acknowledged);

}  // namespace margelle::load
