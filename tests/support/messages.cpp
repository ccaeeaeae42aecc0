#include "tests/support/messages.hpp"

#include "server/documents.hpp"

namespace margelle::tests {

using Json = nlohmann::json;

// Read as an HTTP interface whose operations answer with the messages, so that one checker serves both contracts.
Messages::Messages() {
    const Json described = Json::parse(document("asyncapi.json"));
    Json paths = Json::object();
    for (const auto& [type, message] : described.at("components").at("messages").items()) {
        const Json answer = {{"content", {{"application/json", {{"schema", message.at("payload")}}}}}};
        paths["/" + type]["get"] = {{"operationId", type}, {"responses", {{"200", answer}}}};
        types_.insert(type);
    }
    for (const Json& message : described.at("operations").at("toClient").at("messages")) {
        const std::string reference = message.at("$ref");
        from_server.insert(reference.substr(reference.rfind('/') + 1));
    }
    contract_.emplace(Json{{"paths", paths}, {"components", {{"schemas", described.at("components").at("schemas")}}}}.dump());
}

std::optional<std::string> Messages::find_fault(const Json& message, const std::string& text) const {
    const std::string type = message.is_object() ? message.value("type", "") : "";
    if (!types_.contains(type)) return "no message of type " + type + " is described";
    return contract_->find_fault(type, 200, "application/json", text);
}

}  // namespace margelle::tests
