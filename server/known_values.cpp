#include "server/known_values.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "persistence/reference.hpp"
#include "server/context.hpp"

namespace margelle {
namespace {

using persistence::reference::Value;

struct Found {
    Value value;
    std::string pointer;
};

// A day in the form that the contract asks for: 2026-01-31.
bool is_day(const std::string& text) {
    int year = 0;
    unsigned month = 0, day = 0;
    std::from_chars(text.data(), text.data() + 4, year);
    std::from_chars(text.data() + 5, text.data() + 7, month);
    std::from_chars(text.data() + 8, text.data() + 10, day);
    return year > 0 && std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)).ok();
}

// A moment in the form that the contract asks for: 2026-01-31T06:50:26Z.
bool is_moment(const std::string& text) {
    const auto two_digits = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    return is_day(text) && two_digits(11) < 24 && two_digits(14) < 60 && two_digits(17) < 60;
}

void collect(const nlohmann::json& value, const std::string& name, const std::string& pointer, std::vector<Found>& known, std::vector<FieldError>& wrong) {
    if (value.is_structured()) {
        for (const auto& [key, inner] : value.items())
            if (key != "preview") collect(inner, value.is_object() ? key : name, pointer + "/" + key, known, wrong);  // whose names are the data's own
    } else if (value.is_string()) {
        const std::string text = value.get<std::string>();
        if (name == "category" || name == "needed_categories") known.push_back({{"category", text}, pointer});
        else if (name == "themes") known.push_back({{"theme", text}, pointer});
        else if (name == "phase") known.push_back({{"phase", text}, pointer});
        else if (name == "time_zone") known.push_back({{"time_zone", text}, pointer});
        else if ((name == "starts_on" || name == "ends_on" || name == "holds_from" || name == "date" || name == "start" || name == "end") && !is_day(text)) wrong.push_back({pointer, "is no day of the calendar"});
        else if ((name == "issued" || name == "modified" || name == "started_at" || name == "finished_at") && !is_moment(text)) wrong.push_back({pointer, "is no moment"});
    }
}

}  // namespace

void check_known_values(Context& c) {
    // A signed document to be checked keeps the words of its day.
    if (c.body().contains("signature")) return;
    std::vector<Found> found;
    std::vector<FieldError> wrong;
    collect(c.body(), "", "", found, wrong);
    if (!found.empty()) {
        std::vector<Value> values;
        for (const Found& one : found) values.push_back(one.value);
        const auto unknown = persistence::reference::unknown(c.transaction(), values);
        for (const Found& one : found)
            if (std::find(unknown.begin(), unknown.end(), one.value) != unknown.end()) wrong.push_back({one.pointer, "is not known here"});
    }
    if (!wrong.empty()) throw Error(Code::invalid, std::move(wrong));
}

}  // namespace margelle
