#include "server/known_writers.hpp"

namespace margelle {

namespace {
constexpr std::size_t limit = 20000;        // then forgotten, all at once
}

bool KnownWriters::know(const std::string& token_hash, const std::string& group) const {
    const std::lock_guard lock(mutex_);
    return known_.contains({token_hash, group});
}

void KnownWriters::remember(const std::string& token_hash, const std::string& group) {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= limit) known_.clear();
    known_.emplace(token_hash, group);
}

void KnownWriters::forget(const std::string& token_hash, const std::string& group) {
    const std::lock_guard lock(mutex_);
    known_.erase({token_hash, group});
}

}  // namespace margelle
