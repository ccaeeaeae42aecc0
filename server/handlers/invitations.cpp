#include "persistence/invitations.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "persistence/accounts.hpp"
#include "persistence/limits.hpp"
#include "persistence/organisations.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/organisation.hpp"
#include "server/identity/passwords.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle::handlers::invitations {
namespace {

namespace db = persistence::invitations;
namespace organisations = persistence::organisations;

std::optional<std::string> filled(const nlohmann::json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || found->is_null() || found->get<std::string>().empty()) return std::nullopt;
    return found->get<std::string>();
}

std::vector<db::New> read_lines(Context& c) {
    std::vector<db::New> lines;
    for (const auto& line : c.body().at("invitations"))
        lines.push_back({line.at("email"), line.value("name", ""), line.value("role", "member"), line.value("language", c.who().language),
                         filled(line, "organisation_name"), filled(line, "category")});
    return lines;
}

std::string folded(std::string email) {
    std::transform(email.begin(), email.end(), email.begin(), [](unsigned char ch) { return static_cast<char>(std::tolower(ch)); });
    return email;
}

// One finding a line: "duplicate" where the address stands on an earlier line.
std::vector<std::string> findings(Context& c, const std::vector<db::New>& lines) {
    std::vector<std::string> found, seen;
    for (const db::New& line : lines) {
        const std::string email = folded(line.email);
        const bool again = std::find(seen.begin(), seen.end(), email) != seen.end();
        found.push_back(again ? "duplicate" : db::finding(c.transaction(), line.email));
        seen.push_back(email);
    }
    return found;
}

std::vector<std::string> split(const std::string& ids) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < ids.size(); at += 37) parts.push_back(ids.substr(at, 36));
    return parts;
}

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

// Who acts: behind an open gate it may be nobody.
const std::string& acting(Context& c) {
    if (!c.who().member) throw Error(Code::unauthenticated);
    return *c.who().member;
}

// The link was sent weeks ago and may have been passed on: it opens no account that is there already.
void check_account(Context& c, const db::Offer& offer) {
    if (offer.member && c.who().member != offer.member) throw Error(Code::unauthenticated);
}

constexpr int per_inviter = 90;         // in a quarter of an hour: three full sheets

// Each invitation is a mail: within the budgets of its address, of the network that it is sent from, and of whoever invites.
void count_mail(Context& c, const std::string& email) {
    if (persistence::limits::recent(c.transaction(), "invitation_member", acting(c)) >= per_inviter) refuse_for_now();
    check_limits(c, "mail", email);
    note_failure(c, "mail", email);
    persistence::limits::note(c.transaction(), "invitation_member", acting(c));
}

// The organisation of that name on whose behalf the caller, who becomes its member, takes part; none: in their own name.
std::optional<std::string> join_organisation(Context& c, const std::optional<std::string>& name, const std::string& category) {
    if (!name || name->empty()) return std::nullopt;
    const std::string id = organisations::declare(c.transaction(), {*name, category, std::nullopt, std::nullopt, {}}, acting(c));
    if (!organisations::is_mine(c.transaction(), id)) organisations::add_member(c.transaction(), id, std::nullopt);
    return id;
}

}  // namespace

Response list(Context& c) { return json(db::list(c.transaction())); }

Response create(Context& c) {
    const auto lines = read_lines(c);
    const auto found = findings(c, lines);
    std::vector<FieldError> wrong;
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i] != "ready") wrong.push_back({"/invitations/" + std::to_string(i), found[i]});
    if (!wrong.empty()) throw Error(Code::invalid, std::move(wrong));
    persistence::limits::hold(c.transaction(), "invitation_member", acting(c));      // sheets sent at once are counted one after the other
    for (const db::New& line : lines) {
        count_mail(c, line.email);
        if (!c.created.empty()) c.created += ',';
        c.created += db::create(c.transaction(), line, c.maybe_text("message").value_or(""));
    }
    c.mail_queued = true;
    return created(c, c.created);
}

Response created(Context& c, const std::string& ids) { return json(db::list(c.transaction(), split(ids)), 201); }

Response check(Context& c) {
    const auto lines = read_lines(c);
    const auto found = findings(c, lines);
    std::string items = "[";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) items += ',';
        items += R"({"email":)" + json_string(lines[i].email) + R"(,"finding":")" + found[i] + R"("})";
    }
    return json(json_list(items + "]"));
}

Response withdraw(Context& c) {
    if (!db::withdraw(c.transaction(), c.path("invitation"))) throw Error(Code::not_found);
    return no_content();
}

Response lookup(Context& c) { return json(find_offer(c).json); }

Response accept(Context& c) {
    auto offer = find_offer(c);
    check_account(c, offer);
    const auto password = c.maybe_text("password");
    std::optional<std::string> hash;
    if (password && !offer.member) {
        check_new_password(*password, "/password");
        c.outside([&] { hash = c.services.passwords.hash(*password); });
        offer = find_offer(c);
        check_account(c, offer);        // it may have come into being meanwhile
    }
    Response cookie;
    const std::string member = offer.member.value_or(new_id());
    if (!offer.member) {
        persistence::accounts::create(c.transaction(), member, offer.email, c.text("name"), c.maybe_text("language").value_or(offer.language),
                                      c.maybe_text("time_zone"), hash);
        open_session(c, member, "invitation", cookie);
    }
    const std::string category = c.text("category");
    const auto organisation = join_organisation(c, c.maybe_text("organisation_name"), category);
    if (!db::take(c.transaction(), offer.invitation, member, category, organisation)) throw Error(Code::conflict);
    c.changed.push_back({offer.group, offer.group});
    Response response = json(R"({"group_id":")" + offer.group + R"(","me":)" + persistence::accounts::mine(c.transaction()).json + "}");
    response.headers = cookie.headers;
    return response;
}

Response mine(Context& c) { return json(db::mine(c.transaction())); }

Response accept_mine(Context& c) {
    const auto offer = db::find_mine(c.transaction(), c.path("invitation"));
    if (!offer) throw Error(Code::not_found);
    const auto category = c.maybe_text("category") ? c.maybe_text("category") : offer->category;
    const auto chosen = chosen_organisation(c);
    const auto organisation = chosen ? *chosen : category ? join_organisation(c, offer->organisation_name, *category) : std::nullopt;
    const auto group = db::take(c.transaction(), c.path("invitation"), acting(c), category, organisation);
    if (!group) throw Error(Code::not_found);
    c.changed.push_back({*group, *group});
    return json(R"({"group_id":")" + *group + R"("})");
}

Response decline_mine(Context& c) {
    if (!db::decline_mine(c.transaction(), c.path("invitation"))) throw Error(Code::not_found);
    return no_content();
}

}  // namespace margelle::handlers::invitations
