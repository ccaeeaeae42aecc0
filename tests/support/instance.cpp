#include "tests/support/instance.hpp"

#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "persistence/accounts.hpp"
#include "persistence/audit.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "server/streams.hpp"

namespace margelle::tests {
namespace {

Config make_config(const ScratchDatabase& database, const std::function<void(Config&)>& adjust) {
    Config config;
    config.listen_address = "127.0.0.1";
    config.public_url = "http://localhost:8080";
    config.database_url = database.app_url();
    config.migration_url = database.owner_url();
    config.mail_from = "Margelle <margelle@localhost>";
    config.group_creation = "members";
    config.log_level = "error";
    if (adjust) adjust(config);
    return config;
}

}  // namespace

std::string Answer::problem() const {
    const Json parsed = Json::parse(body, nullptr, false);
    const std::string type = parsed.is_object() ? parsed.value("type", "") : "";
    return type.substr(type.rfind('/') + 1);
}

Answer Client::send(Verb verb, const std::string& path, const Json& body, Headers headers) {
    if (body.is_null()) return send_raw(verb, path, "", std::move(headers));
    headers.emplace("content-type", "application/json");
    return send_raw(verb, path, body.dump(), std::move(headers));
}

Answer Client::send_raw(Verb verb, const std::string& path, const std::string& body, Headers headers) {
    Request request;
    request.verb = verb;
    request.body = body;
    request.address = address;
    request.id = new_id();
    request.inputs.headers = std::move(headers);
    if (key.empty()) request.inputs.headers.emplace("origin", instance_->config.public_url);
    else request.inputs.headers.emplace("authorization", "Bearer " + key);
    request.inputs.headers.emplace("user-agent", "a test");
    if (!cookie.empty()) request.inputs.headers.emplace("cookie", cookie);
    // The network hands such a body over behind the request.
    const bool in_parts = request.header("content-type") == "application/offset+octet-stream";
    const std::string part = in_parts ? std::exchange(request.body, "") : "";
    Response response;
    std::string operation;
    try {
        read_target("/api/v1" + path, request);
        const auto prepared = instance_->app.prepare(request);
        operation = std::string(instance_->app.route_of(*prepared).operation);
        response = instance_->run ? instance_->run(prepared) : instance_->app.run(*prepared, instance_->connection);
        if (const auto intake = response.intake) {
            for (std::size_t at = 0; at < part.size(); at += chunk_size)
                intake->take(instance_->connection, std::string_view(part).substr(at, chunk_size));
            response = intake->end(instance_->connection, true);
        }
        if (const auto source = response.source)
            for (std::string piece = source->next(instance_->connection); !piece.empty(); piece = source->next(instance_->connection))
                response.body += piece;
    } catch (...) {
        response = instance_->app.answer_exception(std::current_exception(), request);
    }
    if (!operation.empty() && held_against_contract) {
        const auto fault = instance_->app.contract().find_fault(operation, response.status, response.content_type, response.body);
        BOOST_CHECK_MESSAGE(!fault, operation << " answers " << response.status << " against the contract: " << fault.value_or(""));
    }
    Answer answer{response.status, response.body, {}};
    for (const auto& [name, value] : response.headers) {
        answer.headers[name] = value;
        if (name == "Set-Cookie") cookie = value.substr(0, value.find(';'));
    }
    return answer;
}

Answer Client::send_part(const std::string& path, std::int64_t offset, const std::string& part, Headers headers) {
    headers.insert(
        {{"content-type", "application/offset+octet-stream"}, {"tus-resumable", "1.0.0"}, {"upload-offset", std::to_string(offset)}});
    return send_raw(Verb::patch, path, part, std::move(headers));
}

Instance::Instance(std::function<void(Config&)> adjust, Passwords hashing)
    : config(make_config(database, adjust)),
      passwords(std::move(hashing)),
      app({config, passwords, keys, master_keys, recorder}, metrics),
      connection(database.app_url()) {}

Client Instance::person(const std::string& name) {
    Client client(*this);
    client.member = new_id();
    client.email = "person" + std::to_string(++people_) + "@example.org";
    const std::string token = new_token();
    persistence::Transaction t(connection, persistence::Access::write);
    t.enter(std::nullopt, std::nullopt);
    persistence::accounts::create(t, client.member, client.email, name, "fr", std::nullopt, std::nullopt);
    persistence::sessions::open(t, client.member, sha256(token), "link", "a test", "192.0.2.1");
    t.commit();
    client.cookie = "margelle_session=" + token;
    return client;
}

std::string Instance::sql(const std::string& statement) {
    pqxx::connection superuser(database.superuser_url());
    pqxx::work work(superuser);
    const auto result = work.exec(statement);
    work.commit();
    return result.empty() || result.columns() == 0 || result[0][0].is_null() ? "" : result[0][0].as<std::string>();
}

std::string Instance::mail_token(const std::string& kind, const std::string& member) {
    const std::string token = new_token();
    sql("INSERT INTO margelle.mail_tokens (token_hash, kind, member_id, expires_at) VALUES ('\\x" + to_hex(sha256(token)) + "', '" + kind + "', '" +
        member + "', now() + interval '15 minutes')");
    return token;
}

std::string Instance::invitation_token(const std::string& invitation) {
    const std::string token = new_token();
    sql("UPDATE margelle.invitations SET token_hash = '\\x" + to_hex(sha256(token)) + "' WHERE invitation_id = '" + invitation + "'");
    return token;
}

void Instance::settle_audit() {
    for (const Refusal& refusal : std::exchange(recorder.refusals, {})) record(refusal, connection);
    // Transactions of tests beside this one may be open still: they hold the chain back.
    for (int tries = 0; tries < 1000 && sql("SELECT count(*) FROM margelle.audit_entries WHERE position IS NULL") != "0"; ++tries) {
        persistence::Transaction t(connection, persistence::Access::write);
        persistence::audit::seal(t, 10000);
        t.commit();
    }
}

std::string fill_path(std::string_view pattern, const std::map<std::string, std::string>& values) {
    std::string path;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t open = std::min(pattern.find('{', at), pattern.size());
        path += pattern.substr(at, open - at);
        if (open == pattern.size()) break;
        const std::size_t close = pattern.find('}', open);
        const auto value = values.find(std::string(pattern.substr(open + 1, close - open - 1)));
        path += value == values.end() ? new_id() : value->second;
        at = close + 1;
    }
    return path;
}

