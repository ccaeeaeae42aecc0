#include "server/pulse.hpp"

#include <chrono>

#include "persistence/audit.hpp"
#include "persistence/nda.hpp"
#include "server/config.hpp"
#include "server/log.hpp"

namespace margelle {
namespace {

constexpr auto pause = std::chrono::milliseconds(500);
constexpr int batch = 1000;

void hold_versions(persistence::Connection& connection) {
    persistence::Transaction t(connection, persistence::Access::write);
    persistence::nda::hold_versions(t);
    t.commit();
}

void seal(persistence::Connection& connection) {
    for (int sealed = batch; sealed == batch;) {
        persistence::Transaction t(connection, persistence::Access::write);
        sealed = persistence::audit::seal(t, batch);
        t.commit();
    }
}

// Neither waits for the other to succeed.
void attempt(const char* what, void (*act)(persistence::Connection&), persistence::Connection& connection) {
    try {
        act(connection);
    } catch (const std::exception& error) {
        log(Level::warning, what, {{"error", error.what()}});
    }
}

}  // namespace

Pulse::Pulse(const Config& config) : config_(config), thread_([this] { work(); }) {}

Pulse::~Pulse() { stop(); }

void Pulse::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    condition_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Pulse::work() {
    persistence::Connection connection(config_.database_url, config_.prepared_statements);
    for (std::unique_lock lock(mutex_); !condition_.wait_for(lock, pause, [this] { return stopped_; });) {
        lock.unlock();
        attempt("an agreement whose day has come was not announced", hold_versions, connection);
        attempt("the audit could not be chained", seal, connection);
        lock.lock();
    }
}

}  // namespace margelle
