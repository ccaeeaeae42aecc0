#pragma once

namespace margelle {

class Context;

namespace handlers {

// Counts what somebody does about their own place in the group: accepting, refusing, taking back, asking, leaving. Each is kept for years, told
// to everybody, and makes whoever writes prove their rights anew. Throws Error(rate_limited) beyond 20 in a quarter of an hour.
void count_standing(Context& c);

}  // namespace handlers
}  // namespace margelle
