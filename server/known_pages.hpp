#pragma once
// Tells readers that the page which they have is still the one (RFC 9110 §13.1.2: If-None-Match, 304), many in one statement, each under
// their own rights. Whoever has another page, or may not read, goes the way of every other request, alone on a worker.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/app.hpp"
#include "server/batches.hpp"
#include "server/workers.hpp"

namespace margelle {

class KnownPages {
public:
    struct Entry {
        std::shared_ptr<const App::Prepared> prepared;
        std::string token_hash;
        std::function<void(Response)> done;     // called once, on any thread
        std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

        std::size_t size() const { return 0; }  // bounded by their number
    };

    KnownPages(const App& app, Workers& workers, const std::string& database_url, bool prepared);

    // False when too many wait already, or after stop(): then `done` is not called.
    bool submit(Entry entry) { return batches_.submit(std::move(entry)); }
    // Answers what waits, and ends. Before the workers stop.
    void stop() { batches_.stop(); }

private:
    void answer(persistence::Connection& connection, std::vector<Entry> batch);

    const App& app_;
    Workers& workers_;
    Batches<Entry> batches_;
};

}  // namespace margelle
