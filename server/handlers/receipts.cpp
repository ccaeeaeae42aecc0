#include "persistence/receipts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/receipt.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle::handlers::receipts {

namespace db = persistence::receipts;

Response mine(Context& c) { return json(db::mine(c.transaction())); }

Response show_mine(Context& c) {
    const auto found = db::find_mine(c.transaction(), c.path("group"), c.path("version"));
    if (!found) throw Error(Code::not_found);
    return json(*found);
}

// Says nothing but whether one of our keys signed it: what a forged receipt gets wrong is not for its forger.
Response check(Context& c) {
    check_limits(c, "receipt", "");
    note_failure(c, "receipt", "");     // each check counts: the answer must not tell by its budget either
    const auto& keys = c.services.signing_keys;
    const bool valid = std::any_of(keys.begin(), keys.end(), [&](const SigningKey& key) { return verify_receipt(c.body(), key.public_pem()); });
    return json(valid ? R"({"valid":true})" : R"({"valid":false})");
}

}  // namespace margelle::handlers::receipts
