// Every operation of the contract, asked by every kind of caller, in a hidden and in a listed group: access_matrix.txt
// says what each gets. An operation without a row fails, so that none can be forgotten. Kinds of caller that the house
// does not know yet arrive with what makes them.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "protocol/ids.hpp"
#include "server/route.hpp"
#include "tests/support/gathering.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct Row {
    std::string name;                               // operation, or operation:variant
    std::map<std::string, std::string> cells;       // by column; those of the listed group end with '*'
    std::string operation() const { return name.substr(0, name.find(':')); }
};

const std::vector<Row>& table() {
    static const std::vector<Row> rows = [] {
        const std::vector<std::string> columns{"anonymous", "outsider", "invited", "newcomer", "outdated", "observer", "member", "moderator", "revoked",
                                               "|", "outsider*", "requester*", "revoked*"};
        std::ifstream file(MARGELLE_SOURCE_DIR "/tests/api/access_matrix.txt");
        std::vector<Row> read;
        for (std::string line; std::getline(file, line);) {
            if (line.empty() || line.starts_with('#')) continue;
            std::istringstream words(line);
            Row row;
            words >> row.name;
            for (const std::string& column : columns) words >> row.cells[column];
            if (!words || row.cells["|"] != "|") throw std::runtime_error("access_matrix.txt: " + line);
            read.push_back(std::move(row));
        }
        return read;
    }();
    return rows;
}

const Route& route_of(const std::string& operation) {
    for (const Route& route : routes())
        if (route.operation == operation) return route;
    throw std::runtime_error("no route " + operation);
}

// What a cell of the table means, as status and problem.
std::pair<int, std::string> meaning(const std::string& cell) {
    static const std::map<std::string, std::pair<int, std::string>> words{
        {"401", {401, "unauthenticated"}}, {"404", {404, "not-found"}},       {"nda", {403, "nda-required"}}, {"mods", {403, "moderators-only"}},
        {"ro", {403, "read-only"}},        {"admin", {403, "administrators-only"}}, {"author", {403, "author-only"}}, {"circle", {403, "circle-only"}},
        {"last", {409, "last-moderator"}}, {"taken", {409, "conflict"}},         {"ws", {426, "upgrade-required"}}, {"inv", {422, "invalid"}},
        {"bots", {403, "bots-only"}}, {"owner", {403, "owner-only"}}};
    const auto word = words.find(cell);
    return word == words.end() ? std::pair(std::stoi(cell), std::string()) : word->second;
}

struct Caller {
    const char* name;
    Client Cast::*client;
};

// The moderator comes last: what only they may do changes what the others would meet.
constexpr Caller callers[] = {
    {"anonymous", &Cast::anonymous}, {"outsider", &Cast::outsider}, {"requester", &Cast::requester}, {"invited", &Cast::invited},
    {"newcomer", &Cast::newcomer},   {"outdated", &Cast::outdated}, {"observer", &Cast::observer},   {"member", &Cast::member},
    {"revoked", &Cast::revoked},     {"moderator", &Cast::moderator},
};

const std::string& expected_for(const Row& row, const std::string& caller, bool listed) {
    if (listed && row.cells.count(caller + "*")) return row.cells.at(caller + "*");
    return row.cells.at(caller);
}

// What a request needs besides the ids of the cast.
struct Request {
    std::map<std::string, std::string> path;
    Json body;
    Headers headers;
    std::string query;
};

struct World {
    Instance& instance;
    Cast& cast;
    Client& who;
    bool signed_in() const { return !who.member.empty(); }
};

Headers match(const Answer& answer) { return {{"if-match", answer.etag()}}; }

std::string pending_invitation(World& w) {
    return w.instance.sql("SELECT invitation_id FROM margelle.invitations WHERE state = 'pending' AND email = '" + w.cast.invited.email + "'");
}

// An invitation of an address without an account, made for this caller alone.
std::string fresh_invitation_token(World& w) {
    const std::string email = "fresh-" + new_id() + "@example.org";
    const Answer invited = w.cast.moderator.post(w.cast.path + "/invitations", {{"invitations", {{{"email", email}}}}});
    return w.instance.invitation_token(invited.json()["items"][0]["id"]);
}

std::string session_of(World& w, const Client& client) {
    return client.member.empty() ? new_id() : w.instance.sql("SELECT session_id FROM margelle.sessions WHERE member_id = '" + client.member + "' LIMIT 1");
}

