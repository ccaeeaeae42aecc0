#pragma once
// The messages of protocol/asyncapi.yaml, from the server.
#include <cstdint>
#include <string>

#include "persistence/live.hpp"
#include "server/live/subscriber.hpp"
#include "server/services.hpp"

namespace margelle::frames {

Frame subscribed(const Feed& feed, std::int64_t head);
Frame event(const Feed& feed, const persistence::live::Event& event);
Frame behind(const Feed& feed, std::int64_t head);
Frame revoked(const Feed& feed);
// `problem` is a JSON object (RFC 9457); `feed` is empty where the message named none.
Frame error(const std::string& problem, const Feed& feed);

}  // namespace margelle::frames
