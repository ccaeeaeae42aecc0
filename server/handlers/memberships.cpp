#include "persistence/memberships.hpp"

#include <nlohmann/json.hpp>

#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/organisation.hpp"
#include "server/handlers/standing.hpp"

namespace margelle::handlers::memberships {

namespace db = persistence::memberships;

Response list(Context& c) { return json(db::list(c.transaction())); }

Response update(Context& c) {
    const std::string& member = c.path("member");
    const auto found = db::find(c.transaction(), member);
    if (!found || found->state != "active") throw Error(Code::not_found);
    const bool withdrawn = c.body().contains("state");
    if (withdrawn) db::remove(c.transaction(), member);
    else db::set_role(c.transaction(), member, c.text("role"));
    c.touch_group();
    c.mail_queued = withdrawn;
    const std::string role = withdrawn ? found->role : c.text("role");
    return json(R"({"member_id":")" + member + R"(","role":")" + role + R"(","state":")" + (withdrawn ? "removed" : "active") + R"("})");
}

Response update_mine(Context& c) {
    db::act_for(c.transaction(), c.maybe_text("category"), chosen_organisation(c));
    c.touch_group();
    return no_content();
}

Response leave(Context& c) {
    const auto found = db::find(c.transaction(), *c.who().member);
    if (!found || (found->state != "active" && found->state != "requested")) throw Error(Code::not_found);
    count_standing(c);
    db::leave(c.transaction());
    c.touch_group();
    c.mail_queued = true;
    return no_content();
}

Response requests(Context& c) { return json(db::requests(c.transaction())); }

Response request(Context& c) {
    count_standing(c);
    const auto organisation = chosen_organisation(c);
    if (!db::request(c.transaction(), c.maybe_text("message").value_or(""), c.text("category"), organisation ? *organisation : std::nullopt))
        throw Error(Code::conflict);
    c.touch_group();
    return {202, "", ""};
}

Response decide(Context& c) {
    if (!db::decide(c.transaction(), c.path("member"), c.text("decision") == "accept")) throw Error(Code::not_found);
    c.touch_group();
    return no_content();
}

Response remove_all(Context& c) {
    const auto removed = db::remove_all(c.transaction(), c.texts("members"), c.maybe_text("organisation"), c.text("reason"));
    if (removed.empty()) throw Error(Code::not_found);
    c.touch_group();
    return json(nlohmann::json{{"removed", removed}}.dump());
}

}  // namespace margelle::handlers::memberships
