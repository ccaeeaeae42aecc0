#pragma once
// An instance in-process: a database of its own and the app above it, without a socket.
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "protocol/receipt.hpp"
#include "protocol/sealing.hpp"
#include "server/app.hpp"
#include "server/config.hpp"
#include "server/identity/passwords.hpp"
#include "server/metrics.hpp"
#include "server/refusal.hpp"
#include "tests/support/database.hpp"

namespace margelle::tests {

using Json = nlohmann::json;

// What the announcer was told, by whichever threads. Read once these are done.
class Recorder : public Announcer {
public:
    void changed(const std::vector<Feed>& feeds) override {
        const std::lock_guard lock(mutex_);
        changes.insert(changes.end(), feeds.begin(), feeds.end());
    }
    void ended(const std::vector<std::string>& sessions) override {
        const std::lock_guard lock(mutex_);
        endings.insert(endings.end(), sessions.begin(), sessions.end());
    }
    void mail_queued() override {
        const std::lock_guard lock(mutex_);
        ++mails;
    }
    void refused(const Refusal& refusal) override {
        const std::lock_guard lock(mutex_);
        refusals.push_back(refusal);
    }
    std::vector<Feed> changes;
    std::vector<std::string> endings;
    int mails = 0;
    std::vector<Refusal> refusals;

private:
    std::mutex mutex_;
};

struct Answer {
    int status = 0;
    std::string body;
    std::map<std::string, std::string> headers;
    Json json() const { return Json::parse(body); }
    Json items() const { return json()["items"]; }
    std::string etag() const { return headers.count("ETag") ? headers.at("ETag") : ""; }
    // The last part of a problem's type.
    std::string problem() const;
};

// Whether each answer is checked against the contract. Not where the house is run without its gate.
inline bool held_against_contract = true;

using Headers = std::map<std::string, std::string, std::less<>>;

class Instance;

// A browser: keeps its cookie, sends the Origin. Each of its answers is checked against the contract, and an answer
// that breaks it fails the test.
class Client {
public:
    explicit Client(Instance& instance) : instance_(&instance) {}

    Answer send(Verb verb, const std::string& path, const Json& body = nullptr, Headers headers = {});
    // A body that is not JSON, or not well-formed; `headers` may set its content-type.
    Answer send_raw(Verb verb, const std::string& path, const std::string& body, Headers headers = {});
    // A part of an upload, as tus sends it.
    Answer send_part(const std::string& path, std::int64_t offset, const std::string& part, Headers headers = {});
    Answer get(const std::string& path, Headers headers = {}) { return send(Verb::get, path, nullptr, std::move(headers)); }
    Answer post(const std::string& path, const Json& body = nullptr, Headers headers = {}) { return send(Verb::post, path, body, std::move(headers)); }
    Answer put(const std::string& path, const Json& body = nullptr, Headers headers = {}) { return send(Verb::put, path, body, std::move(headers)); }
    Answer patch(const std::string& path, const Json& body, Headers headers = {}) { return send(Verb::patch, path, body, std::move(headers)); }
    Answer remove(const std::string& path, const Json& body = nullptr, Headers headers = {}) { return send(Verb::remove, path, body, std::move(headers)); }

    std::string cookie;         // name=value
    std::string key;            // of a bot, which has no cookie and sends no Origin
    std::string member;         // id
    std::string email;
    std::string address = "192.0.2.1";

private:
    Instance* instance_;
};

class Instance {
public:
    explicit Instance(std::function<void(Config&)> adjust = {}, Passwords hashing = Passwords(256, 1));     // fast ones

    // A person with an account and an open session.
    Client person(const std::string& name);
    Client stranger() { return Client(*this); }

    // Statements as the superuser, to arrange or inspect what no route does.
    std::string sql(const std::string& statement);
    // The token that a mail would have carried: sign_in, set_password or stop_notices.
    std::string mail_token(const std::string& kind, const std::string& member);
    std::string invitation_token(const std::string& invitation);
    // Does what a node does behind its requests: records refusals, chains the audit.
    void settle_audit();
    // That of the latest request to confirm what a member accepted.
    std::string signature_token(const std::string& member);

    ScratchDatabase database;
    Config config;
    Passwords passwords;
    std::vector<SigningKey> keys{SigningKey::generate()};
    std::vector<MasterKey> master_keys{MasterKey::generate()};
    Recorder recorder;
    Metrics metrics;
    App app;
    persistence::Connection connection;
    std::function<Response(std::shared_ptr<const App::Prepared>)> run;      // in place of the app's own, where it is set

private:
    int people_ = 0;
};

// Whatever an access key may be for.
inline const Json every_scope = {"datasets:read", "datasets:write", "events:read", "subscriptions:read", "subscriptions:report", "threads:write"};

// A dataset as a bot posts it.
Json dataset_of(const std::string& source_id, const Json& more = Json::object());

// A route's path with its parameters filled in; those not given by random ids.
std::string fill_path(std::string_view pattern, const std::map<std::string, std::string>& values);

// A group with its cast: every kind of caller of the access matrix.
struct Cast {
    explicit Cast(Instance& instance, const std::string& confidentiality = "nda", const std::string& listing = "hidden");

    Client moderator, member, observer;
    Client newcomer;            // a member who has not accepted the agreement
    Client outdated;            // accepted a version that no longer holds
    Client invited;             // has an account and an open invitation
    Client requester;           // has asked to join (listed groups only; otherwise like an outsider)
    Client revoked;             // whose access was withdrawn
    Client outsider;            // moderates another group
    Client anonymous;           // not signed in
    std::string group, thread, post;
    std::string path;           // "/groups/{group}"

    void accept(Client& who);
    // A bot with a key, made by the moderator; with every scope, where none is named. Its owner, if it is another, has confirmed it.
    Client bot(const Json& scopes = Json::array(), Client* owner = nullptr);
    // Uploads content in one part; the upload's id.
    std::string upload(Client& who, const std::string& content);
    // A document of that content; its id.
    std::string document(Client& who, const std::string& name, const std::string& content, const std::string& circle = "");
    // A circle that the moderator makes of these, and a thread in it; their ids.
    std::string circle_of(std::initializer_list<const Client*> members, const std::string& name = "Financement");
    std::string thread_in(const std::string& circle, Client& author, const std::string& title = "Budget");
    // On behalf of an organisation that becomes theirs, in the capacity of its director; `more` goes into the body.
    Answer accept_for_organisation(Client& who, const Json& more = Json::object());
};

}  // namespace margelle::tests
