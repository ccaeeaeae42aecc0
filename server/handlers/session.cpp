#include "persistence/accounts.hpp"
#include "persistence/outbox.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/passwords.hpp"
#include "server/identity/sign_in.hpp"

namespace margelle::handlers::session {
namespace {

// Commits the note of a failure, then refuses.
[[noreturn]] void fail(Context& c, const std::string& kind, const std::string& account) {
    note_failure(c, kind, account);
    c.commit();
    throw Error(Code::wrong_credentials);
}

// Queues a mail to a known address; does not say whether it is one.
Response mail_link(Context& c, const std::string& kind) {
    const std::string email = c.text("email");
    check_limits(c, "mail", email);
    note_failure(c, "mail", email);
    const auto account = persistence::accounts::by_email(c.transaction(), email);
    if (account && !account->locked) {
        persistence::outbox::queue(c.transaction(), kind, account->member);
        c.mail_queued = true;
    }
    return {202, "", ""};
}

std::string redeem(Context& c, const std::string& kind) {
    check_limits(c, "token", "");
    const auto member = persistence::sessions::redeem_mail_token(c.transaction(), sha256(c.text("token")), kind);
    if (!member) fail(c, "token", "");
    return *member;
}

}  // namespace

Response create(Context& c) {
    const std::string email = c.text("email");
    check_limits(c, "sign_in", email);
    const auto account = persistence::accounts::by_email(c.transaction(), email);
    bool right = false;
    c.outside([&] { right = c.services.passwords.verify(account ? account->password_hash : std::nullopt, c.text("password")); });
    // Again: others may have tried meanwhile, side by side.
    check_limits(c, "sign_in", email);
    if (!right || account->locked) fail(c, "sign_in", email);
    return sign_in(c, account->member, "password");
}

Response end(Context& c) {
    persistence::sessions::end(c.transaction(), c.who().session);
    c.ended_sessions.push_back(c.who().session);
    Response response = no_content();
    clear_session_cookie(response, c.services.config);
    return response;
}

Response request_link(Context& c) { return mail_link(c, "sign_in"); }

Response request_reset(Context& c) { return mail_link(c, "set_password"); }

Response redeem_link(Context& c) { return sign_in(c, redeem(c, "sign_in"), "link"); }

Response redeem_reset(Context& c) {
    const std::string password = c.text("new_password");
    check_new_password(password, "/new_password");
    check_limits(c, "token", "");       // before the hash, which costs the most
    std::string hash;
    c.outside([&] { hash = c.services.passwords.hash(password); });
    const std::string member = redeem(c, "set_password");
    persistence::accounts::set_password(c.transaction(), member, hash);
    for (auto& ended : persistence::sessions::end_all(c.transaction(), member, std::nullopt)) c.ended_sessions.push_back(std::move(ended));
    return sign_in(c, member, "link");
}

}  // namespace margelle::handlers::session
