#include "server/live/frames.hpp"

#include "server/live/websocket.hpp"

namespace margelle::frames {
namespace {

// {"type":"…","group":"…"(,"circle":"…") — still open at its end.
std::string begin(const char* type, const Feed& feed) {
    std::string text = std::string(R"({"type":")") + type + R"(","group":")" + feed.group + '"';
    if (feed.feed != feed.group) text += R"(,"circle":")" + feed.feed + '"';
    return text;
}

Frame make(const std::string& text) { return std::make_shared<const std::string>(websocket::frame(websocket::Opcode::text, text)); }

}  // namespace

Frame subscribed(const Feed& feed, std::int64_t head) { return make(begin("subscribed", feed) + R"(,"head":)" + std::to_string(head) + "}"); }

Frame event(const Feed& feed, const persistence::live::Event& event) { return make(begin("event", feed) + "," + event.members + "}"); }

Frame behind(const Feed& feed, std::int64_t head) { return make(begin("behind", feed) + R"(,"head":)" + std::to_string(head) + "}"); }

Frame revoked(const Feed& feed) { return make(begin("revoked", feed) + "}"); }

Frame error(const std::string& problem, const Feed& feed) {
    return make((feed.group.empty() ? R"({"type":"error")" : begin("error", feed)) + R"(,"problem":)" + problem + "}");
}

}  // namespace margelle::frames