std::string post_of_moderator(World& w) {
    return w.cast.moderator.post(w.cast.path + "/threads/" + w.cast.thread + "/posts", {{"body", "Au nord."}}).json()["id"];
}

// A circle of the member and the observer, or of the moderator alone, made for this caller.
std::string circle_of_two(World& w) { return w.cast.circle_of({&w.cast.member, &w.cast.observer}, new_id()); }
std::string circle_of_moderator(World& w) { return w.cast.circle_of({&w.cast.moderator}, new_id()); }

// Proposed by one of the cast: a summary, and the member's post.
std::string release_of(World& w, Client& who) {
    return who.post(w.cast.path + "/releases", {{"title", "Bilan"}, {"summary", "En bref."}, {"thread", w.cast.thread}, {"posts", {w.cast.post}}}).json()["id"];
}

std::string approved_release(World& w) {
    const std::string release = release_of(w, w.cast.moderator);
    for (Client* who : {&w.cast.moderator, &w.cast.member}) who->put(w.cast.path + "/releases/" + release + "/approval");
    return release;
}

std::string bot_of(World& w, Client& owner) { return w.cast.bot({"events:read"}, &owner).member; }

std::string dataset_id(World& w) { return w.cast.bot({"datasets:write"}).post(w.cast.path + "/datasets", dataset_of(new_id())).json()["id"]; }

std::string hidden_dataset(World& w) {
    const std::string dataset = dataset_id(w);
    w.cast.moderator.put(w.cast.path + "/datasets/" + dataset + "/hiding", {{"hidden", true}, {"reason", "Périmé"}});
    return dataset;
}

const Json portal = {{"kind", "udata"}, {"portal", "https://www.data.gouv.fr"}};

std::string subscription_of(World& w) { return w.cast.moderator.post(w.cast.path + "/subscriptions", portal).json()["id"]; }

const Headers resumable = {{"tus-resumable", "1.0.0"}};

// A document of the member, or of the moderator, and an upload of whoever asks; where they cannot have one, of the member.
std::string document_of(World& w, Client& who) { return w.cast.document(who, "Plan du silo.txt", "Le plan " + new_id()); }

bool may_upload(World& w) { return &w.who == &w.cast.member || &w.who == &w.cast.moderator; }

std::string own_upload(World& w) { return w.cast.upload(may_upload(w) ? w.who : w.cast.member, "Le plan " + new_id()); }

// Begun, and nothing sent yet.
std::string fresh_upload(World& w) {
    Client& who = may_upload(w) ? w.who : w.cast.member;
    const Answer begun = who.post(w.cast.path + "/uploads", nullptr, {{"tus-resumable", "1.0.0"}, {"upload-length", "3"}});
    const std::string location = begun.headers.at("Location");
    return location.substr(location.rfind('/') + 1);
}

Request about_document(World& w, Client& author, Json body = nullptr) {
    return Request{{{"document", document_of(w, author)}, {"version", "1"}}, std::move(body), {}, {}};
}

const Json answer_of_author = {{"agrees", true}, {"named", false}};

// Without the passage, unless its author agrees.
std::string published_release(World& w, bool agreed = false) {
    const std::string release = approved_release(w);
    if (agreed) w.cast.member.put(w.cast.path + "/releases/" + release + "/passages/1/consent", answer_of_author);
    w.cast.moderator.post(w.cast.path + "/releases/" + release + "/publication");
    return release;
}

Headers thread_match(World& w, const std::string& thread) { return match(w.cast.moderator.get(w.cast.path + "/threads/" + thread)); }

bool in_the_lobby(World& w) { return w.who.get(w.cast.path + "/nda").status == 200; }

const Json signatory = {{"name", "Marie Maire"}, {"email", "maire@example.net"}, {"capacity", "maire"}};

std::string fresh_signature_token(World& w) {
    w.cast.accept_for_organisation(w.cast.member, {{"signatory", {{"name", "Marie Maire"}, {"email", new_id() + "@example.net"}}}});
    return w.instance.signature_token(w.cast.member.member);
}

using Arrange = std::function<Request(World&)>;

const Json line = {{"invitations", {{{"email", "somebody@example.net"}}}}};

