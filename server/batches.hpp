#pragma once
// Gathers what many ask for and hands it on in batches: while one is under way, the next one gathers by itself.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "persistence/database.hpp"

namespace margelle {

// `Entry::size()`: the bytes that it holds.
template <class Entry>
class Batches {
public:
    struct Bounds {
        std::size_t batch, batch_bytes;         // of what is handed on at once; a batch exceeds the second by no more than one entry
        std::size_t waiting, waiting_bytes;     // of what has been taken
    };
    using Serve = std::function<void(persistence::Connection&, std::vector<Entry>)>;       // must not throw

    // Runs one thread with a connection of its own, on which `serve` is called.
    Batches(Bounds bounds, Serve serve, const std::string& database_url, bool prepared)
        : bounds_(bounds), thread_([this, serve = std::move(serve), database_url, prepared] {
              persistence::Connection connection(database_url, prepared);
              for (auto batch = next(); !batch.empty(); batch = next()) serve(connection, std::move(batch));
          }) {}
    ~Batches() { stop(); }
    Batches(const Batches&) = delete;
    Batches& operator=(const Batches&) = delete;

    // False when too much waits already, or after stop(): then the entry is dropped.
    bool submit(Entry entry) {
        {
            const std::lock_guard lock(mutex_);
            const std::size_t size = entry.size();
            if (closed_ || waiting_.size() >= bounds_.waiting || waiting_bytes_ + size > bounds_.waiting_bytes) return false;
            waiting_bytes_ += size;
            waiting_.push_back(std::move(entry));
        }
        wake_.notify_one();
        return true;
    }

    // Serves what waits, and ends.
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        wake_.notify_all();
        if (thread_.joinable()) thread_.join();
    }

private:
    // Empty when there will be no more.
    std::vector<Entry> next() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        std::vector<Entry> batch;
        for (std::size_t bytes = 0; !waiting_.empty() && batch.size() < bounds_.batch && bytes < bounds_.batch_bytes; waiting_.pop_front()) {
            const std::size_t size = waiting_.front().size();
            bytes += size;
            waiting_bytes_ -= size;
            batch.push_back(std::move(waiting_.front()));
        }
        return batch;
    }

    const Bounds bounds_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Entry> waiting_;
    std::size_t waiting_bytes_ = 0;
    bool closed_ = false;
    std::thread thread_;
};

}  // namespace margelle
