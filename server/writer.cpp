#include "server/writer.hpp"

#include <algorithm>

#include "server/alone.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/route.hpp"

namespace margelle {

namespace {

constexpr std::size_t let_limit = 20000;        // then forgotten, all at once

void add(std::vector<Feed>& feeds, const Feed& feed) {
    const auto same = [&feed](const Feed& other) { return other.group == feed.group && other.feed == feed.feed; };
    if (std::none_of(feeds.begin(), feeds.end(), same)) feeds.push_back(feed);
}

}  // namespace

Writer::Writer(const App& app, Workers& workers, const std::string& database_url, bool prepared)
    : app_(app), workers_(workers),
      batches_({.batch = 128, .batch_bytes = 4 * 1024 * 1024, .waiting = 2048, .waiting_bytes = 64 * 1024 * 1024},
               [this](persistence::Connection& connection, Batch batch) { write(connection, std::move(batch)); }, database_url, prepared) {}

bool Writer::lets(persistence::Connection& connection, const std::string& token_hash, const std::string& group) {
    {
        const std::lock_guard lock(mutex_);
        if (let_.contains({token_hash, group})) return true;
    }
    persistence::Transaction t(connection, persistence::Access::read);
    if (!t.enter(token_hash, group).may_write) return false;
    const std::lock_guard lock(mutex_);
    if (let_.size() >= let_limit) let_.clear();
    let_.emplace(token_hash, group);
    return true;
}

void Writer::forget(const std::string& token_hash, const std::string& group) {
    const std::lock_guard lock(mutex_);
    let_.erase({token_hash, group});
}

void Writer::write(persistence::Connection& connection, Batch batch) {
    std::vector<const persistence::posts::New*> asked;
    for (const Entry& entry : batch) asked.push_back(&entry.post);
    std::vector<persistence::posts::Written> written;
    try {
        persistence::Transaction t(connection, persistence::Access::each);
        // What somebody holds must not keep everybody waiting: then each waits for themself.
        written = persistence::posts::write(t, asked, persistence::posts::Patience::brief);
        t.commit();
    } catch (const std::exception& failure) {
        const auto* sql = dynamic_cast<const persistence::SqlFailure*>(&failure);
        log(Level::warning, "a batch was not written", {{"posts", std::to_string(batch.size())}, {"sqlstate", sql ? sql->state : ""}});
        if (sql && (sql->state == "in_doubt" || sql->state.starts_with("08"))) {
            for (Entry& entry : batch) entry.done(app_.answer_exception(std::current_exception(), app_.request_of(*entry.prepared)));
        } else {
            for (Entry& entry : batch) run_alone(app_, workers_, std::move(entry.prepared), std::move(entry.done));
        }
        return;
    }
    std::vector<Feed> changed;
    for (std::size_t i = 0; i < batch.size(); ++i)
        if (written[i].outcome == persistence::posts::Outcome::created) add(changed, {batch[i].post.group, written[i].feed});
    if (!changed.empty()) app_.services().announcer.changed(changed);
    for (std::size_t i = 0; i < batch.size(); ++i) settle(std::move(batch[i]), std::move(written[i]));
}

void Writer::settle(Entry entry, persistence::posts::Written written) {
    if (written.outcome != persistence::posts::Outcome::created) {
        if (written.outcome == persistence::posts::Outcome::refused) forget(*entry.post.token_hash, entry.post.group);
        return run_alone(app_, workers_, std::move(entry.prepared), std::move(entry.done));
    }
    if (written.stale) touch_alone(app_, workers_, *entry.post.token_hash);
    app_.metrics().count(app_.route_of(*entry.prepared).operation, 201, std::chrono::steady_clock::now() - entry.begun);
    entry.done(json_with_etag(std::move(written.json), 1, 201));
}

}  // namespace margelle
