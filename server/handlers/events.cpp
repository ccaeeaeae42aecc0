#include "persistence/events.hpp"

#include "server/context.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::events {

Response list(Context& c) {
    const auto page = persistence::events::after(c.transaction(), c.query("circle").value_or(*c.who().group), c.big_number("after", 0), c.limit());
    if (!page) throw Error(Code::not_found);
    Response response = json(*page);
    response.wait_for_more = response.body.starts_with(R"({"items":[])");
    return response;
}

}  // namespace margelle::handlers::events
