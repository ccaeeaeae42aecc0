#include "server/handlers/feed.hpp"

#include "persistence/circles.hpp"
#include "server/context.hpp"

namespace margelle::handlers {

std::string chosen_feed(Context& c) {
    const auto circle = c.maybe_text("circle");
    if (!circle) return *c.who().group;
    if (!persistence::circles::mine(c.transaction(), *circle)) throw Error(Code::invalid, {{"/circle", "is no circle of yours"}});
    return *circle;
}

}  // namespace margelle::handlers
