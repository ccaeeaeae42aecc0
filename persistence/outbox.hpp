#pragma once
// Mails that wait. The outbox keeps kind, recipient and ids; what is written in them is made at each attempt.
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::outbox {

struct Mail {
    std::string id, kind;
    std::optional<std::string> member, invitation, signature, group;
    std::string email, name, language;
    std::optional<std::string> inviter_name;    // who asks: of an invitation, of a signatory
};

// Queues a mail for a member: sign_in or set_password.
void queue(Transaction& t, const std::string& kind, const std::string& member);

// Takes the next mail that is due, held until the transaction ends, so that no other node sends it as well.
std::optional<Mail> claim(Transaction& t);
// Notes its fate: sent, or the failure, after which it comes back later.
void settle(Transaction& t, const std::string& mail, const std::optional<std::string>& failure);

void renew_invitation_token(Transaction& t, const std::string& invitation, const std::string& token_hash);
void renew_signature_token(Transaction& t, const std::string& signature, const std::string& token_hash);

// What somebody who left a group owes it: "none", "until" with its last day as their language writes it, "without_end".
struct Duty {
    std::string kind, ends_on;
};
Duty duty_of(Transaction& t, const Mail& mail);

// Unread posts over all the groups that a member may read now.
std::int64_t unread_of(Transaction& t, const std::string& member);
// Queues the daily notices that are due.
void queue_notices(Transaction& t);
// Deletes what has outlived its use.
void sweep(Transaction& t);

}  // namespace margelle::persistence::outbox
