#include "server/handlers/standing.hpp"

#include "persistence/limits.hpp"
#include "server/context.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle::handlers {

void count_standing(Context& c) {
    constexpr int most = 20;
    const std::string key = *c.who().group + ' ' + *c.who().member;
    if (persistence::limits::recent(c.transaction(), "standing", key) >= most) refuse_for_now();
    persistence::limits::note(c.transaction(), "standing", key);
}

}  // namespace margelle::handlers
