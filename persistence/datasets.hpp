#pragma once
// Open data that the entered group's bots posted.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::datasets {

// Where a page of the list ends: by the time of the last change, then by id.
struct Position {
    std::int64_t changed_at;  // microseconds since 1970
    std::string dataset;
};
struct Wanted {
    std::optional<std::string> words, theme, publisher, format, source;
};
struct Page {
    std::string items;  // a JSON array
    std::optional<Position> next;
};
// Those that are not shown beside another.
Page list(Transaction& t, const Wanted& wanted, const std::optional<Position>& after, int limit);

struct Shown {
    std::string json;
    int revision;
    bool hidden;
};
// With its preview. `outcome`, of a post, stands in it where there is one, with the fields that changed (a JSON array).
struct Posted {
    std::string outcome;  // created, changed, unchanged; withdrawn, unknown, full: not posted
    std::string dataset;
    std::string changed;
};
std::optional<Shown> show(Transaction& t, const std::string& dataset, const Posted* posted = nullptr);

struct New {
    std::string dataset;  // its id, if it is new
    std::string source, source_id;
    std::string content;  // a JSON object of all fields but these and the preview
    std::string description_html;
    std::optional<std::string> preview;                                // JSON
    std::optional<std::string> same_source, same_source_id;
};
// Appends "dataset.created" or "dataset.changed"; nothing where nothing changed.
Posted post(Transaction& t, const New& dataset);

struct Revisions {
    std::string items;  // a JSON array, the newest first
    std::optional<int> next;
};
// Those before a number.
Revisions revisions(Transaction& t, const std::string& dataset, int before, int limit);

// Hides it from all but moderators, or shows it again. Appends "dataset.hidden" or "dataset.shown".
void hide(Transaction& t, const std::string& dataset, bool hidden, const std::string& reason);

// Leaves a place that no bot fills again. Appends "dataset.deleted".
void remove(Transaction& t, const std::string& dataset);

}  // namespace margelle::persistence::datasets
