#include "persistence/threads.hpp"

#include <nlohmann/json.hpp>

#include "persistence/circles.hpp"
#include "persistence/posts.hpp"
#include "persistence/readers.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/cursor.hpp"
#include "server/handlers/feed.hpp"
#include "server/handlers/handlers.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::threads {
namespace {

namespace db = persistence::threads;

// The pinned part of the list ("p42:<id>"), or the rest, after a thread of that moment.
std::string write_position(const db::Position& position) { return (position.pinned ? "p" : "") + write_cursor({position.last_post_at, position.thread}); }

db::Position read_position(std::string_view cursor) {
    const bool pinned = cursor.starts_with('p');
    const Place place = read_cursor(pinned ? cursor.substr(1) : cursor);
    return {pinned, place.at, place.id};
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
    const auto page = db::list(c.transaction(), cursor ? std::optional(read_position(*cursor)) : std::nullopt, c.limit());
    return json(json_list(page.items, page.next ? json_string(write_position(*page.next)) : "null"));
}

Response create(Context& c) {
    const std::string body = c.text("body");
    const auto rendered = render_markdown(body);
    c.created = new_id();
    db::create(c.transaction(), c.created, chosen_feed(c), c.text("title"));
    c.touch(posts::write_one(c, {c.token_hash(), *c.who().group, c.created, new_id(), body, rendered.html, std::nullopt, rendered.mentions}));
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
    c.touch(before.feed);
    return answer(c, c.path("thread"));
}

Response label(Context& c) {
    const auto before = find(c, c.path("thread"));
    const std::string feed = chosen_feed(c);
    if (feed != before.feed) {
        db::relabel(c.transaction(), c.path("thread"), feed, c.text("reason"));
        c.touch(before.feed);
        c.touch(feed);
    }
    return answer(c, c.path("thread"));
}

Response readers(Context& c) {
    find(c, c.path("thread"));
    const auto post = c.query("post");
    if (post) {
        const auto shown = persistence::posts::show(c.transaction(), *post);
        if (!shown || shown->thread != c.path("thread")) throw Error(Code::not_found);
    }
    return json(persistence::readers::of(c.transaction(), c.path("thread"), post, c.query("at")));
}

Response mark_read(Context& c) {
    if (!db::mark_read(c.transaction(), c.path("thread"), c.body().at("number").get<int>())) throw Error(Code::not_found);
    return no_content();
}

}  // namespace margelle::handlers::threads
