#include "persistence/releases.hpp"

#include <nlohmann/json.hpp>

#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/cursor.hpp"
#include "server/handlers/handlers.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::releases {
namespace {

namespace db = persistence::releases;

db::Shown find(Context& c, const std::string& release) {
    auto shown = db::show(c.transaction(), release);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

Response answer(Context& c, const db::Shown& shown, int status = 200) {
    c.sent.insert(c.sent.end(), shown.sent.begin(), shown.sent.end());
    return json(shown.json, status);
}

// Shows it after a change, and tells its readers.
Response changed(Context& c) {
    const auto shown = find(c, c.path("release"));
    c.touch(shown.feed);
    return answer(c, shown);
}

}  // namespace

Response list(Context& c) {
    std::optional<db::Position> after;
    if (const auto cursor = c.query("cursor")) {
        const Place place = read_cursor(*cursor);
        after = db::Position{place.at, place.id};
    }
    const auto page = db::list(c.transaction(), after, c.limit());
    c.sent = page.sent;
    return json(json_list(page.items, page.next ? json_string(write_cursor({page.next->proposed_at, page.next->release})) : "null"));
}

Response propose(Context& c) {
    const std::string summary = c.maybe_text("summary").value_or("");
    const db::New what{c.text("title"), summary.empty() ? "" : render_markdown(summary).html, c.maybe_text("thread"), c.texts("posts")};
    if (what.summary_html.empty() && what.posts.empty()) throw Error(Code::invalid, {{"/summary", "or a message is needed"}});
    c.created = new_id();
    const auto refusal = db::propose(c.transaction(), c.created, what);
    if (refusal == db::Refusal::no_such_thread) throw Error(Code::invalid, {{"/thread", "is no discussion of yours"}});
    if (refusal == db::Refusal::no_such_post) throw Error(Code::invalid, {{"/posts", "must be messages of the discussion"}});
    if (refusal == db::Refusal::too_long) throw Error(Code::invalid, {{"/posts", "are too long together"}});
    c.touch(find(c, c.created).feed);
    return proposed(c, c.created);
}

Response proposed(Context& c, const std::string& release) { return answer(c, find(c, release), 201); }

Response show(Context& c) { return answer(c, find(c, c.path("release"))); }

Response approve(Context& c) {
    find(c, c.path("release"));
    db::approve(c.transaction(), c.path("release"), true);
    return changed(c);
}

Response take_back_approval(Context& c) {
    find(c, c.path("release"));
    db::approve(c.transaction(), c.path("release"), false);
    return changed(c);
}

Response answer_for_passage(Context& c) {
    find(c, c.path("release"));
    if (!db::answer(c.transaction(), c.path("release"), std::stoi(c.path("number")), c.body().at("agrees").get<bool>(), c.body().at("named").get<bool>()))
        throw Error(Code::author_only);
    return changed(c);
}

Response publish(Context& c) {
    find(c, c.path("release"));
    if (!db::publish(c.transaction(), c.path("release"))) throw Error(Code::conflict);
    return changed(c);
}

Response withdraw(Context& c) {
    const auto before = db::show(c.transaction(), c.path("release"));
    const bool moderates = c.who().role == "moderator";
    if (!before && !moderates) throw Error(Code::not_found);
    if (before && !moderates && (before->proposed_by != *c.who().member || before->state != "proposed")) throw Error(Code::moderators_only);
    // What is published every moderator takes back, whoever read it before.
    const auto feed = db::withdraw(c.transaction(), c.path("release"), c.text("reason"));
    if (!feed) throw Error(before ? Code::conflict : Code::not_found);
    c.touch(*feed);
    return no_content();
}

}  // namespace margelle::handlers::releases
