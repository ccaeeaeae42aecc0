#pragma once
// Writes posts for whoever waits, many in one transaction: while the disk confirms one batch, the next one gathers by itself.
// What does not fit into a batch (refused, repeated, raced, broken) goes the way of every other request, alone on a worker.
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "persistence/posts.hpp"
#include "server/app.hpp"
#include "server/batches.hpp"
#include "server/workers.hpp"

namespace margelle {

class Writer {
public:
    struct Entry {
        std::shared_ptr<const App::Prepared> prepared;
        persistence::posts::New post;
        std::function<void(Response)> done;     // called once, on any thread
        std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

        std::size_t size() const { return post.body.size() + post.body_html.size(); }
    };

    Writer(const App& app, Workers& workers, const std::string& database_url, bool prepared);

    // False when too many wait already, or after stop(): then `done` is not called.
    bool submit(Entry entry) { return batches_.submit(std::move(entry)); }
    // Whether the session may write in the group, as the gate said not long ago or says now. Nothing is rendered or gathered for anybody
    // else: their request runs alone. Whoever is let in here is asked again as the post is written. Throws SqlFailure.
    bool lets(persistence::Connection& connection, const std::string& token_hash, const std::string& group);
    // Writes what waits, and ends. Before the workers stop.
    void stop() { batches_.stop(); }

private:
    using Batch = std::vector<Entry>;
    void write(persistence::Connection& connection, Batch batch);
    void settle(Entry entry, persistence::posts::Written written);
    void forget(const std::string& token_hash, const std::string& group);

    const App& app_;
    Workers& workers_;
    std::mutex mutex_;
    std::set<std::pair<std::string, std::string>> let_;         // session, group
    Batches<Entry> batches_;
};

}  // namespace margelle
