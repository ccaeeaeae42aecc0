#pragma once
// An attempt to reach a group's content that was refused. It is recorded after the answer, in a transaction of its own: that
// the group exists must not show in the time that the answer takes.
#include <optional>
#include <string>

#include "server/http.hpp"
#include "server/route.hpp"

namespace margelle {

struct Config;

namespace persistence {
class Connection;
}

struct Refusal {
    std::optional<std::string> token_hash;
    std::string group;
    std::optional<std::string> object;
    std::string operation;
    std::string address;
};

// Whether an error means that somebody was kept from what a group holds.
bool is_refusal(Code code);

// What a request that ended with this error means for the audit; mostly nothing.
std::optional<Refusal> refusal_of(const Request& request, const Route& route, Code code, const Config& config);

// Never throws.
void record(const Refusal& refusal, persistence::Connection& connection) noexcept;

}  // namespace margelle
