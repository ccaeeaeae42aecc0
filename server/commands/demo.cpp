// Fills an empty database with the demonstration (scripts/demo/demo.yaml), through the same handlers as any request.
#include "persistence/demo.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "persistence/accounts.hpp"
#include "protocol/ids.hpp"
#include "server/app.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/master_keys.hpp"
#include "server/commands/signing_keys.hpp"
#include "server/files.hpp"
#include "server/identity/passwords.hpp"
#include "server/metrics.hpp"

namespace margelle::commands {
namespace {

using nlohmann::json;

class Silent : public Announcer {
    void changed(const std::vector<Feed>&) override {}
    void ended(const std::vector<std::string>&) override {}
    void mail_queued() override {}
    void refused(const Refusal&) override {}
};

constexpr int read_until_days_ago = 2;      // what is older has been read by everybody

struct Post {
    std::string thread;         // key of the thread: its title
    const json* of;
    const json* data;
    int minutes_ago;
    int number;
};

struct Circle {
    std::string id;
    std::vector<std::string> readers;
};

class Loader {
public:
    Loader(const App& app, persistence::Connection& connection, std::string password) : app_(app), connection_(connection), password_(std::move(password)) {}

    void load(const json& demo) {
        for (const json& organisation : demo.at("organisations")) organisations_[organisation.at("key")] = organisation;
        const std::string hash = app_.services().passwords.hash(password_);
        for (const json& member : demo.at("members")) create_member(member, hash);
        load_group(demo.at("group"), demo.at("circles"), demo.at("threads"), demo.at("releases"), demo.at("members"));
        const json& light = demo.at("light_group");
        json members = json::array();
        for (const json& member : demo.at("members"))
            if (std::find(light.at("members").begin(), light.at("members").end(), member.at("key")) != light.at("members").end()) members.push_back(member);
        load_group(light, json::array(), light.at("threads"), json::array(), members);
    }

    std::vector<persistence::demo::Moment> moments;
    std::vector<std::string> verified;

private:
    json call(const std::string& who, Verb verb, const std::string& path, const json& body, const std::string& etag = "") {
        Request request;
        request.verb = verb;
        request.path = std::string(api_base) + path;
        request.address = "127.0.0.1";
        request.id = new_id();
        request.inputs.headers = {{"origin", app_.services().config.public_url}, {"cookie", cookies_[who]}, {"user-agent", "Margelle"}};
        if (!body.is_null()) {
            request.body = body.dump();
            request.inputs.headers["content-type"] = "application/json";
        }
        if (!etag.empty()) request.inputs.headers["if-match"] = etag;
        const Response response = app_.serve(request, connection_);
        if (response.status >= 400) throw std::runtime_error("demonstration: " + path + ": " + response.body);
        for (const auto& [name, value] : response.headers)
            if (name == "Set-Cookie") cookies_[who] = value.substr(0, value.find(';'));
        return response.content_type == "application/json" ? json::parse(response.body) : json();
    }

    void create_member(const json& member, const std::string& hash) {
        const std::string key = member.at("key");
        {
            persistence::Transaction t(connection_, persistence::Access::write);
            t.enter(std::nullopt, std::nullopt);
            ids_[key] = new_id();
            persistence::accounts::create(t, ids_[key], member.at("email"), member.at("name"), member.at("language"), std::nullopt, hash);
            t.commit();
        }
        names_[key] = member.at("name");
        call(key, Verb::post, "/session", {{"email", member.at("email")}, {"password", password_}});
        if (!member.at("organisation").is_null()) {
            const json& organisation = organisations_.at(member.at("organisation"));
            const json me = call(key, Verb::post, "/me/organisations",
                                 {{"new", {{"name", organisation.at("name")}, {"category", organisation.at("category")}, {"themes", organisation.at("themes")}}},
                                  {"title", member.at("title")}});
            organisation_ids_[key] = me.at("organisations").at(0).at("organisation").at("id");
            if (organisation.at("verified")) verified.push_back(organisation_ids_[key]);
        }
    }

    json on_behalf(const std::string& key) const {
        const auto found = organisation_ids_.find(key);
        return found == organisation_ids_.end() ? json() : json(found->second);
    }

