#pragma once
#include <span>
#include <string_view>

#include "server/gate.hpp"
#include "server/http.hpp"
#include "server/scope.hpp"

namespace margelle {

class Context;

using Handler = Response (*)(Context&);
// Shows again what an earlier request with the same Idempotency-Key created.
using Replay = Response (*)(Context&, const std::string& created);

enum class Run {
    transaction,  // inside one database transaction on a worker
    password,     // the same, on the threads that hash passwords
    submit,       // a post: many in one transaction, by the writer; what it does not take runs as a transaction
    page,         // with If-None-Match, many in one statement, by the known pages; what has changed runs as a transaction
    stream,       // a body that is never whole in memory: begins as a transaction that may write, then one for each piece (streams.hpp)
    wait,         // a read that the connection repeats when the group changes, until there is something to say
};

// Positional on purpose: a row without its gate does not compile.
struct Route {
    Verb verb;
    std::string_view path;          // template below /api/v1
    Gate gate;
    Run run;
    Handler handle;
    std::string_view operation;     // operationId of the contract
    Replay replay = nullptr;        // with Idempotency-Key
    Scope scope = Scope::none;      // what lets an access key through, besides the gate
};

// The whole interface (routes.cpp).
std::span<const Route> routes();

}  // namespace margelle
