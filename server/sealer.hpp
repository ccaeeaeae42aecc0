#pragma once
// Chains what was recorded in the audit (protocol/audit.hpp), behind the requests: nobody waits for it. Runs on any node;
// the database lets one at a time.
#include <condition_variable>
#include <mutex>
#include <thread>

namespace margelle {

struct Config;

class Sealer {
public:
    explicit Sealer(const Config& config);
    ~Sealer();

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
