#pragma once
// Threads with one database connection each, behind a bounded queue.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "persistence/database.hpp"

namespace margelle {

class Workers {
public:
    using Job = std::function<void(persistence::Connection&)>;

    Workers(std::size_t threads, std::size_t queue_limit, const std::string& database_url, bool prepared);
    ~Workers();

    // False, at once, when the queue is full or closed. Jobs do not throw.
    bool submit(Job job);

    // Refuses new jobs, finishes those queued, and joins.
    void stop();

private:
    void work(persistence::Connection& connection);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    const std::size_t queue_limit_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace margelle
