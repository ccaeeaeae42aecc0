// Whatever comes in is answered with what is wrong about it, never with a fault.
#include <boost/test/unit_test.hpp>

#include <random>

#include "protocol/ids.hpp"
#include "server/documents.hpp"
#include "server/route.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Headers as_json{{"content-type", "application/json"}};

std::string pointers(const Answer& answer) {
    std::string all;
    for (const Json& error : answer.json().value("errors", Json::array())) all += (all.empty() ? "" : " ") + error["pointer"].get<std::string>();
    return all;
}

const Json& openapi() {
    static const Json document = Json::parse(margelle::document("openapi.json"));
    return document;
}

// A value that fits a schema of the contract.
Json sample(const Json& schema) {
    if (schema.contains("$ref")) return sample(openapi().at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))));
    if (schema.contains("const")) return schema["const"];
    if (schema.contains("enum")) return schema["enum"][0];
    const std::string type = schema["type"].is_array() ? schema["type"][0] : schema["type"];
    if (type == "object") {
        Json object = Json::object();
        const Json properties = schema.value("properties", Json::object());
        for (const auto& [name, inner] : properties.items()) object[name] = sample(inner);
        return object;
    }
    if (type == "array") return Json::array({sample(schema["items"])});
    if (type == "integer") return schema.value("minimum", 1);
    if (type == "boolean") return true;
    if (type == "number") return 0.5;
    static const std::map<std::string, std::string> patterns{
        {"", "a"}, {"\\S", "a"}, {"^[a-z_]+$", "energie"}, {"^\\d{14}$", "12345678901234"}, {"^\\d{4}-\\d\\d-\\d\\d$", "2026-01-31"}, {"^[0-9a-f]{64}$", std::string(64, 'a')},
        {"^[a-z0-9][a-z0-9.+_-]*$", "csv"}, {"^https?://[^\\s/?#@]+([/?#]\\S*)?$", "https://data.example.org/a"},
        {"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$", "2026-01-31T06:50:26Z"},
        {"^(commune:(\\d{5}|2[AB]\\d{3})|epci:\\d{9}|departement:(\\d{2,3}|2[AB])|region:\\d{2}|pays:[A-Z]{2})$", "commune:65440"},
        {"^[A-Za-z0-9_-]+$", std::string(43, 'a')}, {"^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$", "example.org"}, {"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", "01a20c84-b96f-7529-8ef6-c9f7baf62008"}};
    const std::string pattern = schema.value("pattern", "");
    if (pattern.starts_with("^[^\\s@")) return "a@example.org";
    const auto found = patterns.find(pattern);
    BOOST_REQUIRE_MESSAGE(found != patterns.end(), "no sample for " << pattern);
    return std::string(std::max<std::size_t>(found->second.size(), schema.value("minLength", 0)), 'a').replace(0, found->second.size(), found->second);
}

std::optional<Json> sample_body(const Route& route) {
    static const std::map<Verb, const char*> methods{{Verb::get, "get"}, {Verb::post, "post"}, {Verb::put, "put"}, {Verb::patch, "patch"},
        {Verb::remove, "delete"}, {Verb::options, "options"}};
    const Json& described = openapi()["paths"][std::string(route.path)][methods.at(route.verb)];
    if (!described.contains("requestBody") || !described["requestBody"]["content"].contains("application/json")) return std::nullopt;
    return sample(described["requestBody"]["content"]["application/json"]["schema"]);
}

std::string path_of(const Route& route, const Cast& cast) {
    const std::map<std::string, std::string> values{{"{group}", cast.group}, {"{thread}", cast.thread}, {"{post}", cast.post}, {"{member}", cast.observer.member}, {"{reaction}", "agree"}};
    std::string path(route.path);
    for (const auto& [name, value] : values)
        if (const std::size_t at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    for (std::size_t open; (open = path.find('{')) != std::string::npos;) path.replace(open, path.find('}') - open + 1, new_id());
    return path;
}

using Random = std::mt19937;

std::size_t pick(Random& random, std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random); }

// Replaces, removes or adds something somewhere.
void spoil(Json& value, Random& random) {
    static const std::vector<Json> odd{
        nullptr, true, false, 0, -1, 1, 2147483648, -9223372036854775807, 18446744073709551615u, 1e308, 0.5, "", " ", "a", std::string(300, 'a'), std::string(200000, 'x'), "\n", "‮", "🌳",
        "' OR 1=1 --", "2026-02-30", "9999-99-99", "{\"a\"", "01a20c84-b96f-7529-8ef6-c9f7baf62009", "kings", "\\", "{}", "{\"", "%s%n", Json::array(), Json::object(), Json::array({nullptr}),
        Json::array({"a", "a"}), Json::object({{"a", "b"}})};
    if (value.is_structured() && !value.empty() && pick(random, 4) > 0) {
        auto inner = value.begin();
        std::advance(inner, pick(random, value.size()));
        if (pick(random, 6) == 0) value.erase(inner);
        else if (value.is_object() && pick(random, 8) == 0) value["unknown\"é"] = odd[pick(random, odd.size())];
        else spoil(*inner, random);
    } else {
        value = odd[pick(random, odd.size())];
    }
}

