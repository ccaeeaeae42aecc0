#include "persistence/nda.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "persistence/audit.hpp"
#include "persistence/memberships.hpp"
#include "persistence/signatures.hpp"
#include "protocol/digest.hpp"
#include "protocol/receipt.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/organisation.hpp"
#include "server/handlers/signatory.hpp"
#include "server/handlers/standing.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::nda {
namespace {

namespace db = persistence::nda;

db::Version expect_current(Context& c) {
    const auto newest = db::newest(c.transaction());
    if (!newest || newest->number != c.body().at("version").get<int>()) throw Error(Code::nda_changed);
    return *newest;
}

// On behalf of whom the caller accepts: as chosen, otherwise as they take part, within what the group asks for.
std::optional<std::string> represented(Context& c, const std::optional<std::optional<std::string>>& chosen) {
    const std::string bound = db::acceptance_for(c.transaction());
    auto organisation = chosen ? *chosen : persistence::memberships::find(c.transaction(), *c.who().member)->organisation;
    if (bound == "member") {
        if (chosen && organisation) throw Error(Code::invalid, {{"/organisation_id", "each member binds themself here, not an organisation"}});
        organisation.reset();
    }
    if (bound == "organisation" && !organisation) throw Error(Code::invalid, {{"/organisation_id", "names on behalf of whom: this group binds organisations"}});
    return organisation;
}

std::optional<persistence::signatures::Signatory> read_signatory(Context& c, bool organisation) {
    const auto found = c.body().find("signatory");
    if (found == c.body().end()) return std::nullopt;
    if (!organisation) throw Error(Code::invalid, {{"/signatory", "confirms for an organisation"}});
    return margelle::read_signatory(c, *found);
}

template <class T>
nlohmann::json or_null(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

// Absent: by the profile; null: none.
std::optional<std::string> capacity(Context& c, const db::Identity& identity) {
    return c.body().contains("capacity") ? c.maybe_text("capacity") : identity.title;
}

nlohmann::json make_receipt(Context& c, const db::Version& version, const std::optional<std::string>& organisation,
                            const std::optional<persistence::signatures::Signatory>& signatory) {
    const auto identity = db::identity(c.transaction(), organisation);
    const auto head = persistence::audit::head(c.transaction());
    nlohmann::json receipt = {
        {"format", 1},
        {"kind", "margelle-nda-receipt"},
        {"group", {{"id", *c.who().group}, {"name", identity.group_name}}},
        {"nda", {{"version", version.number}, {"sha256", version.sha256}, {"language", version.language}, {"holds_from", version.holds_from},
                 {"secrecy_months", or_null(version.secrecy_months)}}},
        {"member", {{"id", *c.who().member}, {"name", identity.member_name}, {"email", identity.email}}},
        {"organisation", identity.organisation ? nlohmann::json::parse(*identity.organisation) : nlohmann::json()},
        {"capacity", or_null(capacity(c, identity))},
        {"signatory", signatory ? nlohmann::json{{"name", signatory->name}, {"email", signatory->email}, {"capacity", signatory->capacity}} : nlohmann::json()},
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
    db::New nda;
    nda.kind = c.text("kind");
    nda.language = c.maybe_text("language").value_or("fr");
    nda.text = c.text("text");
    nda.text_html = render_markdown(nda.text).html;
    nda.summary = c.text("summary");
    nda.summary_html = render_markdown(nda.summary).html;
    nda.translation = c.maybe_text("translation");
    if (nda.translation) nda.translation_html = render_markdown(*nda.translation).html;
    nda.holds_from = c.maybe_text("holds_from");
    if (const auto months = c.body().find("secrecy_months"); months != c.body().end() && !months->is_null()) nda.secrecy_months = months->get<int>();
    c.created = std::to_string(db::publish(c.transaction(), nda));
    c.touch_group();
    return published(c, c.created);
}

Response published(Context& c, const std::string& number) { return json(db::version(c.transaction(), std::stoi(number)), 201); }

Response accept(Context& c) {
    count_standing(c);
    const auto version = expect_current(c);
    if (version.sha256 != c.text("sha256")) throw Error(Code::nda_changed);
    const auto chosen = chosen_organisation(c);
    const auto organisation = represented(c, chosen);
    const auto signatory = read_signatory(c, organisation.has_value());
    if (chosen) persistence::memberships::act_for(c.transaction(), std::nullopt, chosen);
    const auto receipt = make_receipt(c, version, organisation, signatory);
    const auto entry = db::record_acceptance(c.transaction(), version.number, c.text("full_name"), receipt.dump());
    if (signatory) {
        persistence::signatures::ask(c.transaction(), entry, *signatory);
        c.mail_queued = true;
    }
    c.touch_group();
    return json(receipt.dump(), 201);
}

Response refuse(Context& c) {
    count_standing(c);
    const auto version = expect_current(c);
    if (c.body().value("later", false)) {
        db::queue_copy(c.transaction());
        c.mail_queued = true;
    } else if (db::record_refusal(c.transaction(), version.number)) {
        c.touch_group();
    }
    return no_content();
}

Response withdraw(Context& c) {
    count_standing(c);
    if (!db::record_withdrawal(c.transaction())) throw Error(Code::conflict);
    c.touch_group();
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

Response pending(Context& c) { return json(db::pending(c.transaction())); }

Response remind(Context& c) {
    const auto members = c.body().find("members");
    c.mail_queued = true;
    return json(db::remind(c.transaction(), members == c.body().end() ? std::nullopt : std::optional(members->get<std::vector<std::string>>())));
}

}  // namespace margelle::handlers::nda
