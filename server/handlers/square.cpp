#include "persistence/square.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/cursor.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::square {

namespace db = persistence::square;

Response list(Context& c) {
    std::optional<db::Position> after;
    if (const auto cursor = c.query("cursor")) {
        const Place place = read_cursor(*cursor);
        after = db::Position{place.at, place.id};
    }
    const auto page = db::list(c.transaction(), after, c.limit());
    return json(json_list(page.items, page.next ? json_string(write_cursor({page.next->published_at, page.next->release})) : "null"));
}

Response show(Context& c) {
    const auto shown = db::show(c.transaction(), c.path("release"));
    if (!shown) throw Error(Code::not_found);
    return json(*shown);
}

Response take_back(Context& c) {
    if (!db::take_back(c.transaction(), c.path("release"), std::stoi(c.path("number")))) throw Error(Code::not_found);
    return no_content();
}

}  // namespace margelle::handlers::square
