#pragma once
#include <nlohmann/json_fwd.hpp>

#include "persistence/signatures.hpp"

namespace margelle {

class Context;

// A "Signatory" of the contract, within the budget of mails that its address may be sent. Throws Error(rate_limited).
persistence::signatures::Signatory read_signatory(Context& c, const nlohmann::json& described);

}  // namespace margelle
