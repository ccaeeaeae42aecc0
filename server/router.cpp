#include "server/router.hpp"

namespace margelle {
namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t slash = std::min(path.find('/', at), path.size());
        segments.push_back(path.substr(at, slash - at));
        at = slash + 1;
    }
    return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
    if (pattern.size() != path.size()) return false;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (is_parameter(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
    return true;
}

}  // namespace

Router::Router(std::span<const Route> routes) {
    for (const Route& route : routes) entries_.push_back({split(route.path), &route});
}

const Route& Router::find(Request& request) const {
    std::string_view path = request.path;
    if (!path.starts_with(api_base)) throw Error(Code::not_found);
    path.remove_prefix(api_base.size());
    if (!path.starts_with('/')) throw Error(Code::not_found);
    const auto segments = split(path);
    bool other_method = false;
    for (const Entry& entry : entries_) {
        if (!fits(entry.segments, segments)) continue;
        if (entry.route->verb != request.verb) {
            other_method = true;
            continue;
        }
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const std::string_view name = entry.segments[i];
            if (is_parameter(name)) request.inputs.path[std::string(name.substr(1, name.size() - 2))] = segments[i];
        }
        return *entry.route;
    }
    throw Error(other_method ? Code::wrong_method : Code::not_found);
}

}  // namespace margelle
