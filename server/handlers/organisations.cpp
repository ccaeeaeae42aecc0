#include "persistence/organisations.hpp"

#include <nlohmann/json.hpp>

#include "server/context.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::organisations {

namespace db = persistence::organisations;

Response find(Context& c) { return json(db::find(c.transaction(), *c.query("q"))); }

Response update(Context& c) {
    db::Verification verification{c.maybe_text("state"), std::nullopt};
    if (c.body().contains("email_domain")) verification.email_domain = c.maybe_text("email_domain");
    if (!db::verify(c.transaction(), c.path("organisation"), verification)) throw Error(Code::not_found);
    return json(db::show(c.transaction(), c.path("organisation")));
}

Response confirm(Context& c) {
    if (!db::exists(c.transaction(), c.path("organisation"))) throw Error(Code::not_found);
    if (!db::confirm(c.transaction(), c.path("organisation"), c.text("email")))
        throw Error(Code::invalid, {{"/email", "is of nobody who says that they belong to it"}});
    return no_content();
}

}  // namespace margelle::handlers::organisations
