#include "tests/load/report.hpp"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace margelle::load {
namespace {

double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

constexpr double busy = 0.9;  // of a core: beyond it this program may be what holds the figures back

}  // namespace

nlohmann::ordered_json Latencies::json() {
    std::sort(microseconds_.begin(), microseconds_.end());
    const auto at = [&](double share) -> nlohmann::ordered_json {
        if (microseconds_.empty()) return nullptr;
        return microseconds_[static_cast<std::size_t>(share * static_cast<double>(microseconds_.size() - 1))] / 1000.0;
    };
    return {{"p50_ms", at(0.5)}, {"p99_ms", at(0.99)}};
}

void Report::start() {
    running_ = true;
    started_ = Clock::now();
    cpu_ = cpu_seconds();
}

void Report::stop() {
    running_ = false;
    seconds_ = std::chrono::duration<double>(Clock::now() - started_).count();
    cpu_ = cpu_seconds() - cpu_;
}

void Report::answered(int status, std::size_t bytes, Clock::duration time) {
    if (!running_) return;
    ++statuses_[status];
    bytes_ += bytes;
    if (status / 100 != 2 && status != 304) return;
    ++units_;
    latencies_.add(time);
}

nlohmann::ordered_json Report::json() {
    nlohmann::ordered_json statuses = nlohmann::ordered_json::object();
    for (const auto& [status, count] : statuses_) statuses[std::to_string(status)] = count;
    const double units = static_cast<double>(units_);
    nlohmann::ordered_json all = {{"units", units_}, {"seconds", seconds_}, {"per_second", units / seconds_}, {"statuses", statuses},
        {"failures", failures_}, {"bytes_per_second", static_cast<double>(bytes_) / seconds_}};
    all.update(latencies_.json());
    all["own_cpu_us_per_unit"] = units_ ? nlohmann::ordered_json(cpu_ * 1e6 / units) : nullptr;
    all["own_cpu_share"] = cpu_ / seconds_;
    all["limited_by_generator"] = cpu_ / seconds_ > busy;
    return all;
}

}  // namespace margelle::load