Json dataset_of(const std::string& source_id, const Json& more) {
    Json dataset = {{"source", "www.data.gouv.fr"}, {"source_id", source_id}, {"title", "Silos de Tarbes"}, {"description", "Les **silos**."},
        {"publisher", "Ville de Tarbes"}, {"license", {{"title", "Licence Ouverte 2.0"}}}, {"themes", {"energie"}}, {"territories", {"commune:65440"}},
        {"accrual_periodicity", "ANNUAL"}, {"modified", "2026-01-31T10:00:00Z"},
        {"distributions", {{{"url", "https://www.data.gouv.fr/silos.csv"}, {"format", "csv"}}}},
        {"preview", {{"table", {{"columns", {{{"name", "nom"}, {"type", "string"}}, {{"name", "tonnes"}, {"type", "number"}}}}, {"rows", Json::array({Json::array({"Nord", 12.5}), Json::array({"Sud", nullptr})})}}}}}};
    dataset.update(more);
    return dataset;
}

std::string Instance::signature_token(const std::string& member) {
    const std::string token = new_token();
    sql("UPDATE margelle.nda_signatures SET token_hash = '\\x" + to_hex(sha256(token)) + "' WHERE signature_id = (SELECT signature_id FROM margelle.nda_signatures"
        " WHERE state = 'awaiting' AND member_id = '" + member + "' ORDER BY asked_at DESC LIMIT 1)");
    return token;
}

namespace {

void expect(const Answer& answer, int status) {
    if (answer.status != status) throw std::runtime_error("arranging a test: " + std::to_string(answer.status) + " " + answer.body);
}

}  // namespace

void Cast::accept(Client& who) {
    const Json nda = who.get(path + "/nda").json();
    expect(who.post(path + "/nda/acceptance", {{"version", nda["current"]["number"]}, {"sha256", nda["current"]["sha256"]}, {"full_name", "Test Person"}, {"agreed", true}}), 201);
}

Client Cast::bot(const Json& scopes, Client* owner) {
    const Answer made =
        moderator.post(path + "/bots", {{"name", "Moissonneur"}, {"scopes", scopes.empty() ? every_scope : scopes}, {"owner", owner ? owner->member : moderator.member}});
    expect(made, 201);
    if (owner) expect(owner->put(path + "/bots/" + made.json()["id"].get<std::string>() + "/confirmation"), 200);
    Client bot = anonymous;
    bot.member = made.json()["id"];
    const Answer issued = moderator.post(path + "/bots/" + bot.member + "/keys", Json::object());
    expect(issued, 201);
    bot.key = issued.json()["key"];
    return bot;
}

std::string Cast::circle_of(std::initializer_list<const Client*> members, const std::string& name) {
    Json ids = Json::array();
    for (const Client* one : members) ids.push_back(one->member);
    const Answer made = moderator.post(path + "/circles", {{"name", name}, {"members", ids}});
    expect(made, 201);
    return made.json()["id"];
}

