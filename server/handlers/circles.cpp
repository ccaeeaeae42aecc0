#include "persistence/circles.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "persistence/memberships.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::circles {
namespace {

namespace db = persistence::circles;

db::Shown find(Context& c, const std::string& circle) {
    auto shown = db::show(c.transaction(), circle);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

// Outside, moderators know that the circle exists; the others do not.
void check_within(Context& c) {
    if (!find(c, c.path("circle")).mine) throw Error(Code::circle_only);
}

Response answer(Context& c, const std::string& circle, int status = 200) {
    const auto shown = find(c, circle);
    return json_with_etag(shown.json, shown.revision, status);
}

}  // namespace

Response list(Context& c) { return json(db::list(c.transaction())); }

Response create(Context& c) {
    const auto members = c.texts("members");
    std::vector<FieldError> wrong;
    for (const std::string& absent : persistence::memberships::absent(c.transaction(), members)) {
        const auto place = std::find(members.begin(), members.end(), absent) - members.begin();
        wrong.push_back({"/members/" + std::to_string(place), "takes no part in the group"});
    }
    if (!wrong.empty()) throw Error(Code::invalid, std::move(wrong));
    c.created = new_id();
    db::create(c.transaction(), c.created, c.text("name"), members);
    c.touch(c.created);
    return created(c, c.created);
}

Response created(Context& c, const std::string& circle) { return answer(c, circle, 201); }

Response show(Context& c) { return answer(c, c.path("circle")); }

Response rename(Context& c) {
    find(c, c.path("circle"));
    if (!db::rename(c.transaction(), c.path("circle"), c.if_match(), c.text("name"))) throw Error(Code::stale);
    c.touch(c.path("circle"));
    return answer(c, c.path("circle"));
}

Response add(Context& c) {
    check_within(c);
    if (!db::add(c.transaction(), c.path("circle"), c.path("member"))) throw Error(Code::not_found);
    c.touch(c.path("circle"));
    return no_content();
}

Response remove(Context& c) {
    find(c, c.path("circle"));
    if (c.path("member") != *c.who().member && c.who().role != "moderator") throw Error(Code::moderators_only);
    if (!db::remove(c.transaction(), c.path("circle"), c.path("member"))) throw Error(Code::not_found);
    c.touch(c.path("circle"));
    return no_content();
}

Response request_entry(Context& c) {
    find(c, c.path("circle"));
    const auto entry = db::request_entry(c.transaction(), c.path("circle"));
    if (!entry) throw Error(Code::conflict);
    if (entry->outcome == db::Entry::waits) {
        Error error(Code::entry_waits);
        error.opens_at = entry->opens_at;
        throw error;
    }
    c.touch(c.path("circle"));
    if (entry->outcome == db::Entry::entered) return no_content();
    return json(R"({"opens_at":)" + json_string(entry->opens_at) + "}", 202);
}

Response agree(Context& c) {
    check_within(c);
    if (!db::agree(c.transaction(), c.path("circle"), c.path("member"))) throw Error(Code::not_found);
    c.touch(c.path("circle"));
    return no_content();
}

}  // namespace margelle::handlers::circles
