#pragma once
// How often one access key may ask: a bucket of a minute's requests that fills up evenly. Kept by each node for itself: it saves the others from a bot that
// runs wild, and counts nobody's rights.
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace margelle {

class KeyBudget {
public:
    using Clock = std::chrono::steady_clock;

    explicit KeyBudget(int per_minute) : per_minute_(per_minute) {}

    // Spends one request of a key that holds; in how many seconds there is another, when there is none now. Called on worker threads.
    std::optional<int> spend(const std::string& key, Clock::time_point now = Clock::now());

private:
    struct Bucket {
        double left;
        Clock::time_point at;
    };

    const double per_minute_;
    std::mutex mutex_;
    std::map<std::string, Bucket> buckets_;     // of the keys used in the last minute: a full one is as good as none
};

}  // namespace margelle
