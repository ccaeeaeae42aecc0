#include <array>

#include "server/handlers/handlers.hpp"
#include "server/route.hpp"

namespace margelle {
namespace {

using namespace handlers;
using enum Verb;
using enum Gate;
using enum Run;
using enum Scope;

constexpr auto table = std::to_array<Route>({
    {post,   "/session",                                              open,            password,    handlers::session::create,           "createSession"},
    {remove, "/session",                                              Gate::session,   transaction, handlers::session::end,       "endSession"},
    {post,   "/sign-in-links",                                        open,            transaction, handlers::session::request_link,      "requestSignInLink"},
    {post,   "/sign-in-links/redemption",                             open,            transaction, handlers::session::redeem_link,       "redeemSignInLink"},
    {post,   "/password-resets",                                      open,            transaction, handlers::session::request_reset,     "requestPasswordReset"},
    {post,   "/password-resets/redemption",                           open,            password,    handlers::session::redeem_reset,      "redeemPasswordReset"},

    {get,    "/me",                                                   Gate::session,   transaction, me::show,                     "getMe"},
    {patch,  "/me",                                                   Gate::session,   transaction, me::update,                   "updateMe"},
    {remove, "/me",                                                   Gate::session,   transaction, me::erase,                    "eraseMe"},
    {put,    "/me/password",                                          Gate::session,   password,    me::change_password,          "changePassword"},
    {get,    "/me/sessions",                                          Gate::session,   transaction, me::sessions,                 "listSessions"},
    {remove, "/me/sessions/{session}",                                Gate::session,   transaction, me::end_session,              "endOneSession"},
    {post,   "/me/organisations",                                     Gate::session,   transaction, me::add_organisation,         "addMyOrganisation", me::added_organisation},
    {remove, "/me/organisations/{organisation}",                      Gate::session,   transaction, me::remove_organisation,      "removeMyOrganisation"},
    {get,    "/me/invitations",                                       Gate::session,   transaction, invitations::mine,            "listMyInvitations"},
    {post,   "/me/invitations/{invitation}/acceptance",               Gate::session,   transaction, invitations::accept_mine,     "acceptMyInvitation"},
    {remove, "/me/invitations/{invitation}",                          Gate::session,   transaction, invitations::decline_mine,    "declineMyInvitation"},
    {get,    "/me/receipts",                                          Gate::session,   transaction, receipts::mine,               "listMyReceipts"},
    {get,    "/me/receipts/{group}/{version}",                        Gate::session,   transaction, receipts::show_mine,          "getMyReceipt"},
    {post,   "/notice-stops",                                         open,            transaction, me::stop_notices,             "stopNotices"},
    {post,   "/notice-stops/{token}",                                 open,            transaction, me::stop_notices_in_one_click, "stopNoticesOneClick"},

    {get,    "/reference",                                            open,            transaction, reference::show,              "getReference"},
    {get,    "/territories",                                          Gate::session,   transaction, reference::territories,       "findTerritories"},
    {get,    "/organisations",                                        Gate::session,   transaction, organisations::find,          "findOrganisations"},
    {patch,  "/organisations/{organisation}",                         administrator,   transaction, organisations::update,        "updateOrganisation"},
    {post,   "/organisations/{organisation}/confirmations",           administrator,   transaction, organisations::confirm,       "confirmAffiliation"},
    {get,    "/nda-models",                                           Gate::session,   transaction, reference::nda_models,        "listNdaModels"},
    {post,   "/markdown-previews",                                    Gate::session,   transaction, reference::preview,           "previewMarkdown"},
    {get,    "/receipt-keys",                                         open,            transaction, reference::receipt_keys,      "listReceiptKeys"},
    {post,   "/receipt-checks",                                       open,            transaction, receipts::check,              "checkReceipt"},
    {get,    "/square",                                               open,            transaction, square::list,                 "listSquare"},
    {get,    "/square/{release}",                                     open,            transaction, square::show,                 "getSquareEntry"},
    {remove, "/square/{release}/passages/{number}",                   Gate::session,   transaction, square::take_back,            "takeBackPassage"},
    {get,    "/openapi.json",                                         open,            transaction, reference::openapi,           "getOpenapi"},
    {get,    "/asyncapi.json",                                        open,            transaction, reference::asyncapi,          "getAsyncapi"},
    {get,    "/stream",                                               Gate::session,   transaction, reference::stream,            "openStream"},

    {get,    "/groups",                                               Gate::session,   transaction, groups::list,                 "listGroups"},
    {post,   "/groups",                                               Gate::session,   transaction, groups::create,               "createGroup", groups::created},
    {get,    "/groups/{group}",                                       card,            transaction, groups::show,                 "getGroup"},
    {patch,  "/groups/{group}",                                       moderator,       transaction, groups::update,               "updateGroup"},
    {put,    "/groups/{group}/suspension",                            moderator,       transaction, groups::suspend,              "suspendGroup"},
    {get,    "/groups/{group}/members",                               content,         transaction, memberships::list,            "listMembers"},
    {patch,  "/groups/{group}/members/{member}",                      moderator,       transaction, memberships::update,          "updateMembership"},
    {post,   "/groups/{group}/removals",                              moderator,       transaction, memberships::remove_all,      "removeMembers"},
    {patch,  "/groups/{group}/membership",                            lobby,           transaction, memberships::update_mine,     "updateMyMembership"},
    {remove, "/groups/{group}/membership",                            card,            transaction, memberships::leave,           "leaveGroup"},
    {get,    "/groups/{group}/join-requests",                         moderator,       transaction, memberships::requests,        "listJoinRequests"},
    {post,   "/groups/{group}/join-requests",                         card,            transaction, memberships::request,         "requestToJoin"},
    {patch,  "/groups/{group}/join-requests/{member}",                moderator,       transaction, memberships::decide,          "decideJoinRequest"},
    {get,    "/groups/{group}/invitations",                           moderator,       transaction, invitations::list,            "listInvitations"},
    {post,   "/groups/{group}/invitations",                           moderator,       transaction, invitations::create,          "createInvitations", invitations::created},
    {post,   "/groups/{group}/invitation-checks",                     moderator,       transaction, invitations::check,           "checkInvitations"},
    {remove, "/groups/{group}/invitations/{invitation}",              moderator,       transaction, invitations::withdraw,        "withdrawInvitation"},
    {post,   "/invitations/lookup",                                   open,            transaction, invitations::lookup,          "lookupInvitation"},
    {post,   "/invitations/acceptance",                               open,            password,    invitations::accept,          "acceptInvitation"},

    {get,    "/groups/{group}/circles",                               content,         transaction, circles::list,                "listCircles"},
    {post,   "/groups/{group}/circles",                               moderator_write, transaction, circles::create,              "createCircle", circles::created},
    {get,    "/groups/{group}/circles/{circle}",                      content,         transaction, circles::show,                "getCircle"},
    {patch,  "/groups/{group}/circles/{circle}",                      moderator_write, transaction, circles::rename,              "renameCircle"},
    {put,    "/groups/{group}/circles/{circle}/members/{member}",     moderator_write, transaction, circles::add,                 "addToCircle"},
    {remove, "/groups/{group}/circles/{circle}/members/{member}",     content,         transaction, circles::remove,              "removeFromCircle"},
    {post,   "/groups/{group}/circles/{circle}/entry-requests",       moderator_write, transaction, circles::request_entry,       "requestEntry"},
    {post,   "/groups/{group}/circles/{circle}/entry-requests/{member}/agreement", write, transaction, circles::agree,             "agreeToEntry"},

    {get,    "/groups/{group}/nda",                                   lobby,           transaction, nda::show,                    "getNda"},
    {get,    "/groups/{group}/nda/versions",                          lobby,           transaction, nda::versions,                "listNdaVersions"},
    {post,   "/groups/{group}/nda/versions",                          lobby_moderator, transaction, nda::publish,                 "publishNda", nda::published},
    {post,   "/groups/{group}/nda/acceptance",                        lobby,           transaction, nda::accept,                  "acceptNda"},
    {post,   "/groups/{group}/nda/refusal",                           lobby,           transaction, nda::refuse,                  "refuseNda"},
    {post,   "/groups/{group}/nda/withdrawal",                        lobby,           transaction, nda::withdraw,                "withdrawNda"},
    {get,    "/groups/{group}/nda/pending",                           moderator,       transaction, nda::pending,                 "listNdaPending"},
    {post,   "/groups/{group}/nda/reminders",                         moderator,       transaction, nda::remind,                  "remindNda"},
    {post,   "/groups/{group}/nda/signature-requests",                lobby,           transaction, handlers::signatures::ask,    "requestSignature"},
    {post,   "/signatures/lookup",                                    open,            transaction, handlers::signatures::lookup, "lookupSignature"},
    {post,   "/signatures/confirmation",                              open,            transaction, handlers::signatures::answer, "answerSignature"},
    {get,    "/groups/{group}/nda/acceptances",                       content,         transaction, nda::acceptances,             "listNdaRegister"},
    {get,    "/groups/{group}/nda/acceptances/{member}/receipt",      Gate::session,   transaction, nda::receipt,                 "getReceipt"},

    {get,    "/groups/{group}/threads",                               content,         transaction, threads::list,                "listThreads"},
    {post,   "/groups/{group}/threads",                               write,           transaction, threads::create,              "createThread", threads::created, threads_write},
    {get,    "/groups/{group}/threads/{thread}",                      content,         transaction, threads::show,                "getThread"},
    {patch,  "/groups/{group}/threads/{thread}",                      write,           transaction, threads::update,              "updateThread"},
    {put,    "/groups/{group}/threads/{thread}/label",                moderator_write, transaction, threads::label,               "labelThread"},
    {get,    "/groups/{group}/threads/{thread}/readers",              moderator,       transaction, threads::readers,             "listReaders"},
    {put,    "/groups/{group}/threads/{thread}/read-mark",            content,         transaction, threads::mark_read,           "markRead"},
    {get,    "/groups/{group}/threads/{thread}/posts",                content,         page,        posts::list,                  "listPosts"},
    {post,   "/groups/{group}/threads/{thread}/posts",                write,           submit,      posts::create,                "createPost", posts::created, threads_write},
    {get,    "/groups/{group}/posts/{post}",                          content,         transaction, posts::show,                  "getPost"},
    {patch,  "/groups/{group}/posts/{post}",                          write,           transaction, posts::edit,                  "editPost"},
    {remove, "/groups/{group}/posts/{post}",                          write,           transaction, posts::remove,                "deletePost"},
    {get,    "/groups/{group}/posts/{post}/revisions",                content,         transaction, posts::revisions,             "listRevisions"},
    {put,    "/groups/{group}/posts/{post}/reactions/{reaction}",     write,           transaction, posts::add_reaction,          "addReaction"},
    {remove, "/groups/{group}/posts/{post}/reactions/{reaction}",     write,           transaction, posts::remove_reaction,       "removeReaction"},

    {options,"/groups/{group}/uploads",                               open,            transaction, uploads::describe,            "describeUploads"},
    {post,   "/groups/{group}/uploads",                               write,           transaction, uploads::create,              "createUpload"},
    {get,    "/groups/{group}/uploads/{upload}",                      content,         transaction, uploads::show,                "getUpload"},
    {patch,  "/groups/{group}/uploads/{upload}",                      write,           stream,      uploads::take_part,           "continueUpload"},
    {remove, "/groups/{group}/uploads/{upload}",                      write,           transaction, uploads::end,                 "endUpload"},

    {get,    "/groups/{group}/documents",                             content,         transaction, handlers::documents::list,    "listDocuments"},
    {post,   "/groups/{group}/documents",                             write,           transaction, handlers::documents::create,  "createDocument", handlers::documents::created},
    {get,    "/groups/{group}/documents/{document}",                  content,         transaction, handlers::documents::show,    "getDocument"},
    {patch,  "/groups/{group}/documents/{document}",                  write,           transaction, handlers::documents::update,  "updateDocument"},
    {remove, "/groups/{group}/documents/{document}",                  write,           transaction, handlers::documents::remove,  "deleteDocument"},
    {put,    "/groups/{group}/documents/{document}/label",            moderator_write, transaction, handlers::documents::label,   "labelDocument"},
    {put,    "/groups/{group}/documents/{document}/check-out",        write,           transaction, handlers::documents::check_out, "checkOutDocument"},
    {remove, "/groups/{group}/documents/{document}/check-out",        write,           transaction, handlers::documents::give_back, "returnDocument"},
    {get,    "/groups/{group}/documents/{document}/versions",         content,         transaction, handlers::documents::versions, "listVersions"},
    {post,   "/groups/{group}/documents/{document}/versions",         write,           transaction, handlers::documents::add_version, "addVersion", handlers::documents::created},
    {post,   "/groups/{group}/documents/{document}/versions/{version}/restoration", write,           transaction, handlers::documents::restore, "restoreVersion", handlers::documents::created},
    {get,    "/groups/{group}/documents/{document}/versions/{version}/content", content,         stream,      handlers::documents::content, "getContent"},

    {get,    "/groups/{group}/events",                                content,         wait,        events::list,                 "listEvents", nullptr, events_read},

    {get,    "/bot",                                                  Gate::bot,       transaction, handlers::bots::self,         "getBot", nullptr, any},
    {get,    "/groups/{group}/bots",                                  content,         transaction, handlers::bots::list,         "listBots"},
    {post,   "/groups/{group}/bots",                                  moderator_write, transaction, handlers::bots::create,       "createBot", handlers::bots::created},
    {get,    "/groups/{group}/bots/{bot}",                            content,         transaction, handlers::bots::show,         "showBot"},
    {patch,  "/groups/{group}/bots/{bot}",                            moderator_write, transaction, handlers::bots::update,       "updateBot"},
    {remove, "/groups/{group}/bots/{bot}",                            content,         transaction, handlers::bots::revoke,       "revokeBot"},
    {put,    "/groups/{group}/bots/{bot}/confirmation",               content,         transaction, handlers::bots::confirm,      "confirmBot"},
    {post,   "/groups/{group}/bots/{bot}/keys",                       moderator_write, transaction, handlers::bots::issue_key,    "issueKey", handlers::bots::issued_key},
    {remove, "/groups/{group}/bots/{bot}/keys/{key}",                 moderator,       transaction, handlers::bots::revoke_key,   "revokeKey"},

    {get,    "/groups/{group}/datasets",                              content,         transaction, handlers::datasets::list,     "listDatasets", nullptr, datasets_read},
    {post,   "/groups/{group}/datasets",                              write,           transaction, handlers::datasets::post,     "postDataset", nullptr, datasets_write},
    {get,    "/groups/{group}/datasets/{dataset}",                    content,         transaction, handlers::datasets::show,     "getDataset", nullptr, datasets_read},
    {remove, "/groups/{group}/datasets/{dataset}",                    moderator_write, transaction, handlers::datasets::remove,   "deleteDataset"},
    {put,    "/groups/{group}/datasets/{dataset}/hiding",             moderator_write, transaction, handlers::datasets::hide,     "hideDataset"},
    {get,    "/groups/{group}/datasets/{dataset}/revisions",          content,         transaction, handlers::datasets::revisions, "listDatasetRevisions", nullptr, datasets_read},
    {get,    "/groups/{group}/catalog",                               content,         transaction, handlers::datasets::catalog,  "getCatalog", nullptr, datasets_read},

    {get,    "/groups/{group}/subscriptions",                         content,         transaction, handlers::subscriptions::list, "listSubscriptions", nullptr, subscriptions_read},
    {post,   "/groups/{group}/subscriptions",                         moderator_write, transaction, handlers::subscriptions::create, "createSubscription", handlers::subscriptions::created},
    {get,    "/groups/{group}/subscriptions/{subscription}",          content,         transaction, handlers::subscriptions::show, "getSubscription", nullptr, subscriptions_read},
    {patch,  "/groups/{group}/subscriptions/{subscription}",          moderator_write, transaction, handlers::subscriptions::update, "updateSubscription"},
    {remove, "/groups/{group}/subscriptions/{subscription}",          moderator_write, transaction, handlers::subscriptions::remove, "deleteSubscription"},
    {post,   "/groups/{group}/subscriptions/{subscription}/runs",     bot_write,       transaction, handlers::subscriptions::report, "reportRun", nullptr, subscriptions_report},

    {get,    "/groups/{group}/releases",                              content,         transaction, releases::list,               "listReleases"},
    {post,   "/groups/{group}/releases",                              write,           transaction, releases::propose,            "proposeRelease", releases::proposed},
    {get,    "/groups/{group}/releases/{release}",                    content,         transaction, releases::show,               "getRelease"},
    {put,    "/groups/{group}/releases/{release}/approval",           write,           transaction, releases::approve,            "approveRelease"},
    {remove, "/groups/{group}/releases/{release}/approval",           content,         transaction, releases::take_back_approval, "withdrawApproval"},
    {put,    "/groups/{group}/releases/{release}/passages/{number}/consent", content,  transaction, releases::answer_for_passage, "answerForPassage"},
    {post,   "/groups/{group}/releases/{release}/publication",        moderator_write, transaction, releases::publish,            "publishRelease"},
    {post,   "/groups/{group}/releases/{release}/withdrawal",         content,         transaction, releases::withdraw,           "withdrawRelease"},

    {get,    "/groups/{group}/audit",                                 moderator,       transaction, audit::list,                  "listAudit"},
    {post,   "/groups/{group}/audit-exports",                         moderator,       transaction, audit::export_chain,          "exportAudit"},
});

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace margelle
