#include "server/known_pages.hpp"

#include "persistence/posts.hpp"
#include "server/alone.hpp"
#include "server/handlers/handlers.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/route.hpp"

namespace margelle {

KnownPages::KnownPages(const App& app, Workers& workers, const std::string& database_url, bool prepared)
    : app_(app), workers_(workers),
      batches_({.batch = 256, .batch_bytes = 1, .waiting = 2048, .waiting_bytes = 0},
               [this](persistence::Connection& connection, std::vector<Entry> batch) { answer(connection, std::move(batch)); }, database_url, prepared) {}

void KnownPages::answer(persistence::Connection& connection, std::vector<Entry> batch) {
    std::vector<persistence::posts::Asked> asked;
    asked.reserve(batch.size());
    for (const Entry& entry : batch) {
        const auto& path = app_.request_of(*entry.prepared).inputs.path;
        asked.push_back({entry.token_hash, path.at("group"), path.at("thread")});
    }
    std::vector<std::optional<persistence::posts::Known>> known;
    try {
        persistence::Transaction t(connection, persistence::Access::each);
        known = persistence::posts::known(t, asked);
        t.commit();
    } catch (const std::exception& error) {
        log(Level::warning, "pages were not compared", {{"error", error.what()}});
        known.assign(batch.size(), std::nullopt);
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        Entry& entry = batch[i];
        const Request& request = app_.request_of(*entry.prepared);
        const std::string tag = known[i] ? handlers::posts::page_tag(request, known[i]->member, known[i]->heads) : "";
        if (!known[i] || tag != request.header("if-none-match")) {
            run_alone(app_, workers_, std::move(entry.prepared), std::move(entry.done));
            continue;
        }
        if (known[i]->stale) touch_alone(app_, workers_, entry.token_hash);
        app_.metrics().count(app_.route_of(*entry.prepared).operation, 304, std::chrono::steady_clock::now() - entry.begun);
        entry.done({304, "", "", {{"ETag", tag}}});
    }
}

}  // namespace margelle
