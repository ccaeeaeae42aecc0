#include "server/scope.hpp"

#include <array>
#include <utility>

namespace margelle {
namespace {

constexpr auto names = std::to_array<std::pair<Scope, std::string_view>>({
    {Scope::datasets_read, "datasets:read"},
    {Scope::datasets_write, "datasets:write"},
    {Scope::events_read, "events:read"},
    {Scope::subscriptions_read, "subscriptions:read"},
    {Scope::subscriptions_report, "subscriptions:report"},
    {Scope::threads_write, "threads:write"},
});

}  // namespace

bool holds(std::string_view scopes, Scope scope) noexcept {
    if (scope == Scope::any) return true;
    for (const auto& [known, name] : names) {
        if (known != scope) continue;
        while (!scopes.empty()) {
            const std::size_t end = scopes.find(' ') == std::string_view::npos ? scopes.size() : scopes.find(' ');
            if (scopes.substr(0, end) == name) return true;
            scopes.remove_prefix(end == scopes.size() ? end : end + 1);
        }
    }
    return false;
}

}  // namespace margelle
