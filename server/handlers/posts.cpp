#include "persistence/posts.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::posts {
namespace {

namespace db = persistence::posts;

db::Shown find(Context& c, const std::string& post) {
    auto shown = db::show(c.transaction(), post);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

Response answer(Context& c, const std::string& post, int status = 200) {
    const auto shown = find(c, post);
    return json_with_etag(shown.json, shown.revision, status);
}

std::string cursor(const std::optional<int>& number) { return number ? json_string(std::to_string(*number)) : "null"; }

std::optional<int> from_cursor(const Context& c) {
    const auto text = c.query("cursor");
    if (!text) return std::nullopt;
    int number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size() || number < 1) throw Error(Code::invalid, {{"query/cursor", "is not one of ours"}});
    return number;
}

void react(Context& c, bool on) {
    const auto post = find(c, c.path("post"));
    if (post.deleted) throw Error(Code::conflict);
    db::react(c.transaction(), post, c.path("post"), c.path("reaction"), on);
    c.touch(post.feed);
}

}  // namespace

std::string page_tag(const Request& request, const std::string& member, const std::string& heads) {
    std::string whole = request.path + ' ' + heads + ' ' + member + ' ' + std::string(request.header("read-as"));
    for (const auto& [name, value] : request.inputs.query) whole += ' ' + name + '=' + value;
    return "\"p" + to_hex(sha256(whole)).substr(0, 32) + '"';
}

Response list(Context& c) {
    const int from = from_cursor(c).value_or(c.number("from", 1));
    const auto tag = [&c](const std::string& heads) { return page_tag(c.request, *c.who().member, heads); };
    if (const auto known = c.request.header("if-none-match"); !known.empty()) {
        const auto heads = db::heads(c.transaction(), c.path("thread"));
        if (!heads) throw Error(Code::not_found);
        if (tag(*heads) == known) return {304, "", "", {{"ETag", std::string(known)}}};
    }
    const auto page = db::page(c.transaction(), c.path("thread"), from, c.limit());
    if (!page) throw Error(Code::not_found);
    if (page->first > 0) c.sent.push_back({c.path("thread"), page->first, page->last});
    Response response = json(R"({"items":)" + page->items + R"(,"next_cursor":)" + cursor(page->next) + R"(,"prev_cursor":)" + cursor(page->previous) + "}");
    response.headers.emplace_back("ETag", tag(page->heads));
    return response;
}

persistence::posts::New draft(const Request& request, const nlohmann::json& body, const std::optional<std::string>& token_hash) {
    const std::string text = body.at("body").get<std::string>();
    auto rendered = render_markdown(text);
    const auto reply_to = body.find("reply_to");
    return {token_hash, request.inputs.path.at("group"), request.inputs.path.at("thread"), new_id(), text, std::move(rendered.html),
            reply_to == body.end() || reply_to->is_null() ? std::nullopt : std::optional(reply_to->get<std::string>()), std::move(rendered.mentions)};
}

Response create(Context& c) {
    const auto post = draft(c.request, c.body(), c.token_hash());
    c.created = post.post;
    c.touch(write_one(c, post));
    return created(c, c.created);
}

std::string write_one(Context& c, const persistence::posts::New& post) {
    const auto written = db::write(c.transaction(), {&post}).at(0);
    switch (written.outcome) {
        case db::Outcome::created: return written.feed;
        case db::Outcome::no_such_thread: throw Error(Code::not_found);
        case db::Outcome::thread_closed: throw Error(Code::thread_closed);
        case db::Outcome::no_such_parent: throw Error(Code::invalid, {{"/reply_to", "is no message of this discussion"}});
        default: throw persistence::RightsChanged();       // the caller has entered, and may write there
    }
}

Response created(Context& c, const std::string& post) { return answer(c, post, 201); }

Response show(Context& c) {
    const auto post = find(c, c.path("post"));
    c.sent.push_back({post.thread, post.number, post.number});
    return json_with_etag(post.json, post.revision);
}

Response edit(Context& c) {
    const auto before = find(c, c.path("post"));
    if (before.author != *c.who().member) throw Error(Code::author_only);
    if (before.deleted) throw Error(Code::conflict);
    const std::string body = c.text("body");
    const auto rendered = render_markdown(body);
    if (!db::edit(c.transaction(), before, c.path("post"), c.if_match(), body, rendered.html, rendered.mentions)) throw Error(Code::stale);
    c.touch(before.feed);
    return answer(c, c.path("post"));
}

Response remove(Context& c) {
    const auto before = find(c, c.path("post"));
    if (before.author != *c.who().member && c.who().role != "moderator") throw Error(Code::moderators_only);
    if (!before.deleted) {
        db::remove(c.transaction(), before, c.path("post"));
        c.touch(before.feed);
    }
    return no_content();
}

Response revisions(Context& c) {
    const auto post = find(c, c.path("post"));
    c.sent.push_back({post.thread, post.number, post.number});
    const auto before = db::revisions(c.transaction(), c.path("post"), from_cursor(c).value_or(post.revision), c.limit());
    return json(R"({"items":)" + before.items + R"(,"next_cursor":)" + cursor(before.next) + "}");
}

Response add_reaction(Context& c) {
    react(c, true);
    return no_content();
}

Response remove_reaction(Context& c) {
    react(c, false);
    return no_content();
}

}  // namespace margelle::handlers::posts
