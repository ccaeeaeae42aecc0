#include "persistence/subscriptions.hpp"

#include <nlohmann/json.hpp>

#include "protocol/ids.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::subscriptions {
namespace {

namespace db = persistence::subscriptions;

Response answer(Context& c, const std::string& subscription, int status = 200) {
    const auto shown = db::show(c.transaction(), subscription);
    if (!shown) throw Error(Code::not_found);
    return json_with_etag(shown->json, shown->revision, status);
}

template <class Value>
std::optional<Value> maybe(const nlohmann::json& body, const char* member) {
    const auto found = body.find(member);
    return found == body.end() ? std::nullopt : std::optional(found->get<Value>());
}

}  // namespace

Response list(Context& c) { return json(db::list(c.transaction())); }

Response create(Context& c) {
    c.created = new_id();
    db::create(c.transaction(), c.created, {c.text("kind"), c.text("portal"), c.maybe_text("query").value_or(""), c.maybe_text("organization"), c.texts("territories"),
                                               c.texts("themes"), maybe<int>(c.body(), "limit").value_or(50), maybe<bool>(c.body(), "paused").value_or(false)});
    c.touch_group();
    return created(c, c.created);
}

Response created(Context& c, const std::string& subscription) { return answer(c, subscription, 201); }

Response show(Context& c) { return answer(c, c.path("subscription")); }

Response update(Context& c) {
    using Texts = std::vector<std::string>;
    const std::string& subscription = c.path("subscription");
    answer(c, subscription);
    const auto organization = c.body().contains("organization") ? std::optional(c.maybe_text("organization")) : std::nullopt;
    if (!db::update(c.transaction(), subscription, c.if_match(),
            {c.maybe_text("portal"), c.maybe_text("query"), organization, maybe<Texts>(c.body(), "territories"), maybe<Texts>(c.body(), "themes"),
                maybe<int>(c.body(), "limit"), maybe<bool>(c.body(), "paused")}))
        throw Error(Code::stale);
    c.touch_group();
    return answer(c, subscription);
}

Response remove(Context& c) {
    if (!db::remove(c.transaction(), c.path("subscription"))) throw Error(Code::not_found);
    c.touch_group();
    return no_content();
}

Response report(Context& c) {
    nlohmann::json run = c.body();
    run.emplace("errors", nlohmann::json::array());
    if (!db::report(c.transaction(), c.path("subscription"), run.dump())) throw Error(Code::not_found);
    return no_content();
}

}  // namespace margelle::handlers::subscriptions
