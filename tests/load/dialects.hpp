#pragma once
// How subscribers of different servers say hello, and what they hear.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/load/options.hpp"

namespace margelle::load {

enum class Heard { nothing, ready, event, behind };

// What one subscriber says and understands.
struct Dialect {
    std::string path;
    std::string headers;
    std::string greeting;  // said when the connection is open
    bool ready_when_open;  // nothing has to be awaited
    // Says what a message means; what is put into `reply` is sent back.
    Heard (*understand)(std::string_view message, std::string& reply);
};

// The one for subscriber number i. --dialect: margelle, ws (scripts/benchmarks/peers/ws.mjs) or socket.io (socket.io.mjs).
Dialect dialect(const Options& options, std::size_t i);

// How a peer's publisher, a WebSocket of the same dialect at "/publish", has a text sent to everybody.
std::string publication(const Options& options);

}  // namespace margelle::load