// The requests that take more than an address.
const std::map<std::string, Arrange> requests{
    {"createSession",
        [](World& w) {
            Client account = w.instance.person("Paule Password");
            account.put("/me/password", {{"new_password", "neuf pommes vertes"}});
            return Request{{}, {{"email", account.email}, {"password", "neuf pommes vertes"}}, {}, {}};
        }},
    {"requestSignInLink",
        [](World&) {
            return Request{{}, {{"email", new_id() + "@example.net"}}, {}, {}};
        }},
    {"redeemSignInLink",
        [](World& w) {
            return Request{{}, {{"token", w.instance.mail_token("sign_in", w.cast.member.member)}}, {}, {}};
        }},
    {"requestPasswordReset",
        [](World&) {
            return Request{{}, {{"email", new_id() + "@example.net"}}, {}, {}};
        }},
    {"redeemPasswordReset",
        [](World& w) {
            const Client account = w.instance.person("Paul Password");
            return Request{
                {}, {{"token", w.instance.mail_token("set_password", account.member)}, {"new_password", "neuf pommes vertes"}}, {}, {}};
        }},
    {"createUpload",
        [](World&) {
            return Request{{}, {}, {{"tus-resumable", "1.0.0"}, {"upload-length", "3"}}, {}};
        }},
    {"getUpload",
        [](World& w) {
            return Request{{{"upload", fresh_upload(w)}}, {}, {}, {}};
        }},
    {"getUpload:of-another",
        [](World& w) {
            return Request{{{"upload", w.cast.upload(&w.who == &w.cast.member ? w.cast.moderator : w.cast.member, "abc")}}, {}, {}, {}};
        }},
    {"continueUpload",
        [](World& w) {
            return Request{{{"upload", fresh_upload(w)}}, {},
                {{"content-type", "application/offset+octet-stream"}, {"tus-resumable", "1.0.0"}, {"upload-offset", "0"}}, {}};
        }},
    {"endUpload",
        [](World& w) {
            return Request{{{"upload", fresh_upload(w)}}, {}, resumable, {}};
        }},
    {"createDocument",
        [](World& w) {
            return Request{{}, {{"upload_id", own_upload(w)}, {"name", "Plan du silo.txt"}}, {}, {}};
        }},
    {"getDocument", [](World& w) { return about_document(w, w.cast.member); }},
    {"updateDocument",
        [](World& w) {
            Request request = about_document(w, w.cast.member, {{"tags", {"plan"}}});
            request.headers = {{"if-match", "\"r1\""}};
            return request;
        }},
    {"updateDocument:of-another",
        [](World& w) {
            Request request = about_document(w, w.cast.moderator, {{"tags", {"plan"}}});
            request.headers = {{"if-match", "\"r1\""}};
            return request;
        }},
    {"deleteDocument", [](World& w) { return about_document(w, w.cast.member); }},
    {"labelDocument",
        [](World& w) {
            return about_document(w, w.cast.member, {{"circle", circle_of_moderator(w)}, {"reason", "Plan confidentiel"}});
        }},
    {"checkOutDocument",
        [](World& w) {
            return about_document(w, w.cast.member, {{"hours", 2}});
        }},
    {"returnDocument", [](World& w) { return about_document(w, w.cast.member); }},
    {"listVersions", [](World& w) { return about_document(w, w.cast.member); }},
    {"addVersion",
        [](World& w) {
            return about_document(w, w.cast.member, {{"upload_id", own_upload(w)}, {"base", 1}});
        }},
    {"restoreVersion",
        [](World& w) {
            return about_document(w, w.cast.member, {{"base", 1}});
        }},
    {"getContent", [](World& w) { return about_document(w, w.cast.member); }},
    {"createBot",
        [](World&) {
            return Request{{}, {{"name", "Moissonneur"}, {"scopes", {"datasets:write"}}}, {}, {}};
        }},
    {"showBot",
        [](World& w) {
            return Request{{{"bot", bot_of(w, w.cast.moderator)}}, {}, {}, {}};
        }},
    {"updateBot",
        [](World& w) {
            return Request{{{"bot", bot_of(w, w.cast.moderator)}}, {{"name", "Autre"}}, {{"if-match", "\"r1\""}}, {}};
        }},
    {"revokeBot",
        [](World& w) {
            return Request{{{"bot", bot_of(w, w.cast.moderator)}}, {}, {}, {}};
        }},
    {"revokeBot:of-member",
        [](World& w) {
            return Request{{{"bot", bot_of(w, w.cast.member)}}, {}, {}, {}};
        }},
    {"confirmBot",
        [](World& w) {
            const Json made = w.cast.moderator.post(w.cast.path + "/bots", {{"name", "Robot"}, {"scopes", {"events:read"}}, {"owner", w.cast.member.member}}).json();
            return Request{{{"bot", made["id"]}}, {}, {}, {}};
        }},
    {"issueKey",
        [](World& w) {
            return Request{{{"bot", bot_of(w, w.cast.moderator)}}, Json::object(), {}, {}};
        }},
    {"revokeKey",
        [](World& w) {
            const std::string bot = bot_of(w, w.cast.moderator);
            return Request{{{"bot", bot}, {"key", w.instance.sql("SELECT key_id FROM margelle.access_keys WHERE bot_id = '" + bot + "'")}}, {}, {}, {}};
        }},
    {"postDataset",
        [](World&) {
            return Request{{}, dataset_of(new_id()), {}, {}};
        }},
    {"getDataset",
        [](World& w) {
            return Request{{{"dataset", dataset_id(w)}}, {}, {}, {}};
        }},
    {"getDataset:hidden",
        [](World& w) {
            return Request{{{"dataset", hidden_dataset(w)}}, {}, {}, {}};
        }},
    {"deleteDataset",
        [](World& w) {
            return Request{{{"dataset", dataset_id(w)}}, {}, {}, {}};
        }},
    {"hideDataset",
        [](World& w) {
            return Request{{{"dataset", dataset_id(w)}}, {{"hidden", true}, {"reason", "Périmé"}}, {}, {}};
        }},
    {"listDatasetRevisions",
        [](World& w) {
            return Request{{{"dataset", dataset_id(w)}}, {}, {}, {}};
        }},
    {"listDatasetRevisions:hidden",
        [](World& w) {
            return Request{{{"dataset", hidden_dataset(w)}}, {}, {}, {}};
        }},
    {"createSubscription",
        [](World&) {
            return Request{{}, portal, {}, {}};
        }},
    {"getSubscription",
        [](World& w) {
            return Request{{{"subscription", subscription_of(w)}}, {}, {}, {}};
        }},
    {"updateSubscription",
        [](World& w) {
            return Request{{{"subscription", subscription_of(w)}}, {{"query", "silo"}}, {{"if-match", "\"r1\""}}, {}};
        }},
    {"deleteSubscription",
        [](World& w) {
            return Request{{{"subscription", subscription_of(w)}}, {}, {}, {}};
        }},
    {"reportRun",
        [](World& w) {
            return Request{{{"subscription", subscription_of(w)}},
                {{"started_at", "2026-11-27T06:00:00Z"}, {"finished_at", "2026-11-27T06:01:00Z"}, {"created", 1}, {"changed", 0}, {"unchanged", 2}, {"skipped", 0}}, {}, {}};
        }},
    {"updateMe",
        [](World&) {
            return Request{{}, {{"language", "en"}}, {{"if-match", "\"r1\""}}, {}};
        }},
    {"eraseMe",
        [](World& w) {
            return Request{{}, {{"confirm_email", w.signed_in() ? w.who.email : "x@example.org"}}, {}, {}};
        }},
    {"changePassword",
        [](World&) {
            return Request{{}, {{"new_password", "neuf pommes vertes"}}, {}, {}};
        }},
    {"endOneSession",
        [](World& w) {
            return Request{{{"session", session_of(w, w.who)}}, {}, {}, {}};
        }},
    {"endOneSession:of-another",
        [](World& w) {
            const Client other = w.instance.person("Olga Other");
            return Request{{{"session", session_of(w, other)}}, {}, {}, {}};
        }},
    {"addMyOrganisation",
        [](World&) {
            return Request{{}, {{"new", {{"name", "Régie du bois"}, {"category", "association"}}}}, {}, {}};
        }},
    {"removeMyOrganisation",
        [](World& w) {
            if (!w.signed_in()) return Request{{{"organisation", new_id()}}, {}, {}, {}};
            const Answer me = w.who.post("/me/organisations", {{"new", {{"name", "Régie du bois"}, {"category", "association"}}}});
            return Request{{{"organisation", me.json()["organisations"][0]["organisation"]["id"]}}, {}, {}, {}};
        }},
    {"acceptMyInvitation",
        [](World& w) {
            return Request{{{"invitation", pending_invitation(w)}}, {{"category", "resident"}}, {}, {}};
        }},
    {"declineMyInvitation",
        [](World& w) {
            return Request{{{"invitation", pending_invitation(w)}}, {}, {}, {}};
        }},
    {"stopNotices",
        [](World& w) {
            return Request{{}, {{"token", w.instance.mail_token("stop_notices", w.cast.member.member)}}, {}, {}};
        }},
    {"stopNoticesOneClick",
        [](World& w) {
            return Request{{{"token", w.instance.mail_token("stop_notices", w.cast.member.member)}}, {}, {}, {}};
        }},
    {"findTerritories",
        [](World&) {
            return Request{{}, {}, {}, "?q=ta"};
        }},
    {"findOrganisations",
        [](World&) {
            return Request{{}, {}, {}, "?q=ta"};
        }},
    {"updateOrganisation",
        [](World&) {
            return Request{{{"organisation", new_id()}}, {{"state", "verified"}}, {}, {}};
        }},
    {"confirmAffiliation",
        [](World&) {
            return Request{{{"organisation", new_id()}}, {{"email", "anne@example.org"}}, {}, {}};
        }},
    {"previewMarkdown",
        [](World&) {
            return Request{{}, {{"text", "Bonjour"}}, {}, {}};
        }},
    {"createGroup",
        [](World&) {
            return Request{{}, {{"name", "Autre"}, {"confidentiality", "light"}}, {}, {}};
        }},
    {"updateGroup",
        [](World& w) {
            return Request{{}, {{"purpose", "Autre"}}, match(w.cast.moderator.get(w.cast.path)), {}};
        }},
    {"updateMembership",
        [](World& w) {
            return Request{{{"member", w.cast.observer.member}}, {{"role", "observer"}}, {}, {}};
        }},
    {"updateMembership:removal",
        [](World& w) {
            return Request{{{"member", w.cast.observer.member}}, {{"state", "removed"}}, {}, {}};
        }},
    {"updateMyMembership",
        [](World&) {
            return Request{{}, {{"category", "user"}}, {}, {}};
        }},
    {"requestToJoin",
        [](World&) {
            return Request{{}, {{"category", "resident"}}, {}, {}};
        }},
    {"decideJoinRequest",
        [](World& w) {
            const Client asking = w.instance.person("Diane Demande");
            w.instance.sql("INSERT INTO margelle.memberships (group_id, member_id, state) VALUES ('" + w.cast.group + "', '" +
                           asking.member + "', 'requested')");
            return Request{{{"member", asking.member}}, {{"decision", "accept"}}, {}, {}};
        }},
    {"createInvitations",
        [](World&) {
            return Request{{}, line, {}, {}};
        }},
    {"checkInvitations",
        [](World&) {
            return Request{{}, line, {}, {}};
        }},
    {"withdrawInvitation",
        [](World& w) {
            return Request{{{"invitation", pending_invitation(w)}}, {}, {}, {}};
        }},
    {"lookupInvitation",
        [](World& w) {
            return Request{{}, {{"token", fresh_invitation_token(w)}}, {}, {}};
        }},
    {"acceptInvitation",
        [](World& w) {
            return Request{{}, {{"token", fresh_invitation_token(w)}, {"name", "Fanny Fresh"}, {"category", "resident"}}, {}, {}};
        }},
    {"publishNda",
        [](World&) {
            return Request{{}, {{"kind", "material"}, {"text", "Troisième version."}, {"summary", "Rien ne sort d’ici."}}, {}, {}};
        }},
    {"createCircle",
        [](World& w) {
            return Request{{}, {{"name", "Financement"}, {"members", {w.cast.member.member}}}, {}, {}};
        }},
    {"getCircle",
        [](World& w) {
            return Request{{{"circle", circle_of_two(w)}}, {}, {}, {}};
        }},
    {"renameCircle",
        [](World& w) {
            return Request{{{"circle", circle_of_two(w)}}, {{"name", new_id()}}, {{"if-match", "\"r1\""}}, {}};
        }},
    {"addToCircle",
        [](World& w) {
            return Request{{{"circle", circle_of_two(w)}, {"member", w.cast.newcomer.member}}, {}, {}, {}};
        }},
    {"addToCircle:from-inside",
        [](World& w) {
            return Request{{{"circle", circle_of_moderator(w)}, {"member", w.cast.newcomer.member}}, {}, {}, {}};
        }},
    {"removeFromCircle",
        [](World& w) {
            const std::string circle = w.cast.circle_of({&w.cast.member, &w.cast.observer, &w.cast.newcomer}, new_id());
            return Request{{{"circle", circle}, {"member", w.cast.newcomer.member}}, {}, {}, {}};
        }},
    {"removeFromCircle:oneself",
        [](World& w) {
            return Request{{{"circle", circle_of_two(w)}, {"member", w.signed_in() ? w.who.member : new_id()}}, {}, {}, {}};
        }},
    {"removeFromCircle:outside",
        [](World& w) {
            return Request{{{"circle", circle_of_moderator(w)}, {"member", w.cast.moderator.member}}, {}, {}, {}};
        }},
    {"requestEntry",
        [](World& w) {
            return Request{{{"circle", circle_of_two(w)}}, {}, {}, {}};
        }},
    {"requestEntry:from-inside",
        [](World& w) {
            return Request{{{"circle", circle_of_moderator(w)}}, {}, {}, {}};
        }},
    {"agreeToEntry",
        [](World& w) {
            const std::string circle = circle_of_two(w);
            w.cast.moderator.post(w.cast.path + "/circles/" + circle + "/entry-requests");
            return Request{{{"circle", circle}, {"member", w.cast.moderator.member}}, {}, {}, {}};
        }},
    {"agreeToEntry:outside-circle",
        [](World& w) {
            return Request{{{"circle", circle_of_moderator(w)}, {"member", w.cast.moderator.member}}, {}, {}, {}};
        }},
    {"suspendGroup",
        [](World&) {
            return Request{{}, {{"suspended", false}, {"reason", "Rien"}}, {}, {}};
        }},
    {"removeMembers",
        [](World& w) {
            return Request{{}, {{"members", {w.cast.observer.member}}, {"reason", "Fin"}}, {}, {}};
        }},
    {"labelThread",
        [](World& w) {
            return Request{{}, {{"circle", circle_of_moderator(w)}, {"reason", "Argent"}}, {}, {}};
        }},
    {"labelThread:in-circle",
        [](World& w) {
            return Request{
                {{"thread", w.cast.thread_in(circle_of_two(w), w.cast.member)}}, {{"circle", nullptr}, {"reason", "Argent"}}, {}, {}};
        }},
    {"acceptNda",
        [](World& w) {
            const Json current = w.cast.moderator.get(w.cast.path + "/nda").json()["current"];
            return Request{{},
                {{"version", current["number"]}, {"sha256", current["sha256"]}, {"full_name", "Test Person"}, {"agreed", true}}, {}, {}};
        }},
    {"refuseNda",
        [](World&) {
            return Request{{}, {{"version", 2}}, {}, {}};
        }},
    {"getMyReceipt",
        [](World& w) {
            return Request{{{"version", w.who.member == w.cast.outdated.member ? "1" : "2"}}, {}, {}, {}};
        }},
    {"checkReceipt",
        [](World&) {
            return Request{{}, Json::object(), {}, {}};
        }},
    {"remindNda",
        [](World&) {
            return Request{{}, Json::object(), {}, {}};
        }},
    {"requestSignature",
        [](World& w) {
            if (in_the_lobby(w)) w.cast.accept_for_organisation(w.who);
            return Request{{}, signatory, {}, {}};
        }},
    {"requestSignature:personal",
        [](World&) {
            return Request{{}, signatory, {}, {}};
        }},
    {"lookupSignature",
        [](World& w) {
            return Request{{}, {{"token", fresh_signature_token(w)}}, {}, {}};
        }},
    {"answerSignature",
        [](World& w) {
            return Request{{}, {{"token", fresh_signature_token(w)}, {"accept", true}, {"full_name", "Marie Maire"}}, {}, {}};
        }},
    {"getReceipt",
        [](World& w) {
            return Request{{{"member", w.signed_in() ? w.who.member : new_id()}}, {}, {}, {}};
        }},
    {"getReceipt:of-another",
        [](World& w) {
            return Request{{{"member", w.who.member == w.cast.member.member ? w.cast.observer.member : w.cast.member.member}}, {}, {}, {}};
        }},
    {"getSquareEntry",
        [](World& w) {
            return Request{{{"release", published_release(w)}}, {}, {}, {}};
        }},
    {"takeBackPassage",
        [](World& w) {
            return Request{{{"release", published_release(w, true)}, {"number", "1"}}, {}, {}, {}};
        }},
    {"getSquareEntry:proposed",
        [](World& w) {
            return Request{{{"release", approved_release(w)}}, {}, {}, {}};
        }},
    {"proposeRelease",
        [](World& w) {
            return Request{{}, {{"title", "Bilan"}, {"thread", w.cast.thread}, {"posts", {w.cast.post}}}, {}, {}};
        }},
    {"getRelease",
        [](World& w) {
            return Request{{{"release", release_of(w, w.cast.moderator)}}, {}, {}, {}};
        }},
    {"approveRelease",
        [](World& w) {
            return Request{{{"release", release_of(w, w.cast.moderator)}}, {}, {}, {}};
        }},
    {"withdrawApproval",
        [](World& w) {
            return Request{{{"release", approved_release(w)}}, {}, {}, {}};
        }},
    {"answerForPassage",
        [](World& w) {
            return Request{{{"release", release_of(w, w.cast.moderator)}, {"number", "1"}}, answer_of_author, {}, {}};
        }},
    {"publishRelease",
        [](World& w) {
            return Request{{{"release", approved_release(w)}}, {}, {}, {}};
        }},
    {"publishRelease:not-approved",
        [](World& w) {
            return Request{{{"release", release_of(w, w.cast.moderator)}}, {}, {}, {}};
        }},
    {"withdrawRelease",
        [](World& w) {
            return Request{{{"release", release_of(w, w.cast.moderator)}}, {{"reason", "Fin"}}, {}, {}};
        }},
    {"withdrawRelease:of-member",
        [](World& w) {
            return Request{{{"release", release_of(w, w.cast.member)}}, {{"reason", "Fin"}}, {}, {}};
        }},
    {"createThread",
        [](World&) {
            return Request{{}, {{"title", "Autre"}, {"body", "Bonjour"}}, {}, {}};
        }},
    {"updateThread",
        [](World& w) {
            return Request{{}, {{"title", "Autre"}}, thread_match(w, w.cast.thread), {}};
        }},
    {"updateThread:of-another",
        [](World& w) {
            const std::string thread =
                w.cast.moderator.post(w.cast.path + "/threads", {{"title", "Nord"}, {"body", "Au nord."}}).json()["id"];
            return Request{{{"thread", thread}}, {{"title", "Autre"}}, thread_match(w, thread), {}};
        }},
    {"updateThread:pin",
        [](World& w) {
            return Request{{}, {{"pinned", true}}, thread_match(w, w.cast.thread), {}};
        }},
    {"updateThread:close",
        [](World& w) {
            return Request{{}, {{"closed", true}}, thread_match(w, w.cast.thread), {}};
        }},
    {"markRead",
        [](World&) {
            return Request{{}, {{"number", 1}}, {}, {}};
        }},
    {"createPost",
        [](World&) {
            return Request{{}, {{"body", "Bonjour"}}, {}, {}};
        }},
    {"editPost",
        [](World& w) {
            return Request{{}, {{"body", "Autre"}}, match(w.cast.moderator.get(w.cast.path + "/posts/" + w.cast.post)), {}};
        }},
    {"deletePost:of-another",
        [](World& w) {
            return Request{{{"post", post_of_moderator(w)}}, {}, {}, {}};
        }},
};

