#pragma once
// The messages of protocol/asyncapi.yaml, from the client.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "persistence/database.hpp"
#include "protocol/problem.hpp"
#include "server/services.hpp"

namespace margelle {

struct Command {
    bool subscribe = false;         // or unsubscribe
    Feed feed;
    std::int64_t after = 0;
};

// Nothing when it is not one.
std::optional<Command> read_command(std::string_view text);

struct SubscriptionAnswer {
    std::optional<Error> refusal;
    std::int64_t head = 0;
    std::int64_t epoch = 0;
};

// Whether the session's member may follow the feed now: the gate that stands before any reading of content.
SubscriptionAnswer authorise(persistence::Connection& connection, const std::string& token_hash, const Command& command);

}  // namespace margelle
