#pragma once
// What signing in, by whichever way, has in common.
#include <string>
#include <vector>

#include "server/http.hpp"

namespace margelle {

class Context;

// Opens a session for a member who has just proved who they are, enters as them, and answers their own record with
// the cookie set. `authentication` is password, link or invitation. Ends the session that the request came with.
Response sign_in(Context& c, const std::string& member, const std::string& authentication);
// The same without the answer; the cookie goes onto `response`.
void open_session(Context& c, const std::string& member, const std::string& authentication, Response& response);

// 10 failures per account (or address of a mail) and 100 per client address (/64 for IPv6) in 15 minutes. Throws
// Error(rate_limited). `kind` keeps budgets apart: "sign_in", "mail", "token".
void check_limits(Context& c, const std::string& kind, const std::string& account);
void note_failure(Context& c, const std::string& kind, const std::string& account);

// Throws Error(rate_limited).
[[noreturn]] void refuse_for_now();

// Throws Error(invalid) for a password among the most common ones.
void check_new_password(const std::string& password, const std::string& pointer);

}  // namespace margelle
