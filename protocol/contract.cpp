#include "protocol/contract.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "protocol/json_text.hpp"

namespace margelle {
namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr int depth_limit = 16;
constexpr std::size_t reported_errors = 10;
constexpr std::size_t reported_name = 100;

using Schema = std::shared_ptr<const valijson::Schema>;

// Compiles the schemas of a document, each distinct one once: most operations share "Problem".
class Compiler {
public:
    explicit Compiler(const Json& document) : schemas_(document.at("components").at("schemas")) {}

    Schema compile(const Json& schema, bool patterns = true) {
        Schema& known = compiled_[{schema.dump(), patterns}];
        if (known) return known;
        // A document of its own, with the components that it refers to.
        Json components = Json::object();
        collect(schema, components);
        Json whole = {{"allOf", Json::array({schema})}, {"components", {{"schemas", components}}}};
        if (!patterns) strip_patterns(whole);
        auto fresh = std::make_shared<valijson::Schema>();
        valijson::SchemaParser parser;
        parser.populateSchema(Adapter(whole), *fresh);
        return known = fresh;
    }

private:
    void collect(const Json& value, Json& components) const {
        if (value.is_object() && value.contains("$ref")) {
            const std::string reference = value.at("$ref");
            const std::string name = reference.substr(reference.rfind('/') + 1);
            if (components.contains(name)) return;
            components[name] = schemas_.at(name);
            collect(schemas_.at(name), components);
        } else if (value.is_structured()) {
            for (const Json& inner : value) collect(inner, components);
        }
    }

    static void strip_patterns(Json& value) {
        if (value.is_object() && value.contains("pattern") && value.at("pattern").is_string()) value.erase("pattern");
        if (value.is_structured())
            for (Json& inner : value) strip_patterns(inner);
    }

    const Json& schemas_;
    std::map<std::pair<std::string, bool>, Schema> compiled_;
};

// The field that a failure of an object is about: the validator names it in its description alone.
std::string field_in(std::string_view description) {
    for (const std::string_view before : {std::string_view("Missing required property '"),
                                          std::string_view("Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: '")}) {
        if (!description.starts_with(before)) continue;
        const std::string_view name = description.substr(before.size(), description.size() - before.size() - 2);       // without '.
        return name.size() > reported_name ? "" : "/" + std::string(name);
    }
    return "";
}

std::vector<FieldError> violations(const valijson::Schema& schema, const Json& value, const std::string& prefix) {
    // One a thread: it keeps the patterns that it has compiled, which took most of a check's time.
    static thread_local valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema, Adapter(value), &results)) return {};
    std::vector<FieldError> fields;
    valijson::ValidationResults::Error error;
    while (results.popError(error) && fields.size() < reported_errors) {
        std::string pointer = prefix;
        for (std::size_t i = 1; i < error.context.size(); ++i) {
            std::string part = error.context[i];                // "[name]"
            if (part.size() >= 2 && part.front() == '[') part = part.substr(1, part.size() - 2);
            pointer += '/' + part;
        }
        // The outermost failures only repeat that something inside them failed.
        if (error.description.starts_with("Failed to validate against child schema") || error.description.starts_with("Failed to validate item #") ||
            error.description.starts_with("Failed to validate against schema associated with property"))
            continue;
        pointer += field_in(error.description);
        if (pointer.empty()) pointer = "/";
        if (std::none_of(fields.begin(), fields.end(), [&](const FieldError& f) { return f.pointer == pointer; }))
            fields.push_back({pointer, error.description});
    }
    if (fields.empty()) fields.push_back({prefix.empty() ? "/" : prefix, "does not fit the contract"});
    return fields;
}

struct Parameter {
    std::string name;
    std::string in;                 // path, query, header
    bool required;
    bool integer;
    Schema schema;
};

struct Media {
    std::string type;
    Schema schema;
};

struct Operation {
    std::vector<Parameter> parameters;
    std::optional<Media> body;
    Schema body_lengths;            // the body's schema without patterns
    std::map<int, std::optional<Media>> responses;
};

const Json& resolve(const Json& document, const Json& value) {
    if (!value.contains("$ref")) return value;
    return document.at(Json::json_pointer(value.at("$ref").get<std::string>().substr(1)));
}

std::optional<Media> media_of(Compiler& compiler, const Json& value) {
    if (!value.contains("content")) return std::nullopt;
    const auto first = value.at("content").begin();
    return Media{first.key(), compiler.compile(first.value().at("schema"))};
}

std::string_view media_type(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    while (!content_type.empty() && content_type.back() == ' ') content_type.remove_suffix(1);
    return content_type;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

Json value_of(const Parameter& parameter, const std::string& text) {
    if (parameter.integer) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size() && !text.empty()) return number;
    }
    return text;
}

}  // namespace

struct Contract::Impl {
    std::map<std::string, Operation, std::less<>> operations;
    std::vector<Route> routes;
};