// Variants about what a circle holds, with a thread and a post in it: "in-circle" of the member and the observer, so that
// the moderator is outside; "outside-circle" of the moderator alone.
Request about_circle(World& w, const Row& row) {
    const bool of_two = row.name.ends_with(":in-circle");
    Client& author = of_two ? w.cast.member : w.cast.moderator;
    const std::string circle = of_two ? circle_of_two(w) : circle_of_moderator(w), thread = w.cast.thread_in(circle, author);
    const auto arrange = requests.find(row.operation());
    Request request = arrange == requests.end() ? Request{} : arrange->second(w);
    request.path["circle"] = circle;
    request.path["thread"] = thread;
    request.path["post"] = author.get(w.cast.path + "/threads/" + thread + "/posts").items()[0]["id"];
    if (request.headers.count("if-match")) request.headers["if-match"] = "\"r1\"";
    if (row.operation() == "proposeRelease") request.body = {{"title", "Bilan"}, {"thread", thread}, {"posts", {request.path["post"]}}};
    else if (route_of(row.operation()).path.find("{release}") != std::string_view::npos)
        request.path["release"] = author.post(w.cast.path + "/releases", {{"title", "Bilan"}, {"thread", thread}, {"posts", {request.path["post"]}}}).json()["id"];
    if (route_of(row.operation()).path.find("{document}") != std::string_view::npos)
        request.path["document"] = w.cast.document(author, "Plan du silo.txt", "Le plan " + new_id(), circle);
    if (row.operation() == "createThread" || row.operation() == "createDocument") request.body["circle"] = circle;
    if (row.operation() == "listEvents") request.query = "?circle=" + circle;
    return request;
}