std::string Cast::upload(Client& who, const std::string& content) {
    const Answer begun =
        who.post(path + "/uploads", nullptr, {{"tus-resumable", "1.0.0"}, {"upload-length", std::to_string(content.size())}});
    expect(begun, 201);
    const std::string location = begun.headers.at("Location"), at = location.substr(std::string("/api/v1").size());
    expect(who.send_part(at, 0, content), 204);
    return at.substr(at.rfind('/') + 1);
}

std::string Cast::document(Client& who, const std::string& name, const std::string& content, const std::string& circle) {
    const Answer made = who.post(
        path + "/documents", {{"upload_id", upload(who, content)}, {"name", name}, {"circle", circle.empty() ? Json() : Json(circle)}});
    expect(made, 201);
    return made.json()["id"];
}

std::string Cast::thread_in(const std::string& circle, Client& author, const std::string& title) {
    const Answer started = author.post(path + "/threads", {{"title", title}, {"body", "Combien coûte le budget ?"}, {"circle", circle}});
    expect(started, 201);
    return started.json()["id"];
}

Answer Cast::accept_for_organisation(Client& who, const Json& more) {
    const Json described = {{"new", {{"name", "Régie du bois"}, {"category", "social_economy"}, {"siret", "12345678901234"}}}, {"title", "directrice"}};
    const Json organisation = who.post("/me/organisations", described).json()["organisations"][0]["organisation"];
    const Json nda = who.get(path + "/nda").json();
    Json body = {{"version", nda["current"]["number"]}, {"sha256", nda["current"]["sha256"]}, {"full_name", "Test Person"}, {"agreed", true}, {"organisation_id", organisation["id"]}};
    body.update(more);
    return who.post(path + "/nda/acceptance", body);
}

Cast::Cast(Instance& instance, const std::string& confidentiality, const std::string& listing)
    : moderator(instance.person("Mona Moderator")), member(instance.person("Mehdi Member")), observer(instance.person("Odile Observer")),
      newcomer(instance.person("Nadia Newcomer")), outdated(instance.person("Oscar Outdated")), invited(instance.person("Inès Invited")),
      requester(instance.person("Rémi Requester")), revoked(instance.person("Rosa Revoked")), outsider(instance.person("Omar Outsider")),
      anonymous(instance.stranger()) {
    const bool nda = confidentiality == "nda";
    const Answer created = moderator.post("/groups", {{"name", "Chaleur du bois"}, {"purpose", "Chauffer l’école"}, {"confidentiality", confidentiality}, {"listing", listing}, {"category", "authority"}});
    expect(created, 201);
    group = created.json()["id"];
    path = "/groups/" + group;
    const auto publish = [&](const char* text) {
        expect(moderator.post(path + "/nda/versions", {{"kind", "material"}, {"text", text}, {"summary", "Rien ne sort d’ici."}}), 201);
        accept(moderator);
    };
    if (nda) publish("Première version.");
    const auto join = [&](Client& who, const char* role) {
        expect(moderator.post(path + "/invitations", {{"invitations", {{{"email", who.email}, {"role", role}}}}}), 201);
        const Json waiting = who.get("/me/invitations").json();
        expect(who.post("/me/invitations/" + waiting["items"][0]["id"].get<std::string>() + "/acceptance", {{"category", "resident"}}), 200);
    };
    join(outdated, "member");
    if (nda) {
        accept(outdated);
        publish("Deuxième version.");
    }
    for (auto [who, role] : {std::pair<Client*, const char*>{&member, "member"}, {&observer, "observer"}, {&revoked, "member"}, {&newcomer, "member"}}) {
        join(*who, role);
        if (nda && who != &newcomer) accept(*who);
    }
    const Answer started = member.post(path + "/threads", {{"title", "Silo"}, {"body", "Où mettre le silo ?"}});
    expect(started, 201);
    thread = started.json()["id"];
    post = member.get(path + "/threads/" + thread + "/posts").json()["items"][0]["id"];
    expect(moderator.patch(path + "/members/" + revoked.member, {{"state", "removed"}}), 200);
    expect(moderator.post(path + "/invitations", {{"invitations", {{{"email", invited.email}}}}}), 201);
    if (listing == "listed") expect(requester.post(path + "/join-requests", {{"category", "resident"}}), 202);
    expect(outsider.post("/groups", {{"name", "Autre groupe"}, {"confidentiality", "light"}}), 201);
    // One instance may hold many casts: arranging them uses up nobody's budget.
    instance.sql("DELETE FROM margelle.attempts WHERE kind IN ('mail_account', 'mail_address', 'invitation_member')");
}

}  // namespace margelle::tests
