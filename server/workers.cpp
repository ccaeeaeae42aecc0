#include "server/workers.hpp"

namespace margelle {

Workers::Workers(std::size_t threads, std::size_t queue_limit, const std::string& database_url, bool prepared)
    : queue_limit_(queue_limit) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this, database_url, prepared] {
            persistence::Connection connection(database_url, prepared);
            work(connection);
        });
}

Workers::~Workers() { stop(); }

bool Workers::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || queue_.size() >= queue_limit_) return false;
        queue_.push_back(std::move(job));
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

void Workers::work(persistence::Connection& connection) {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
            if (queue_.empty()) return;
            job = std::move(queue_.front());
            queue_.pop_front();
        }
        job(connection);
    }
}

}  // namespace margelle
