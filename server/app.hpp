#pragma once
// The synchronous core: one request in, one response out, no sockets.
#include <memory>

#include "persistence/database.hpp"
#include "persistence/posts.hpp"
#include "protocol/contract.hpp"
#include "server/http.hpp"
#include "server/identity/key_budget.hpp"
#include "server/router.hpp"
#include "server/services.hpp"

namespace margelle {

class Metrics;

class App {
public:
    static constexpr int requests_per_minute = 600;     // by one access key

    // Throws when a route has no operation in the contract.
    App(const Services& services, Metrics& metrics);

    // Finds the route of a request, checks where it comes from and its shape. Throws Error.
    struct Prepared;
    std::shared_ptr<const Prepared> prepare(Request request) const;
    const Route& route_of(const Prepared& prepared) const;
    const Request& request_of(const Prepared& prepared) const;

    // Runs a prepared request in a transaction of the connection; never throws.
    Response run(const Prepared& prepared, persistence::Connection& connection) const noexcept;

    // What a prepared request of a route that is submitted asks the writer for. Throws Error.
    persistence::posts::New draft(const Prepared& prepared) const;

    // Notes that a session, or an access key, is in use; never throws.
    void touch(const std::string& token_hash, persistence::Connection& connection) const noexcept;

    // The answer to whatever has been thrown, logged when it is a fault.
    Response answer_exception(std::exception_ptr exception, const Request& request) const noexcept;

    // prepare and run in one.
    Response serve(Request request, persistence::Connection& connection) const noexcept;

    const Contract& contract() const { return contract_; }
    const Services& services() const { return services_; }
    Metrics& metrics() const { return metrics_; }

private:
    Response attempt(const Prepared& prepared, persistence::Connection& connection) const;

    Services services_;
    Metrics& metrics_;
    const Contract& contract_;
    Router router_;
    mutable KeyBudget key_budget_{requests_per_minute};
};

}  // namespace margelle