    void load_group(const json& described, const json& circles, const json& threads, const json& releases, const json& members) {
        const json& first = *std::find_if(members.begin(), members.end(), [](const json& m) { return m.at("role") == "moderator"; });
        const std::string founder = first.at("key");
        json group = {{"name", described.at("name")}, {"purpose", described.at("purpose")}, {"charter", described.at("charter")},
                      {"themes", described.at("themes")}, {"phase", described.at("phase")}, {"listing", described.at("listing")},
                      {"needed_categories", described.at("needed_categories")}, {"category", first.at("category")},
                      {"organisation_id", on_behalf(founder)}, {"confidentiality", described.at("nda").is_null() ? "light" : "nda"},
                      {"starts_on", persistence::demo::date(-described.at("starts_days_ago").get<int>())},
                      {"ends_on", persistence::demo::date(described.at("ends_in_days"))}, {"milestones", json::array()}};
        for (const json& milestone : described.at("milestones"))
            group["milestones"].push_back({{"title", milestone.at("title")}, {"date", persistence::demo::date(milestone.at("in_days"))}});
        const std::string at = "/groups/" + call(founder, Verb::post, "/groups", group).at("id").get<std::string>();
        json accepted;
        if (!described.at("nda").is_null()) {
            for (const json& model : json::parse(server_file("nda_models.json")))
                if (model.at("name") == described.at("nda").at("model") && model.value("language", "fr") == "fr")
                    accepted = call(founder, Verb::post, at + "/nda/versions", {{"kind", "material"}, {"text", model.at("text")}, {"summary", model.at("summary")}});
            accept(founder, at, accepted);
        }
        for (const json& member : members) {
            const std::string key = member.at("key");
            if (key == founder) continue;
            call(key, Verb::post, at + "/join-requests", {{"category", member.at("category")}, {"organisation_id", on_behalf(key)}});
            call(founder, Verb::patch, at + "/join-requests/" + ids_[key], {{"decision", "accept"}});
            if (member.at("role") != "member") call(founder, Verb::patch, at + "/members/" + ids_[key], {{"role", member.at("role")}});
            if (!accepted.is_null()) accept(key, at, accepted);
        }
        for (const json& circle : circles) make_circle(at, circle);
        const auto thread_ids = load_threads(at, founder, threads, members);
        for (const json& release : releases) load_release(at, founder, release, thread_ids);
    }

    void make_circle(const std::string& at, const json& described) {
        const std::string key = described.at("key");
        json circle = {{"name", described.at("name")}, {"members", json::array()}};
        for (const json& member : described.at("members")) {
            circle["members"].push_back(ids_.at(member));
            circles_[key].readers.push_back(member);
        }
        circles_[key].id = call(described.at("made_by"), Verb::post, at + "/circles", circle).at("id");
    }

    bool reads(const std::string& member, const json& thread) const {
        if (!thread.contains("circle")) return true;
        const auto& readers = circles_.at(thread.at("circle")).readers;
        return std::find(readers.begin(), readers.end(), member) != readers.end();
    }

    void accept(const std::string& key, const std::string& at, const json& version) {
        call(key, Verb::post, at + "/nda/acceptance",
             {{"version", version.at("number")}, {"sha256", version.at("sha256")}, {"full_name", names_.at(key)}, {"agreed", true}});
    }

    // All threads' posts in the order of their times, so that the log tells the same story. Their ids by title.
    std::map<std::string, std::string> load_threads(const std::string& at, const std::string& founder, const json& threads, const json& members) {
        std::vector<Post> posts;
        for (const json& thread : threads) {
            int number = 0;
            for (const json& post : thread.at("posts")) {
                const std::string time = post.at("at").at("time");
                const int minute = std::stoi(time.substr(0, 2)) * 60 + std::stoi(time.substr(3));
                posts.push_back({thread.at("title"), &thread, &post, post.at("at").at("days_ago").get<int>() * 1440 - minute, ++number});
            }
        }
        std::stable_sort(posts.begin(), posts.end(), [](const Post& a, const Post& b) { return a.minutes_ago > b.minutes_ago; });
        std::map<std::string, std::string> thread_ids;
        std::map<std::string, std::string> post_ids;        // by thread and key
        std::map<std::string, int> read;
        for (const Post& post : posts) {
            const std::string author = post.data->at("author");
            const std::string body = with_mentions(*post.data);
            json created;
            if (post.number == 1) {
                json opened = {{"title", post.thread}, {"body", body}};
                if (post.of->contains("circle")) opened["circle"] = circles_.at(post.of->at("circle")).id;
                thread_ids[post.thread] = call(author, Verb::post, at + "/threads", opened).at("id");
                created = call(author, Verb::get, at + "/threads/" + thread_ids[post.thread] + "/posts", nullptr).at("items").at(0);
            } else {
                json message = {{"body", body}};
                if (post.data->contains("reply_to")) message["reply_to"] = post_ids.at(post.thread + '/' + post.data->at("reply_to").get<std::string>());
                created = call(author, Verb::post, at + "/threads/" + thread_ids[post.thread] + "/posts", message);
            }
            const std::string id = created.at("id");
            if (post.data->contains("key")) post_ids[post.thread + '/' + post.data->at("key").get<std::string>()] = id;
            moments.push_back({id, post.minutes_ago});
            if (post.minutes_ago > read_until_days_ago * 1440) read[post.thread] = post.number;
            const json reactions = post.data->value("reactions", json::object());
            for (const auto& [reaction, people] : reactions.items())
                for (const json& person : people) call(person, Verb::put, at + "/posts/" + id + "/reactions/" + reaction, nullptr);
        }
        for (const json& thread : threads) {
            const std::string path = at + "/threads/" + thread_ids.at(thread.at("title"));
            for (const json& member : members)
                if (read.contains(thread.at("title")) && reads(member.at("key"), thread)) call(member.at("key"), Verb::put, path + "/read-mark", {{"number", read.at(thread.at("title"))}});
            if (thread.value("pinned", false) || thread.value("closed", false))
                call(founder, Verb::patch, path, {{"pinned", thread.value("pinned", false)}, {"closed", thread.value("closed", false)}}, "\"r1\"");
        }
        return thread_ids;
    }

