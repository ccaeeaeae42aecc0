#include "server/handlers/organisation.hpp"

#include <nlohmann/json.hpp>

#include "server/context.hpp"

namespace margelle {
namespace {

std::optional<std::string> text_of(const nlohmann::json& object, const char* member) {
    const auto found = object.find(member);
    return found == object.end() || found->is_null() ? std::nullopt : std::optional(found->get<std::string>());
}

}  // namespace

persistence::organisations::New read_organisation(const nlohmann::json& described) {
    return {described.at("name"), described.at("category"), text_of(described, "siret"), text_of(described, "territory"),
            described.value("themes", std::vector<std::string>{})};
}

std::optional<std::optional<std::string>> chosen_organisation(Context& c) {
    if (!c.body().contains("organisation_id")) return std::nullopt;
    const auto organisation = c.maybe_text("organisation_id");
    if (organisation && !persistence::organisations::is_mine(c.transaction(), *organisation))
        throw Error(Code::invalid, {{"/organisation_id", "is not one of your organisations"}});
    return std::optional<std::optional<std::string>>(organisation);
}

}  // namespace margelle
