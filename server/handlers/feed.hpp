#pragma once
#include <string>

namespace margelle {

class Context;

namespace handlers {

// The feed of the circle that the body names, one of the caller's; the group's own where it names none. Throws Error(invalid).
std::string chosen_feed(Context& c);

}  // namespace handlers
}  // namespace margelle