Answer ask(Client& who, const Route& route, const Request& request, const std::map<std::string, std::string>& ids) {
    const std::string path = fill_path(route.path, ids) + request.query;
    if (route.operation == "stopNoticesOneClick")
        return who.send_raw(route.verb, path, "List-Unsubscribe=One-Click", {{"content-type", "application/x-www-form-urlencoded"}});
    if (route.operation == "continueUpload") return who.send_raw(route.verb, path, "abc", request.headers);
    return who.send(route.verb, path, request.body, request.headers);
}

// A problem without the id of its request.
std::string without_instance(std::string body) {
    const std::size_t at = body.find(R"(,"instance":")");
    return at == std::string::npos ? body : body.erase(at, std::string(R"(,"instance":"")").size() + 36);
}

void check(const Row& row, const Caller& caller, Instance& instance, Cast& cast, bool listed) {
    BOOST_TEST_CONTEXT(row.name << " asked by " << caller.name) {
        Client& who = cast.*caller.client;
        World world{instance, cast, who};
        const auto arrange = requests.find(row.name);
        const bool about = row.name.ends_with("-circle") && arrange == requests.end();
        Request request = about ? about_circle(world, row) : arrange == requests.end() ? Request{} : arrange->second(world);
        const Route& route = route_of(row.operation());
        std::map<std::string, std::string> ids = request.path;
        ids.insert({{"group", cast.group}, {"thread", cast.thread}, {"post", cast.post}, {"reaction", "agree"}});

        const auto [status, problem] = meaning(expected_for(row, caller.name, listed));
        const bool within = std::set<std::string>{"observer", "member", "moderator"}.contains(caller.name);
        const Answer answer = ask(who, route, request, ids);
        BOOST_TEST(answer.status == status, answer.status << " instead of " << status << ": " << answer.body.substr(0, 300));
        BOOST_TEST((status < 400 || answer.problem() == problem), answer.problem() << " instead of " << problem);
        BOOST_TEST((within || (answer.body.find("Silo") == std::string::npos && answer.body.find("silo") == std::string::npos)), "content reaches an outsider");
        if (status != 404) return;
        // What may not be known looks like what does not exist.
        if (row.name == "listEvents:in-circle" || row.name == "listEvents:outside-circle") request.query = "?circle=" + new_id();
        else
            for (const char* name :
                {"key", "bot", "dataset", "subscription", "upload", "document", "release", "circle", "post", "thread", "group", "invitation", "session", "organisation"}) {
                if (route.path.find(std::string("{") + name + '}') == std::string_view::npos) continue;
                if (within || !std::set<std::string>{"key", "bot", "dataset", "subscription", "upload", "document", "release", "circle", "post", "thread"}.contains(name)) {
                    ids[name] = new_id();
                    break;
                }
            }
        const Answer nothing = ask(who, route, request, ids);
        BOOST_TEST(nothing.status == 404);
        BOOST_TEST(without_instance(nothing.body) == without_instance(answer.body));
        BOOST_TEST((nothing.headers == answer.headers));
    }
}

