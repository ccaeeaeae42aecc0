#pragma once
// What a run came to, as one JSON object on standard output.
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/load/loop.hpp"

namespace margelle::load {

// Times, of which the median and the last percent are told.
class Latencies {
public:
    void add(Clock::duration time) {
        microseconds_.push_back(static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()));
    }
    // {"p50_ms": …, "p99_ms": …}; null where there were none.
    nlohmann::ordered_json json();

private:
    std::vector<std::uint32_t> microseconds_;
};

class Report {
public:
    void start();
    void stop();
    // After stop() nothing is counted any more.
    void answered(int status, std::size_t bytes, Clock::duration time);
    void failed() { failures_ += running_; }
    void count(std::size_t units) { units_ += running_ ? units : 0; }
    void add_bytes(std::size_t bytes) { bytes_ += running_ ? bytes : 0; }
    bool running() const { return running_; }

    // Units a second (answers of 2xx and 304, or what was counted), errors by status, times, and this program's own share.
    nlohmann::ordered_json json();

private:
    bool running_ = false;
    Clock::time_point started_;
    double cpu_ = 0, seconds_ = 0;
    std::size_t units_ = 0, bytes_ = 0, failures_ = 0;
    std::map<int, std::size_t> statuses_;
    Latencies latencies_;
};

}  // namespace margelle::load
