#include "server/identity/key_budget.hpp"

#include <algorithm>
#include <cmath>

namespace margelle {

std::optional<int> KeyBudget::spend(const std::string& key, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto refilled = [&](const Bucket& bucket) {
        return std::min(per_minute_, bucket.left + std::chrono::duration<double>(now - bucket.at).count() * per_minute_ / 60);
    };
    if (buckets_.size() > 1000) std::erase_if(buckets_, [&](const auto& entry) { return refilled(entry.second) >= per_minute_; });
    Bucket& bucket = buckets_.try_emplace(key, Bucket{per_minute_, now}).first->second;
    bucket = {refilled(bucket), now};
    if (bucket.left < 1) return static_cast<int>(std::ceil((1 - bucket.left) * 60 / per_minute_));
    bucket.left -= 1;
    return std::nullopt;
}

}  // namespace margelle
