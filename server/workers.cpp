#include "server/workers.hpp"

#include <algorithm>

namespace margelle {

Workers::Workers(std::size_t threads, std::size_t queue_limit, const std::string& database_url, bool prepared)
    : queue_limit_(queue_limit), threads_a_group_(std::max<std::size_t>(1, threads / 2)) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this, database_url, prepared] {
            persistence::Connection connection(database_url, prepared);
            work(connection);
        });
}

Workers::~Workers() { stop(); }

bool Workers::submit(Job job, std::string group) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || queue_.size() >= queue_limit_) return false;
        if (!group.empty()) {
            Share& share = shares_[group];
            if (share.waiting >= std::max<std::size_t>(1, queue_limit_ / 2)) return false;
            ++share.waiting;
        }
        queue_.push_back({std::move(job), std::move(group)});
    }
    wake_.notify_one();
    return true;
}

void Workers::stop() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

std::deque<Workers::Entry>::iterator Workers::next() {
    return std::find_if(queue_.begin(), queue_.end(), [this](const Entry& entry) { return entry.group.empty() || shares_[entry.group].running < threads_a_group_; });
}

void Workers::work(persistence::Connection& connection) {
    std::unique_lock lock(mutex_);
    for (;;) {
        auto at = next();
        for (; at == queue_.end(); at = next()) {
            if (closed_ && queue_.empty()) return;
            wake_.wait(lock);
        }
        Entry entry = std::move(*at);
        queue_.erase(at);
        if (!entry.group.empty()) {
            Share& share = shares_[entry.group];
            --share.waiting;
            ++share.running;
        }
        lock.unlock();
        entry.job(connection);
        entry.job = nullptr;        // what it holds goes before somebody waits for it
        lock.lock();
        if (entry.group.empty()) continue;
        const auto share = shares_.find(entry.group);
        const bool held_back = --share->second.running + 1 == threads_a_group_ && share->second.waiting > 0;
        if (share->second.running == 0 && share->second.waiting == 0) shares_.erase(share);
        if (held_back || closed_) wake_.notify_all();
    }
}

}  // namespace margelle
