#include "persistence/signatures.hpp"

#include <nlohmann/json.hpp>

#include "protocol/digest.hpp"
#include "protocol/receipt.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/signatory.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle::handlers::signatures {
namespace {

namespace db = persistence::signatures;

db::Offer find_offer(Context& c) {
    check_limits(c, "token", "");
    auto offer = db::lookup(c.transaction(), sha256(c.text("token")));
    if (!offer) {
        note_failure(c, "token", "");
        c.commit();
        throw Error(Code::not_found);
    }
    return *offer;
}

// Names the acceptance that it confirms by the hash of its receipt.
nlohmann::json make_confirmation(Context& c, const db::Offer& offer) {
    const auto acceptance = nlohmann::json::parse(offer.acceptance);
    nlohmann::json confirmation = {
        {"format", 1},
        {"kind", "margelle-nda-confirmation"},
        {"group", acceptance.at("group")},
        {"nda", acceptance.at("nda")},
        {"organisation", acceptance.at("organisation")},
        {"acceptance", {{"sha256", to_hex(sha256(canonical_json(acceptance)))},
                        {"member", {{"id", acceptance.at("member").at("id")}, {"name", acceptance.at("member").at("name")}}},
                        {"full_name", acceptance.at("full_name")},
                        {"accepted_at", acceptance.at("accepted_at")}}},
        {"signatory", {{"name", offer.signatory.name}, {"email", offer.signatory.email}, {"capacity", offer.signatory.capacity}}},
        {"full_name", c.text("full_name")},
        {"confirmed_at", offer.now},
        {"context", {{"address", c.request.address}, {"user_agent", c.request.user_agent()}, {"authentication", "mail"}}}};
    sign_receipt(confirmation, c.services.signing_keys.front());
    return confirmation;
}

}  // namespace

Response ask(Context& c) {
    const auto entry = db::replace(c.transaction());
    if (!entry) throw Error(Code::conflict);
    db::ask(c.transaction(), *entry, read_signatory(c, c.body()));
    c.mail_queued = true;
    return {202, "", ""};
}

Response lookup(Context& c) { return json(find_offer(c).json); }

Response answer(Context& c) {
    const auto offer = find_offer(c);
    const bool accepts = c.body().at("accept").get<bool>();
    if (accepts && !c.body().contains("full_name")) throw Error(Code::invalid, {{"/full_name", "signs the confirmation"}});
    const auto confirmation = accepts ? std::optional(make_confirmation(c, offer).dump()) : std::nullopt;
    const auto group = db::answer(c.transaction(), sha256(c.text("token")), confirmation);
    if (!group) throw Error(Code::not_found);
    c.changed.push_back({*group, *group});
    return json(R"({"state":")" + std::string(accepts ? "confirmed" : "refused") + R"(","receipt":)" + confirmation.value_or("null") + "}");
}

}  // namespace margelle::handlers::signatures