Contract::Contract(std::string_view openapi) {
    const Json document = Json::parse(openapi);
    Compiler compiler(document);
    auto impl = std::make_unique<Impl>();
    for (const auto& [path, item] : document.at("paths").items()) {
        for (const char* method : {"get", "post", "put", "patch", "delete", "options"}) {
            if (!item.contains(method)) continue;
            const Json& described = item.at(method);
            Operation operation;
            Json parameters = item.value("parameters", Json::array());
            for (const Json& parameter : described.value("parameters", Json::array())) parameters.push_back(parameter);
            for (const Json& entry : parameters) {
                const Json& parameter = resolve(document, entry);
                const Json& schema = parameter.at("schema");
                operation.parameters.push_back({parameter.at("name"), parameter.at("in"), parameter.value("required", false),
                                                schema.value("type", Json()) == "integer", compiler.compile(schema)});
            }
            if (described.contains("requestBody")) {
                operation.body = media_of(compiler, described.at("requestBody"));
                operation.body_lengths = compiler.compile(described.at("requestBody").at("content").begin().value().at("schema"), /*patterns=*/false);
            }
            for (const auto& [status, response] : described.at("responses").items())
                operation.responses.emplace(std::stoi(status), media_of(compiler, resolve(document, response)));
            std::string verb = method;
            std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            impl->routes.push_back({verb, path, described.at("operationId")});
            impl->operations.emplace(described.at("operationId"), std::move(operation));
        }
    }
    impl_ = std::move(impl);
}

Contract::~Contract() = default;

std::vector<Contract::Route> Contract::routes() const { return impl_->routes; }

nlohmann::json Contract::check_request(std::string_view name, const Inputs& inputs, std::string_view content_type,
                                       std::string_view body) const {
    const Operation& operation = impl_->operations.find(name)->second;
    std::vector<FieldError> fields;
    std::vector<std::string> known;
    for (const Parameter& parameter : operation.parameters) {
        const auto& from = parameter.in == "path" ? inputs.path : parameter.in == "query" ? inputs.query : inputs.headers;
        const auto found = from.find(parameter.in == "header" ? lower(parameter.name) : parameter.name);
        if (parameter.in == "query") known.push_back(parameter.name);
        if (found == from.end()) {
            if (!parameter.required) continue;
            if (parameter.name == "If-Match") throw Error(Code::precondition_required);
            fields.push_back({parameter.in + "/" + parameter.name, "is missing"});
            continue;
        }
        if (!is_text(found->second)) throw Error(Code::malformed, {{parameter.in + "/" + parameter.name, "is not text in UTF-8"}});
        auto wrong = violations(*parameter.schema, value_of(parameter, found->second), parameter.in + "/" + parameter.name);
        // What names nothing is not found, whatever is wrong with its spelling.
        if (!wrong.empty() && parameter.in == "path") throw Error(Code::not_found);
        std::move(wrong.begin(), wrong.end(), std::back_inserter(fields));
    }
    for (const auto& [key, value] : inputs.query)
        if (std::find(known.begin(), known.end(), key) == known.end()) fields.push_back({"query/" + key, "is not known here"});
    if (!fields.empty()) throw Error(Code::invalid, std::move(fields));

    if (!operation.body) {
        if (!body.empty()) throw Error(Code::malformed, {{"/", "no body is expected"}});
        return nullptr;
    }
    if (media_type(content_type) != operation.body->type) throw Error(Code::wrong_media_type);
    if (operation.body->type != "application/json") return nullptr;
    Json parsed = parse_json(body);
    // A pattern is tried where the length is within bounds: std::regex takes a stack frame for each character.
    auto wrong = violations(*operation.body_lengths, parsed, "");
    if (wrong.empty()) wrong = violations(*operation.body->schema, parsed, "");
    if (!wrong.empty()) throw Error(Code::invalid, std::move(wrong));
    return parsed;
}

std::optional<std::string> Contract::find_fault(std::string_view name, int status, std::string_view content_type,
                                                std::string_view body) const {
    const Operation& operation = impl_->operations.find(name)->second;
    const auto response = operation.responses.find(status);
    if (response == operation.responses.end()) return "status " + std::to_string(status) + " is not listed";
    if (!response->second) return body.empty() ? std::nullopt : std::optional<std::string>("a body where none is described");
    if (response->second->type != "*/*" && media_type(content_type) != response->second->type)
        return "type " + std::string(content_type) + " is not described";
    try {
        const bool is_json = response->second->type.ends_with("json");
        const auto wrong = violations(*response->second->schema, is_json ? Json::parse(body) : Json(body), "");
        if (!wrong.empty()) return wrong.front().pointer + ": " + wrong.front().detail;
    } catch (const Json::exception& error) {
        return error.what();
    }
    return std::nullopt;
}

nlohmann::json parse_json(std::string_view text) {
    // The parser recurses for each level: depth is counted first, outside of strings.
    int depth = 0;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\0') throw Error(Code::malformed, {{"/", "holds U+0000"}});
        if (inside) {
            if (c == '"') inside = false;
            if (c == '\\') {
                if (text.substr(i, 6) == "\\u0000") throw Error(Code::malformed, {{"/", "holds U+0000"}});
                ++i;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == '[' || c == '{') {
            if (++depth > depth_limit) throw Error(Code::malformed, {{"/", "is nested too deeply"}});
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (parsed.is_discarded()) throw Error(Code::malformed, {{"/", "is not JSON in UTF-8"}});
    return parsed;
}

}  // namespace margelle
