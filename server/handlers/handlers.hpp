#pragma once
// Every handler of the interface, by resource; routes.cpp says which request meets which. Each runs inside one
// transaction, after the gate, and throws Error.
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "persistence/posts.hpp"
#include "server/http.hpp"

namespace margelle {
class Context;
}

namespace margelle::handlers {

namespace session {
Response create(Context&);
Response end(Context&);
Response request_link(Context&);
Response redeem_link(Context&);
Response request_reset(Context&);
Response redeem_reset(Context&);
}  // namespace session

namespace me {
Response show(Context&);
Response update(Context&);
Response erase(Context&);
Response change_password(Context&);
Response sessions(Context&);
Response end_session(Context&);
Response add_organisation(Context&);
Response added_organisation(Context&, const std::string&);
Response remove_organisation(Context&);
Response stop_notices(Context&);
Response stop_notices_in_one_click(Context&);
}  // namespace me

namespace reference {
Response show(Context&);
Response territories(Context&);
Response nda_models(Context&);
Response preview(Context&);
Response receipt_keys(Context&);
Response openapi(Context&);
Response asyncapi(Context&);
Response stream(Context&);
}  // namespace reference

namespace organisations {
Response find(Context&);
Response update(Context&);
Response confirm(Context&);
}  // namespace organisations

namespace groups {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& group);
Response show(Context&);
Response update(Context&);
Response suspend(Context&);
}  // namespace groups

namespace memberships {
Response list(Context&);
Response update(Context&);
Response update_mine(Context&);
Response leave(Context&);
Response requests(Context&);
Response request(Context&);
Response decide(Context&);
Response remove_all(Context&);
}  // namespace memberships

namespace circles {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& circle);
Response show(Context&);
Response rename(Context&);
Response add(Context&);
Response remove(Context&);
Response request_entry(Context&);
Response agree(Context&);
}  // namespace circles

namespace releases {
Response list(Context&);
Response propose(Context&);
Response proposed(Context&, const std::string& release);
Response show(Context&);
Response approve(Context&);
Response take_back_approval(Context&);
Response answer_for_passage(Context&);
Response publish(Context&);
Response withdraw(Context&);
}  // namespace releases

namespace square {
Response list(Context&);
Response show(Context&);
Response take_back(Context&);
}  // namespace square

namespace invitations {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& ids);
Response check(Context&);
Response withdraw(Context&);
Response lookup(Context&);
Response accept(Context&);
Response mine(Context&);
Response accept_mine(Context&);
Response decline_mine(Context&);
}  // namespace invitations

namespace nda {
Response show(Context&);
Response versions(Context&);
Response publish(Context&);
Response published(Context&, const std::string& number);
Response accept(Context&);
Response refuse(Context&);
Response withdraw(Context&);
Response acceptances(Context&);
Response receipt(Context&);
Response pending(Context&);
Response remind(Context&);
}  // namespace nda

namespace receipts {
Response mine(Context&);
Response show_mine(Context&);
Response check(Context&);
}  // namespace receipts

namespace signatures {
Response ask(Context&);
Response lookup(Context&);
Response answer(Context&);
}  // namespace signatures

namespace threads {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& thread);
Response show(Context&);
Response update(Context&);
Response label(Context&);
Response readers(Context&);
Response mark_read(Context&);
}  // namespace threads

namespace posts {
Response list(Context&);
// The ETag of what `list` answers. Every change to a message is told in its log, and every change of who its author is in the group's. Whoever
// asks has passed the gate before: a tag lets nobody in. It tells nothing but the reader's own logs: not the access epoch, which circles raise
// that are hidden from them. A name that its owner changes shows with the next change.
std::string page_tag(const Request&, const std::string& member, const std::string& heads);
// What a request asks to be written, rendered; nothing is checked against the database.
persistence::posts::New draft(const Request&, const nlohmann::json& body, const std::optional<std::string>& token_hash);
// Writes one post in the caller's transaction; answers in which feed. Throws Error and RightsChanged.
std::string write_one(Context&, const persistence::posts::New&);
Response create(Context&);
Response created(Context&, const std::string& post);
Response show(Context&);
Response edit(Context&);
Response remove(Context&);
Response revisions(Context&);
Response add_reaction(Context&);
Response remove_reaction(Context&);
}  // namespace posts

namespace documents {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& document);
Response show(Context&);
Response update(Context&);
Response remove(Context&);
Response label(Context&);
Response check_out(Context&);
Response give_back(Context&);
Response versions(Context&);
Response add_version(Context&);
Response restore(Context&);
Response content(Context&);
}  // namespace documents

namespace uploads {
Response describe(Context&);
Response create(Context&);
Response show(Context&);
Response take_part(Context&);
Response end(Context&);
}  // namespace uploads

namespace bots {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& bot);
Response show(Context&);
Response update(Context&);
Response confirm(Context&);
Response revoke(Context&);
Response issue_key(Context&);
Response issued_key(Context&, const std::string& key);
Response revoke_key(Context&);
Response self(Context&);
}  // namespace bots

namespace datasets {
Response list(Context&);
Response catalog(Context&);
Response post(Context&);
Response show(Context&);
Response revisions(Context&);
Response hide(Context&);
Response remove(Context&);
}  // namespace datasets

namespace subscriptions {
Response list(Context&);
Response create(Context&);
Response created(Context&, const std::string& subscription);
Response show(Context&);
Response update(Context&);
Response remove(Context&);
Response report(Context&);
}  // namespace subscriptions

namespace events {
Response list(Context&);
}

namespace audit {
Response list(Context&);
Response export_chain(Context&);
}  // namespace audit

}  // namespace margelle::handlers
