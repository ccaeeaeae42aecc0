#include "server/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "protocol/json_text.hpp"

namespace margelle {
namespace {

bool json_lines = false;

constexpr spdlog::level::level_enum of(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

// What a library says may be in any encoding; a line stays one.
std::string quoted(const std::string& value) { return json_string(is_text(value) ? value : printable(value)); }

}  // namespace

void start_log(bool as_json, Level least) {
    json_lines = as_json;
    spdlog::drop("margelle");       // of an earlier start
    auto logger = spdlog::stderr_logger_mt("margelle");
    logger->set_level(of(least));
    logger->set_pattern(as_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
    spdlog::set_default_logger(logger);
}

void log(Level level, std::string_view message, std::initializer_list<std::pair<std::string_view, std::string>> fields) {
    if (!spdlog::should_log(of(level))) return;
    std::string line;
    if (json_lines) {
        line = R"("message":)" + json_string(message);
        for (const auto& [key, value] : fields) line += ',' + json_string(key) + ':' + quoted(value);
    } else {
        line = message;
        for (const auto& [key, value] : fields) {
            line += ' ';
            line += key;
            line += '=' + quoted(value);
        }
    }
    spdlog::default_logger_raw()->log(of(level), line);
}

}  // namespace margelle
