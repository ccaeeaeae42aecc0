#pragma once
// Sessions that were found, not long ago, to be allowed to write in a group. It lets nobody write: it says for whom it is worth rendering
// and gathering a post before the gate is asked again. Whoever reads before writing is among them.
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace margelle {

class KnownWriters {
public:
    bool know(const std::string& token_hash, const std::string& group) const;
    void remember(const std::string& token_hash, const std::string& group);
    void forget(const std::string& token_hash, const std::string& group);

private:
    mutable std::mutex mutex_;
    std::set<std::pair<std::string, std::string>> known_;       // session, group
};

}  // namespace margelle
