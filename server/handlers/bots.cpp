#include "persistence/bots.hpp"

#include <nlohmann/json.hpp>

#include "persistence/access_keys.hpp"
#include "protocol/ids.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/identity/access_key.hpp"

namespace margelle::handlers::bots {
namespace {

namespace db = persistence::bots;
namespace keys = persistence::access_keys;

db::Shown find(Context& c, const std::string& bot) {
    auto shown = db::show(c.transaction(), bot);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

Response answer(Context& c, const std::string& bot, int status = 200) {
    const auto shown = find(c, bot);
    return json_with_etag(shown.json, shown.revision, status);
}

Error no_such_owner() { return Error(Code::invalid, {{"/owner", "takes no part in the group, or has not accepted its agreement"}}); }

Response answer_key(Context& c, const std::string& key, const std::optional<std::string>& secret) {
    const auto shown = keys::show(c.transaction(), key, secret);
    if (!shown) throw Error(Code::not_found);
    return json(*shown, 201);
}

}  // namespace

Response list(Context& c) { return json(db::list(c.transaction())); }

Response create(Context& c) {
    c.created = new_id();
    if (!db::create(c.transaction(), c.created, c.text("name"), c.maybe_text("owner").value_or(*c.who().member), c.texts("scopes"))) throw no_such_owner();
    c.touch_group();
    return created(c, c.created);
}

Response created(Context& c, const std::string& bot) { return answer(c, bot, 201); }

Response show(Context& c) { return answer(c, c.path("bot")); }

Response update(Context& c) {
    if (find(c, c.path("bot")).revoked) throw Error(Code::conflict);
    const auto scopes = c.body().contains("scopes") ? std::optional(c.texts("scopes")) : std::nullopt;
    switch (db::update(c.transaction(), c.path("bot"), c.if_match(), {c.maybe_text("name"), c.maybe_text("owner"), scopes})) {
        case db::Outcome::stale: throw Error(Code::stale);
        case db::Outcome::no_such_owner: throw no_such_owner();
        case db::Outcome::changed: break;
    }
    c.touch_group();
    return answer(c, c.path("bot"));
}

Response confirm(Context& c) {
    if (find(c, c.path("bot")).owner != *c.who().member) throw Error(Code::owner_only);
    if (db::confirm(c.transaction(), c.path("bot"))) c.touch_group();
    return show(c);
}

Response revoke(Context& c) {
    const auto before = find(c, c.path("bot"));
    if (c.who().role != "moderator" && before.owner != *c.who().member) throw Error(Code::moderators_only);
    db::revoke(c.transaction(), c.path("bot"));
    c.touch_group();
    return no_content();
}

Response issue_key(Context& c) {
    if (find(c, c.path("bot")).revoked) throw Error(Code::conflict);
    const std::string secret = new_access_key();
    c.created = new_id();
    const auto days = c.body().find("days");
    if (!keys::issue(c.transaction(), {c.created, c.path("bot"), c.maybe_text("name").value_or(""), access_key_hash(secret),
                                          days == c.body().end() ? 365 : days->get<int>()}))
        throw Error(Code::conflict);
    return answer_key(c, c.created, secret);
}

Response issued_key(Context& c, const std::string& key) { return answer_key(c, key, std::nullopt); }

Response revoke_key(Context& c) {
    if (!keys::revoke(c.transaction(), c.path("bot"), c.path("key"))) throw Error(Code::not_found);
    c.touch_group();
    return no_content();
}

Response self(Context& c) { return json(db::self(c.transaction())); }

}  // namespace margelle::handlers::bots
