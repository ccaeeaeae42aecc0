#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace margelle {

// Counters and durations in Prometheus' text format. Labels are operations and statuses, never a group or a person.
class Metrics {
public:
    Metrics();
    ~Metrics();
    void count(std::string_view operation, int status, std::chrono::steady_clock::duration took);
    void set_streams(std::size_t open);
    std::string text() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace margelle
