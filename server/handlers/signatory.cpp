#include "server/handlers/signatory.hpp"

#include <nlohmann/json.hpp>

#include "server/context.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle {

persistence::signatures::Signatory read_signatory(Context& c, const nlohmann::json& described) {
    const std::string email = described.at("email");
    check_limits(c, "mail", email);
    note_failure(c, "mail", email);
    return {described.at("name"), email, described.value("capacity", "")};
}

}  // namespace margelle
