#pragma once
// Structured logs. Never a body, a token, or a title of confidential content: fields are ids, numbers and fixed words.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace margelle {

enum class Level { debug, info, warning, error };

// Lines on standard error: "message key=value …", or one JSON object a line.
void start_log(bool as_json, Level least);

void log(Level level, std::string_view message, std::initializer_list<std::pair<std::string_view, std::string>> fields = {});

}  // namespace margelle
