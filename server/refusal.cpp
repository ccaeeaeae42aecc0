#include "server/refusal.hpp"

#include "persistence/audit.hpp"
#include "server/identity/credential.hpp"
#include "server/log.hpp"

namespace margelle {

bool is_refusal(Code code) { return code == Code::unauthenticated || code == Code::not_found || code == Code::nda_required; }

std::optional<Refusal> refusal_of(const Request& request, const Route& route, Code code, const Config& config) {
    if (!is_refusal(code)) return std::nullopt;
    const auto& path = request.inputs.path;
    const auto group = path.find("group");
    if (group == path.end()) return std::nullopt;
    Refusal refusal{credential_hash(request, config), group->second, std::nullopt, std::string(route.operation), request.address};
    for (const char* name : {"post", "thread", "circle", "release", "document"})
        if (const auto object = path.find(name); object != path.end()) {
            refusal.object = object->second;
            break;
        }
    return refusal;
}

void record(const Refusal& refusal, persistence::Connection& connection) noexcept {
    try {
        persistence::Transaction t(connection, persistence::Access::write);
        t.enter(refusal.token_hash, refusal.group, refusal.address);
        persistence::audit::record_refusal(t, refusal.group, refusal.object, refusal.operation);
        t.commit();
    } catch (const std::exception& error) {
        log(Level::warning, "a refusal was not recorded", {{"error", error.what()}});
    }
}

}  // namespace margelle
