#include "persistence/events.hpp"

#include "server/context.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::events {

Response list(Context& c) {
    Response response = json(persistence::events::after(c.transaction(), c.big_number("after", 0), c.limit()));
    response.wait_for_more = response.body.starts_with(R"({"items":[])");
    return response;
}

}  // namespace margelle::handlers::events
