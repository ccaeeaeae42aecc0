#include "persistence/groups.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/config.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/organisation.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::groups {
namespace {

namespace db = persistence::groups;

// Given and null are told apart: null clears.
std::optional<std::optional<std::string>> clearable(Context& c, const char* member) {
    if (!c.body().contains(member)) return std::nullopt;
    return std::optional<std::optional<std::string>>(c.maybe_text(member));
}

std::optional<std::vector<std::string>> strings(Context& c, const char* member) {
    const auto found = c.body().find(member);
    return found == c.body().end() ? std::nullopt : std::optional(found->get<std::vector<std::string>>());
}

db::Change read_change(Context& c) {
    db::Change change;
    change.name = c.maybe_text("name");
    change.purpose = c.maybe_text("purpose");
    change.charter = c.maybe_text("charter");
    if (change.charter) change.charter_html = render_markdown(*change.charter).html;
    change.phase = c.maybe_text("phase");
    change.listing = c.maybe_text("listing");
    change.acceptance_for = c.maybe_text("acceptance_for");
    if (const auto records = c.body().find("records_reading"); records != c.body().end()) change.records_reading = records->get<bool>();
    change.themes = strings(c, "themes");
    change.needed_categories = strings(c, "needed_categories");
    if (const auto milestones = c.body().find("milestones"); milestones != c.body().end()) change.milestones = milestones->dump();
    change.territory = clearable(c, "territory");
    change.starts_on = clearable(c, "starts_on");
    change.ends_on = clearable(c, "ends_on");
    return change;
}

// The days that are given, beside those that stay.
void check_period(const db::Change& change, const db::Period& kept) {
    const auto starts_on = change.starts_on.value_or(kept.starts_on), ends_on = change.ends_on.value_or(kept.ends_on);
    if (!starts_on || !ends_on || *ends_on >= *starts_on) return;
    if (change.ends_on) throw Error(Code::invalid, {{"/ends_on", "comes before starts_on"}});
    throw Error(Code::invalid, {{"/starts_on", "comes after ends_on"}});
}

Response answer(Context& c, int status = 200) {
    const auto shown = db::show(c.transaction());
    return json_with_etag(shown.json, shown.revision, status);
}

}  // namespace

Response list(Context& c) {
    if (c.query("scope").value_or("mine") == "mine") return json(db::mine(c.transaction()));
    int offset = 0;
    if (const auto cursor = c.query("cursor")) {
        const auto [end, error] = std::from_chars(cursor->data(), cursor->data() + cursor->size(), offset);
        if (error != std::errc{} || end != cursor->data() + cursor->size() || offset < 0) throw Error(Code::invalid, {{"query/cursor", "is not one of ours"}});
    }
    const auto page = db::listed(c.transaction(), offset, c.limit());
    return json(json_list(page.items, page.more ? json_string(std::to_string(offset + c.limit())) : "null"));
}

Response create(Context& c) {
    if (c.services.config.group_creation == "administrators" && !c.who().administrator) throw Error(Code::administrators_only);
    const db::Change change = read_change(c);
    check_period(change, {});
    const std::string group = new_id();
    const auto organisation = chosen_organisation(c);
    db::create(c.transaction(), group, c.text("name"), c.text("confidentiality"), c.maybe_text("listing").value_or("hidden"),
               c.maybe_text("category"), organisation ? *organisation : std::nullopt);
    c.enter(c.token_hash(), group);
    db::update(c.transaction(), 1, change);
    c.created = group;
    return answer(c, 201);
}

Response created(Context& c, const std::string& group) {
    c.enter(c.token_hash(), group);
    pass(Gate::card, c.who());
    return answer(c, 201);
}

Response show(Context& c) { return answer(c); }

Response update(Context& c) {
    const db::Change change = read_change(c);
    if (change.starts_on || change.ends_on) check_period(change, db::period(c.transaction()));
    if (!db::update(c.transaction(), c.if_match(), change)) throw Error(Code::stale);
    c.touch_group();
    return answer(c);
}

Response suspend(Context& c) {
    db::suspend(c.transaction(), c.body().at("suspended").get<bool>(), c.text("reason"));
    c.touch_group();
    return answer(c);
}

}  // namespace margelle::handlers::groups
