#include "persistence/threads.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "persistence/posts.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::threads {
namespace {

namespace db = persistence::threads;

// "p42" or "42": the pinned part of the list, or the rest, after the event 42.
std::string write_cursor(const db::Position& position) { return (position.pinned ? "p" : "") + std::to_string(position.last_seq); }

db::Position read_cursor(std::string_view cursor) {
    db::Position position{cursor.starts_with('p'), 0};
    if (position.pinned) cursor.remove_prefix(1);
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), position.last_seq);
    if (error != std::errc{} || end != cursor.data() + cursor.size()) throw Error(Code::invalid, {{"query/cursor", "is not one of ours"}});
    return position;
}

db::Shown find(Context& c, const std::string& thread) {
    auto shown = db::show(c.transaction(), thread);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

Response answer(Context& c, const std::string& thread, int status = 200) {
    const auto shown = find(c, thread);
    return json_with_etag(shown.json, shown.revision, status);
}

}  // namespace

Response list(Context& c) {
    const auto cursor = c.query("cursor");
    const auto page = db::list(c.transaction(), cursor ? std::optional(read_cursor(*cursor)) : std::nullopt, c.limit());
    return json(json_list(page.items, page.next ? json_string(write_cursor(*page.next)) : "null"));
}

Response create(Context& c) {
    const std::string body = c.text("body");
    const auto rendered = render_markdown(body);
    c.created = new_id();
    db::create(c.transaction(), c.created, c.text("title"));
    const auto first = persistence::posts::create(c.transaction(), new_id(), {c.created, body, rendered.html, std::nullopt, rendered.mentions});
    c.touch(first.feed);
    return created(c, c.created);
}

Response created(Context& c, const std::string& thread) { return answer(c, thread, 201); }

Response show(Context& c) { return answer(c, c.path("thread")); }

Response update(Context& c) {
    const auto before = find(c, c.path("thread"));
    const bool moderates = c.who().role == "moderator";
    const auto flag = [&](const char* member) { return c.body().contains(member) ? std::optional(c.body().at(member).get<bool>()) : std::nullopt; };
    const db::Change change{c.maybe_text("title"), flag("pinned"), flag("closed")};
    if (!moderates && (change.pinned || change.closed || before.author != *c.who().member)) throw Error(Code::moderators_only);
    if (!db::update(c.transaction(), c.path("thread"), c.if_match(), change)) throw Error(Code::stale);
    c.touch_group();
    return answer(c, c.path("thread"));
}

Response mark_read(Context& c) {
    if (!db::mark_read(c.transaction(), c.path("thread"), c.body().at("number").get<int>())) throw Error(Code::not_found);
    return no_content();
}

}  // namespace margelle::handlers::threads