void check_everything(const std::string& listing) {
    Instance instance;
    Cast shared(instance, "nda", listing);
    for (const Row& row : table()) {
        // Reading leaves the cast as it is; whatever else gets one of its own.
        const bool reads = route_of(row.operation()).verb == Verb::get;
        const std::unique_ptr<Cast> fresh = reads ? nullptr : std::make_unique<Cast>(instance, "nda", listing);
        const auto check_callers = [&] {
            for (const Caller& caller : callers) {
                if (listing == "hidden" && caller.client == &Cast::requester) continue;
                check(row, caller, instance, reads ? shared : *fresh, listing == "listed");
            }
        };
        check_callers();
        if (route_of(row.operation()).run != Run::submit) continue;
        const Gathering by_the_writer(instance);
        check_callers();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_matrix)

BOOST_AUTO_TEST_CASE(every_operation_of_the_contract_has_a_row) {
    const Instance instance;
    for (const Contract::Route& described : instance.app.contract().routes()) {
        const bool found = std::any_of(table().begin(), table().end(), [&](const Row& row) { return row.name == described.operation; });
        BOOST_TEST(found, described.operation << " has no row in access_matrix.txt");
    }
}

BOOST_AUTO_TEST_CASE(in_a_hidden_group_everyone_gets_what_the_table_says) { check_everything("hidden"); }

BOOST_AUTO_TEST_CASE(in_a_listed_group_everyone_gets_what_the_table_says) { check_everything("listed"); }

BOOST_AUTO_TEST_SUITE_END()
