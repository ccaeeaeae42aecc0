#pragma once
// Threads with one database connection each, behind a bounded queue. What one group asks for has half of the threads and half of the queue at most:
// whatever it waits for, others do not wait for it.
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
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

    // False, at once, when the queue is full or closed. Jobs do not throw. `group` is whom the job works for; empty: nobody in particular.
    bool submit(Job job, std::string group = {});

    // Refuses new jobs, finishes those queued, and joins.
    void stop();

private:
    struct Entry {
        Job job;
        std::string group;
    };
    struct Share {
        std::size_t waiting = 0, running = 0;
    };
    void work(persistence::Connection& connection);
    // Of the queue, the first whose group has a thread left.
    std::deque<Entry>::iterator next();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Entry> queue_;
    std::map<std::string, Share> shares_;       // of groups that wait or run
    const std::size_t queue_limit_;
    const std::size_t threads_a_group_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace margelle