void spoil_bytes(std::string& text, Random& random) {
    static const std::string odd("\0\x01\x7f\xff\xc0\xed\"\\{}[],:0e-", 18);
    switch (pick(random, 3)) {
        case 0: text.resize(pick(random, text.size() + 1)); break;
        case 1: text.insert(pick(random, text.size() + 1), 1, odd[pick(random, odd.size())]); break;
        default:
            if (!text.empty()) text[pick(random, text.size())] = odd[pick(random, odd.size())];
    }
}

void check_refusal(const Answer& answer, const std::string& sent) {
    BOOST_TEST(answer.status < 500, sent << " → " << answer.status << " " << answer.body);
    if (answer.problem() == "invalid" || answer.problem() == "malformed") BOOST_TEST(pointers(answer) != "", sent << " → no field is named");
    for (const char* inside : {"ERROR:", "pqxx", "SELECT", "margelle.", "boost", "std::", "/server/"}) BOOST_TEST(answer.body.find(inside) == std::string::npos, answer.body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(a_body_that_is_no_json_is_malformed) {
    Instance instance;
    Cast cast(instance, "light");
    const std::string path = cast.path + "/threads";
    const std::vector<std::string> bodies{"", "{", "nul", "{\"title\": \"a\",}", "\xff", "{\"title\": \"\xff\", \"body\": \"b\"}", std::string("{\"title\": \"a\0b\", \"body\": \"b\"}", 30),
                                          R"({"title": "a\u0000b", "body": "b"})", std::string(100000, '['), "{\"title\": " + std::string(17, '[') + std::string(17, ']') + "}",
                                          R"({"title": 1e999, "body": "b"})", R"({"title": "\ud800", "body": "b"})"};
    for (const std::string& body : bodies) {
        const Answer answer = cast.member.send_raw(Verb::post, path, body, as_json);
        BOOST_TEST(answer.status == 400, body.substr(0, 60));
        BOOST_TEST(answer.problem() == "malformed");
        BOOST_TEST(pointers(answer) == "/");
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_field_is_named) {
    Instance instance;
    Cast cast(instance, "light");
    const std::vector<std::pair<Json, std::string>> bodies{
        {{{"title", 7}, {"body", "b"}}, "/title"}, {{{"title", nullptr}, {"body", "b"}}, "/title"}, {{{"title", std::string(201, 'a')}, {"body", "b"}}, "/title"},
        {{{"title", "a"}, {"body", std::string(20001, 'a')}}, "/body"}, {{{"title", "a"}, {"body", Json::array()}}, "/body"}, {{{"title", "a"}}, "/body"},
        {{{"title", "a"}, {"body", "b"}, {"author_id", cast.moderator.member}}, "/author_id"}, {{{"title", "a"}, {"body", "b"}, {"group_id", cast.group}}, "/group_id"},
        {{{"title", 18446744073709551615u}, {"body", "b"}}, "/title"}};
    for (const auto& [body, pointer] : bodies) {
        const Answer answer = cast.member.post(cast.path + "/threads", body);
        BOOST_TEST(answer.status == 422);
        BOOST_TEST(pointers(answer) == pointer, answer.body);
    }
}

BOOST_AUTO_TEST_CASE(fields_of_rights_are_not_taken_from_a_body) {
    Instance instance;
    Cast cast(instance, "light", "listed");
    BOOST_TEST(pointers(cast.member.patch("/me", {{"administrator", true}}, {{"if-match", "\"r1\""}})) == "/administrator");
    BOOST_TEST(pointers(cast.member.patch(cast.path + "/membership", {{"role", "moderator"}})) == "/role");
    BOOST_TEST(pointers(cast.outsider.post(cast.path + "/join-requests", {{"category", "user"}, {"state", "active"}})) == "/state");
    BOOST_TEST(pointers(cast.moderator.patch(cast.path, {{"confidentiality", "light"}}, {{"if-match", "\"r1\""}})) == "/confidentiality");
}

BOOST_AUTO_TEST_CASE(a_wrong_query_is_named) {
    Instance instance;
    Cast cast(instance, "light");
    const std::vector<std::pair<std::string, std::string>> queries{{"/events?after=-1", "query/after"}, {"/events?after=99999999999999999999", "query/after"}, {"/events?after=x", "query/after"},
        {"/events?wait=31", "query/wait"}, {"/threads?limit=0", "query/limit"}, {"/threads?limit=101", "query/limit"}, {"/threads?sort=title", "query/sort"}, {"/threads?cursor=", "query/cursor"}};
    for (const auto& [query, pointer] : queries) {
        const Answer answer = cast.member.get(cast.path + query);
        BOOST_TEST(answer.status == 422, query);
        BOOST_TEST(pointers(answer) == pointer, answer.body);
    }
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_well_formed_is_malformed) {
    Instance instance;
    Cast cast(instance, "light");
    for (const char* query : {"/threads?limit=1&limit=2", "/threads?limit=%FF", "/threads?%FF=1", "/threads?limit=%00", "/threads?limit=%", "/threads/%FF", "/threads/%00"}) {
        const Answer answer = cast.member.get(cast.path + query);
        BOOST_TEST(answer.status == 400, query);
        BOOST_TEST(pointers(answer) != "", answer.body);
    }
}

BOOST_AUTO_TEST_CASE(a_body_of_another_type_is_415) {
    Instance instance;
    Cast cast(instance, "light");
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"})
        BOOST_TEST(cast.member.send_raw(Verb::post, cast.path + "/threads", R"({"title": "a", "body": "b"})", {{"content-type", type}}).status == 415, type);
}

BOOST_AUTO_TEST_CASE(headers_of_any_bytes_bring_no_fault) {
    Instance instance;
    Cast cast(instance, "light");
    const std::string bytes = "\xff\xc3 \x01 \xed\xa0\x80";
    for (const char* header : {"user-agent", "accept-language", "idempotency-key", "if-match", "cookie", "x-anything"}) {
        const Answer answer = cast.member.post(cast.path + "/threads", {{"title", "a"}, {"body", "b"}}, {{header, bytes}});
        BOOST_TEST(answer.status < 500, header << " " << answer.body);
    }
    Client browser = instance.stranger();
    BOOST_TEST(browser.post("/sign-in-links/redemption", {{"token", instance.mail_token("sign_in", cast.member.member)}}, {{"user-agent", bytes}}).status == 200);
}

BOOST_AUTO_TEST_CASE(every_operation_takes_the_sample_of_its_body_without_a_fault) {
    Instance instance;
    for (const Route& route : routes()) {
        if (const auto body = sample_body(route)) {
            Cast cast(instance, "light");
            const Answer answer = cast.moderator.send(route.verb, path_of(route, cast), *body, {{"if-match", "\"r2\""}});
            BOOST_TEST(answer.status < 500, route.operation << " " << answer.body);
            BOOST_TEST(answer.problem() != "malformed", route.operation << " " << answer.body);
        }
    }
}

BOOST_AUTO_TEST_CASE(spoilt_bodies_bring_no_fault_in_any_operation) {
    Instance instance;
    Cast cast(instance, "light");
    Random random(20201210);
    for (const Route& route : routes()) {
        const auto body = sample_body(route);
        if (!body) continue;
        BOOST_TEST_CONTEXT(route.operation) {
            for (int i = 0; i < 60; ++i) {
                Client client = cast.moderator;
                client.address = "192.0.2." + std::to_string(i);
                Json spoilt = *body;
                for (std::size_t times = 1 + pick(random, 3); times > 0; --times) spoil(spoilt, random);
                std::string text = spoilt.dump();
                if (i % 4 == 0) spoil_bytes(text, random);
                Headers headers = as_json;
                headers.emplace("if-match", "\"r1\"");
                check_refusal(client.send_raw(route.verb, path_of(route, cast), text, headers), text.substr(0, 300));
            }
        }
        // A body that stayed good may have suspended the group: what follows has to be reached.
        cast.moderator.put(cast.path + "/suspension", {{"suspended", false}, {"reason", "a"}});
    }
    BOOST_TEST(cast.moderator.get(cast.path + "/threads").status == 200);
}

BOOST_AUTO_TEST_CASE(spoilt_addresses_bring_no_fault_in_any_operation) {
    Instance instance;
    Cast cast(instance, "light");
    Random random(20201210);
    const std::vector<std::string> odd{"%FF", "%00", "..", "x", "' OR 1=1 --", "%F0%9F%8C%B3", std::string(5000, 'a'), "-1", "{group}", "%2F"};
    for (const Route& route : routes()) {
        if (route.verb != Verb::get) continue;
        for (const std::string& value : odd) {
            std::string path(route.path);
            for (std::size_t open; (open = path.find('{')) != std::string::npos;) path.replace(open, path.find('}') - open + 1, pick(random, 2) ? value : cast.group);
            for (const std::string& query : {std::string(), "?limit=" + value, "?cursor=" + value, "?q=" + value, "?after=" + value, "?" + value + "=1"})
                check_refusal(cast.moderator.get(path + query), path + query);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
