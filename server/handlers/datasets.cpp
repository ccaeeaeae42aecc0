#include "persistence/datasets.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/config.hpp"
#include "server/context.hpp"
#include "server/cursor.hpp"
#include "server/dcat.hpp"
#include "server/handlers/handlers.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::datasets {
namespace {

namespace db = persistence::datasets;
using nlohmann::json;

constexpr std::size_t preview_limit = 256 * 1024;       // bytes of JSON

db::Shown find(Context& c, const std::string& dataset) {
    auto shown = db::show(c.transaction(), dataset);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

// Every field but what identifies it and the preview, whether it was given or not: what is absent and what is empty are the same, or each would count as a
// change of the other.
json content_of(const json& body) {
    const json list = json::array();
    json content = {{"title", ""}, {"description", ""}, {"publisher", nullptr}, {"license", nullptr}, {"landing_page", nullptr}, {"keywords", list}, {"themes", list},
        {"territories", list}, {"bbox", nullptr}, {"temporal", nullptr}, {"accrual_periodicity", nullptr}, {"issued", nullptr}, {"modified", nullptr},
        {"distributions", list}};
    for (auto& [name, value] : content.items())
        if (body.contains(name)) value = body[name];
    for (json& distribution : content["distributions"])
        for (const char* name : {"title", "format", "media_type", "byte_size", "modified"}) distribution.emplace(name, nullptr);
    if (!content["license"].is_null()) content["license"].emplace("url", nullptr);
    if (!content["temporal"].is_null())
        for (const char* name : {"start", "end"}) content["temporal"].emplace(name, nullptr);
    return content;
}

// The page that a request asks for.
db::Page page_of(Context& c) {
    std::optional<db::Position> after;
    if (const auto cursor = c.query("cursor")) {
        const Place place = read_cursor(*cursor);
        after = db::Position{place.at, place.id};
    }
    return db::list(c.transaction(), {c.query("q"), c.query("theme"), c.query("publisher"), c.query("format"), c.query("source")}, after, c.limit());
}

std::string cursor_of(const db::Position& position) { return write_cursor({position.changed_at, position.dataset}); }

void check_temporal(const json& temporal) {
    if (temporal.is_null() || temporal["start"].is_null() || temporal["end"].is_null()) return;
    if (temporal["end"] < temporal["start"]) throw Error(Code::invalid, {{"/temporal/end", "is before the beginning"}});
}

bool names_a_column(const json& columns, const json& name) {
    for (const json& column : columns)
        if (column["name"] == name) return true;
    return false;
}

// What the contract cannot say of a preview: its rows are as long as it has columns, and a chart is of columns.
void check_preview(const json& preview) {
    std::vector<FieldError> wrong;
    if (preview.dump().size() > preview_limit) wrong.push_back({"/preview", "is larger than 256 KiB"});
    const json columns = preview.contains("table") ? preview["table"]["columns"] : json::array();
    if (preview.contains("table"))
        for (std::size_t row = 0; row < preview["table"]["rows"].size(); ++row)
            if (preview["table"]["rows"][row].size() != columns.size())
                wrong.push_back({"/preview/table/rows/" + std::to_string(row), "has not as many cells as there are columns"});
    if (const auto chart = preview.find("chart"); chart != preview.end()) {
        if (!names_a_column(columns, (*chart)["x"])) wrong.push_back({"/preview/chart/x", "is no column of the table"});
        for (std::size_t y = 0; y < (*chart)["y"].size(); ++y)
            if (!names_a_column(columns, (*chart)["y"][y])) wrong.push_back({"/preview/chart/y/" + std::to_string(y), "is no column of the table"});
    }
    if (!wrong.empty()) throw Error(Code::invalid, std::move(wrong));
}

}  // namespace

Response list(Context& c) {
    const auto page = page_of(c);
    return margelle::json(json_list(page.items, page.next ? json_string(cursor_of(*page.next)) : "null"));
}

Response catalog(Context& c) {
    const auto page = page_of(c);
    const std::string& group = *c.who().group;
    Response response{200, "application/ld+json", dcat::catalog(c.services.config.public_url + "/g/" + group, json::parse(page.items)).dump()};
    if (page.next)      // RFC 8288
        response.headers.emplace_back("Link", "<" + c.services.config.public_url + c.request.path + "?limit=" + std::to_string(c.limit()) + "&cursor=" + cursor_of(*page.next) + ">; rel=\"next\"");
    return response;
}

Response post(Context& c) {
    const json& body = c.body();
    const json content = content_of(body);
    check_temporal(content["temporal"]);
    db::New dataset{new_id(), c.text("source"), c.text("source_id"), content.dump(), render_markdown(c.maybe_text("description").value_or("")).html,
        std::nullopt, std::nullopt, std::nullopt};
    if (const auto preview = body.find("preview"); preview != body.end() && !preview->is_null()) {
        check_preview(*preview);
        dataset.preview = preview->dump();
    }
    if (const auto same = body.find("same_as"); same != body.end() && !same->is_null()) {
        dataset.same_source = (*same)["source"].get<std::string>();
        dataset.same_source_id = (*same)["source_id"].get<std::string>();
    }
    const auto posted = db::post(c.transaction(), dataset);
    if (posted.outcome == "withdrawn") throw Error(Code::dataset_withdrawn);
    if (posted.outcome == "full") throw Error(Code::quota_reached);
    if (posted.outcome == "unknown") throw Error(Code::invalid, {{"/same_as", "is no dataset of this group"}});
    if (posted.outcome != "unchanged") c.touch_group();
    const auto shown = db::show(c.transaction(), posted.dataset, &posted);
    return json_with_etag(shown->json, shown->revision, posted.outcome == "created" ? 201 : 200);
}

Response show(Context& c) {
    const auto shown = find(c, c.path("dataset"));
    return json_with_etag(shown.json, shown.revision);
}

Response revisions(Context& c) {
    find(c, c.path("dataset"));
    int before = std::numeric_limits<int>::max();
    if (const auto cursor = c.query("cursor")) {
        const auto [end, error] = std::from_chars(cursor->data(), cursor->data() + cursor->size(), before);
        if (error != std::errc{} || end != cursor->data() + cursor->size()) throw Error(Code::invalid, {{"query/cursor", "is not one of ours"}});
    }
    const auto page = db::revisions(c.transaction(), c.path("dataset"), before, c.limit());
    return margelle::json(json_list(page.items, page.next ? json_string(std::to_string(*page.next)) : "null"));
}

Response hide(Context& c) {
    const bool hidden = c.body().at("hidden").get<bool>();
    if (find(c, c.path("dataset")).hidden != hidden) {
        db::hide(c.transaction(), c.path("dataset"), hidden, c.text("reason"));
        c.touch_group();
    }
    return show(c);
}

Response remove(Context& c) {
    find(c, c.path("dataset"));
    db::remove(c.transaction(), c.path("dataset"));
    c.touch_group();
    return no_content();
}

}  // namespace margelle::handlers::datasets
