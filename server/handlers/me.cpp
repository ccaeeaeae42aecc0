#include <nlohmann/json.hpp>

#include "persistence/accounts.hpp"
#include "persistence/limits.hpp"
#include "persistence/organisations.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/organisation.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/passwords.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle::handlers::me {
namespace {

namespace accounts = persistence::accounts;
namespace organisations = persistence::organisations;

Response answer(Context& c, int status = 200) {
    const auto mine = accounts::mine(c.transaction());
    return json_with_etag(mine.json, mine.revision, status);
}

Response stop(Context& c, const std::string& token) {
    check_limits(c, "token", "");
    if (!accounts::stop_notices(c.transaction(), sha256(token))) {
        note_failure(c, "token", "");
        c.commit();
        throw Error(Code::wrong_credentials);
    }
    return no_content();
}

}  // namespace

Response show(Context& c) { return answer(c); }

Response update(Context& c) {
    if (!accounts::update_mine(c.transaction(), c.if_match(),
                               {c.maybe_text("name"), c.maybe_text("language"), c.maybe_text("time_zone"), c.maybe_text("notice")}))
        throw Error(Code::stale);
    return answer(c);
}

Response erase(Context& c) {
    if (c.text("confirm_email") != accounts::my_email(c.transaction())) throw Error(Code::invalid, {{"/confirm_email", "is not the address of this account"}});
    const std::string member = *c.who().member;
    for (auto& ended : persistence::sessions::end_all(c.transaction(), member, std::nullopt)) c.ended_sessions.push_back(std::move(ended));
    for (auto& group : accounts::erase_mine(c.transaction())) c.changed.push_back({group, group});
    Response response = no_content();
    clear_session_cookie(response, c.services.config);
    return response;
}

Response change_password(Context& c) {
    const std::string password = c.text("new_password");
    check_new_password(password, "/new_password");
    const std::string email = accounts::my_email(c.transaction());
    check_limits(c, "sign_in", email);
    const auto current = accounts::my_password_hash(c.transaction());
    bool right = true;
    std::string hash;
    c.outside([&] {
        // Whoever never had a password proves themself by the session, which a mail opened.
        if (current) right = c.services.passwords.verify(current, c.maybe_text("current_password").value_or(""));
        if (right) hash = c.services.passwords.hash(password);
    });
    if (!right) {
        note_failure(c, "sign_in", email);
        c.commit();
        throw Error(Code::invalid, {{"/current_password", "is not the current password"}});
    }
    accounts::set_password(c.transaction(), *c.who().member, hash);
    c.ended_sessions = persistence::sessions::end_all(c.transaction(), *c.who().member, c.who().session);
    return no_content();
}

Response sessions(Context& c) { return json(persistence::sessions::list(c.transaction())); }

Response end_session(Context& c) {
    if (!persistence::sessions::end(c.transaction(), c.path("session"))) throw Error(Code::not_found);
    c.ended_sessions.push_back(c.path("session"));
    return no_content();
}

Response add_organisation(Context& c) {
    const auto known = c.maybe_text("organisation_id");
    const auto described = c.body().find("new");
    if (known.has_value() == (described != c.body().end())) throw Error(Code::invalid, {{"/", "takes organisation_id or new"}});
    std::string id;
    if (known) {
        if (!organisations::exists(c.transaction(), *known)) throw Error(Code::invalid, {{"/organisation_id", "is not known"}});
        id = *known;
    } else {
        id = organisations::declare(c.transaction(), read_organisation(*described), *c.who().member);
    }
    organisations::add_member(c.transaction(), id, c.maybe_text("title"));
    c.created = id;
    return answer(c, 201);
}

Response added_organisation(Context& c, const std::string&) { return answer(c, 201); }

Response remove_organisation(Context& c) {
    if (!organisations::remove_member(c.transaction(), c.path("organisation"))) throw Error(Code::not_found);
    return no_content();
}

Response stop_notices(Context& c) { return stop(c, c.text("token")); }

Response stop_notices_in_one_click(Context& c) { return stop(c, c.path("token")); }

}  // namespace margelle::handlers::me