    void load_release(const std::string& at, const std::string& founder, const json& described, const std::map<std::string, std::string>& thread_ids) {
        const std::string proposer = described.at("proposed_by"), thread = thread_ids.at(described.at("thread"));
        const json posts = call(proposer, Verb::get, at + "/threads/" + thread + "/posts", nullptr).at("items");
        json release = {{"title", described.at("title")}, {"summary", described.at("summary")}, {"thread", thread}, {"posts", json::array()}};
        for (const json& passage : described.at("passages")) release["posts"].push_back(posts.at(passage.at("number").get<std::size_t>() - 1).at("id"));
        const json proposed = call(proposer, Verb::post, at + "/releases", release);
        const std::string path = at + "/releases/" + proposed.at("id").get<std::string>();
        for (std::size_t i = 0; i < described.at("passages").size(); ++i) {
            const json& passage = described.at("passages").at(i);
            if (passage.contains("agreed_by"))
                call(passage.at("agreed_by"), Verb::put, path + "/passages/" + std::to_string(i + 1) + "/consent", {{"agrees", true}, {"named", passage.value("named", false)}});
        }
        for (const json& member : described.at("approved_by")) call(member, Verb::put, path + "/approval", nullptr);
        if (described.at("published")) call(founder, Verb::post, path + "/publication", nullptr);
    }

    // "@helene" becomes the mention that the composer would have written.
    std::string with_mentions(const json& post) const {
        std::string body = post.at("body");
        for (const json& mentioned : post.value("mentions", json::array())) {
            const std::string key = mentioned;
            const std::size_t found = body.find('@' + key);
            if (found != std::string::npos) body.replace(found, key.size() + 1, "[@" + names_.at(key) + "](mention:" + ids_.at(key) + ")");
        }
        return body;
    }

    const App& app_;
    persistence::Connection& connection_;
    std::string password_;
    std::map<std::string, std::string> cookies_, ids_, names_, organisation_ids_;
    std::map<std::string, json> organisations_;
    std::map<std::string, Circle> circles_;
};

}  // namespace

int demo(const Config& config, const std::vector<std::string>& arguments) {
    if (arguments != std::vector<std::string>{"load"}) throw ConfigError("usage: margelle demo load (with the variable MARGELLE_DEMO_PASSWORD)");
    const std::string &owner = required(config.migration_url, "migration-url"), &database = database_of(config);
    const auto turn = persistence::demo::begin(owner);
    if (!turn) return 0;
    const char* password = std::getenv("MARGELLE_DEMO_PASSWORD");
    if (!password) throw ConfigError("say which password the demonstration's accounts get (variable MARGELLE_DEMO_PASSWORD)");
    const auto keys = load_signing_keys(config);
    const Passwords passwords;
    Silent silent;
    Metrics metrics;
    const auto master_keys = load_master_keys(config);
    const App app({config, passwords, keys, master_keys, silent}, metrics);
    persistence::Connection connection(database);
    Loader loader(app, connection, password);
    loader.load(json::parse(server_file("demo.json")));
    persistence::demo::finish(owner, loader.moments, loader.verified);
    std::cout << loader.moments.size() << " messages in the demonstration\n";
    return 0;
}

}  // namespace margelle::commands
