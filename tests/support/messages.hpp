#pragma once
// The messages of the WebSocket, held against protocol/asyncapi.yaml.
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "protocol/contract.hpp"

namespace margelle::tests {

class Messages {
public:
    Messages();

    // What in a message its description does not allow; nothing when it fits.
    std::optional<std::string> find_fault(const nlohmann::json& message, const std::string& text) const;
    std::optional<std::string> find_fault(const nlohmann::json& message) const { return find_fault(message, message.dump()); }

    // The types that the server sends.
    std::set<std::string> from_server;

private:
    std::set<std::string> types_;
    std::optional<Contract> contract_;
};

}  // namespace margelle::tests
