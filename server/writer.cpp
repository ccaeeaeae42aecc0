#include "server/writer.hpp"

#include <algorithm>

#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/route.hpp"

namespace margelle {

namespace {

constexpr std::size_t batch_size = 128;
constexpr std::size_t batch_bytes = 4 * 1024 * 1024;
constexpr std::size_t waiting_limit = 2048;
constexpr std::size_t waiting_bytes_limit = 64 * 1024 * 1024;
constexpr std::size_t let_limit = 20000;        // then forgotten, all at once

std::size_t size_of(const persistence::posts::New& post) { return post.body.size() + post.body_html.size(); }

void add(std::vector<Feed>& feeds, const Feed& feed) {
    const auto same = [&feed](const Feed& other) { return other.group == feed.group && other.feed == feed.feed; };
    if (std::none_of(feeds.begin(), feeds.end(), same)) feeds.push_back(feed);
}

}  // namespace

Writer::Writer(const App& app, Workers& workers, const std::string& database_url, bool prepared)
    : app_(app), workers_(workers), thread_([this, database_url, prepared] {
          persistence::Connection connection(database_url, prepared);
          for (Batch batch = next(); !batch.empty(); batch = next()) write(connection, std::move(batch));
      }) {}

Writer::~Writer() { stop(); }

bool Writer::submit(Entry entry) {
    {
        const std::lock_guard lock(mutex_);
        const std::size_t size = size_of(entry.post);
        if (closed_ || waiting_.size() >= waiting_limit || waiting_bytes_ + size > waiting_bytes_limit) return false;
        waiting_bytes_ += size;
        waiting_.push_back(std::move(entry));
    }
    wake_.notify_one();
    return true;
}

void Writer::stop() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

// Empty when there will be no more.
Writer::Batch Writer::next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    Batch batch;
    for (std::size_t bytes = 0; !waiting_.empty() && batch.size() < batch_size && bytes < batch_bytes; waiting_.pop_front()) {
        const std::size_t size = size_of(waiting_.front().post);
        bytes += size;
        waiting_bytes_ -= size;
        batch.push_back(std::move(waiting_.front()));
    }
    return batch;
}

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
            for (Entry& entry : batch) alone(std::move(entry));
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
        return alone(std::move(entry));
    }
    if (written.stale)
        workers_.submit([this, token_hash = *entry.post.token_hash](persistence::Connection& own) { app_.touch(token_hash, own); });
    app_.metrics().count(app_.route_of(*entry.prepared).operation, 201, std::chrono::steady_clock::now() - entry.begun);
    entry.done(json_with_etag(std::move(written.json), 1, 201));
}

void Writer::alone(Entry entry) {
    const auto kept = std::make_shared<Entry>(std::move(entry));
    const bool accepted = workers_.submit([this, kept](persistence::Connection& connection) { kept->done(app_.run(*kept->prepared, connection)); });
    if (!accepted) kept->done(app_.answer_exception(std::make_exception_ptr(Error(Code::busy)), app_.request_of(*kept->prepared)));
}

}  // namespace margelle
