#include "persistence/nda.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "persistence/audit.hpp"
#include "persistence/memberships.hpp"
#include "protocol/digest.hpp"
#include "protocol/receipt.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/organisation.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::nda {
namespace {

namespace db = persistence::nda;

db::Version expect_current(Context& c) {
    const auto newest = db::newest(c.transaction());
    if (!newest || newest->number != c.body().at("version").get<int>()) throw Error(Code::nda_changed);
    return *newest;
}

nlohmann::json make_receipt(Context& c, const db::Version& version, const std::optional<std::string>& organisation) {
    const auto identity = db::identity(c.transaction(), organisation);
    const auto head = persistence::audit::head(c.transaction());
    nlohmann::json receipt = {
        {"format", 1},
        {"kind", "margelle-nda-receipt"},
        {"group", {{"id", *c.who().group}, {"name", identity.group_name}}},
        {"nda", {{"version", version.number}, {"sha256", version.sha256}, {"language", version.language}}},
        {"member", {{"id", *c.who().member}, {"name", identity.member_name}, {"email", identity.email}}},
        {"organisation", identity.organisation ? nlohmann::json::parse(*identity.organisation) : nlohmann::json()},
        {"full_name", c.text("full_name")},
        {"accepted_at", identity.now},
        {"context", {{"address", c.request.address},
                     {"user_agent", c.request.user_agent()},
                     {"authentication", c.who().authentication},
                     {"language", c.who().language},
                     {"audit_head", {{"position", head.position}, {"sha256", to_hex(head.hash)}}}}}};
    sign_receipt(receipt, c.services.signing_keys.front());
    return receipt;
}

}  // namespace

Response show(Context& c) { return json(db::current(c.transaction())); }

Response versions(Context& c) { return json(db::versions(c.transaction())); }

Response publish(Context& c) {
    const std::string text = c.text("text"), summary = c.text("summary");
    c.created = std::to_string(db::publish(c.transaction(), {c.text("kind"), c.maybe_text("language").value_or("fr"), text,
                                                             render_markdown(text).html, summary, render_markdown(summary).html}));
    c.touch_group();
    return published(c, c.created);
}

Response published(Context& c, const std::string& number) { return json(db::version(c.transaction(), std::stoi(number)), 201); }

Response accept(Context& c) {
    const auto version = expect_current(c);
    if (version.sha256 != c.text("sha256")) throw Error(Code::nda_changed);
    const auto organisation = chosen_organisation(c);
    if (organisation) persistence::memberships::act_for(c.transaction(), std::nullopt, organisation);
    const auto receipt = make_receipt(c, version, organisation ? *organisation : persistence::memberships::find(c.transaction(), *c.who().member)->organisation);
    db::record_acceptance(c.transaction(), version.number, c.text("full_name"), receipt.dump());
    c.touch_group();
    return json(receipt.dump(), 201);
}

Response refuse(Context& c) {
    const auto version = expect_current(c);
    if (c.body().value("later", false)) {
        db::queue_copy(c.transaction());
        c.mail_queued = true;
    } else {
        db::record_refusal(c.transaction(), version.number);
        c.touch_group();
    }
    return no_content();
}

Response acceptances(Context& c) { return json(db::acceptances(c.transaction())); }

Response receipt(Context& c) {
    const bool moderates = c.who().standing == "in" && c.who().role == "moderator";
    if (c.path("member") != *c.who().member && !moderates) throw Error(Code::not_found);
    const auto receipt = db::receipt(c.transaction(), c.path("group"), c.path("member"));
    if (!receipt) throw Error(Code::not_found);
    Response response = json(*receipt);
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"margelle-receipt.json\"");
    return response;
}

}  // namespace margelle::handlers::nda
