#pragma once
// Twice a second, behind the requests and with nobody waiting for it: chains what was recorded in the audit (protocol/audit.hpp), and closes
// the live streams of those who have not accepted an agreement whose day has come. Runs on any node; the database lets one at a time.
#include <condition_variable>
#include <mutex>
#include <thread>

namespace margelle {

struct Config;

class Pulse {
public:
    explicit Pulse(const Config& config);
    ~Pulse();

    void stop();

private:
    void work();

    const Config& config_;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace margelle
