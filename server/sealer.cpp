#include "server/sealer.hpp"

#include <chrono>

#include "persistence/audit.hpp"
#include "server/config.hpp"
#include "server/log.hpp"

namespace margelle {
namespace {

constexpr auto pause = std::chrono::milliseconds(500);
constexpr int batch = 1000;

}  // namespace

Sealer::Sealer(const Config& config) : config_(config), thread_([this] { work(); }) {}

Sealer::~Sealer() { stop(); }

void Sealer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    condition_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Sealer::work() {
    persistence::Connection connection(config_.database_url, config_.prepared_statements);
    for (std::unique_lock lock(mutex_); !condition_.wait_for(lock, pause, [this] { return stopped_; });) {
        lock.unlock();
        try {
            for (int sealed = batch; sealed == batch;) {
                persistence::Transaction t(connection, persistence::Access::write);
                sealed = persistence::audit::seal(t, batch);
                t.commit();
            }
        } catch (const std::exception& error) {
            log(Level::warning, "the audit could not be chained", {{"error", error.what()}});
        }
        lock.lock();
    }
}

}  // namespace margelle
