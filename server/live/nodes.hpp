#pragma once
// Tells the other nodes on the same database what changed, and hears it from them, by LISTEN and NOTIFY on a connection
// of its own. Ids only, never content. One notification a batch: NOTIFY takes a server-wide lock at commit.
#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/services.hpp"

namespace margelle {

class Nodes {
public:
    struct Handlers {               // called on this class's own thread
        std::function<void(Feed)> changed;
        std::function<void(std::vector<std::string>)> ended;
        std::function<void()> interrupted;
        std::function<void()> heard;            // every second, by the same way as all else: when it stays away, so does what others say
    };
    Nodes(std::string database_url, Handlers handlers);
    ~Nodes();

    void tell_changed(const std::vector<Feed>& feeds);
    void tell_ended(const std::vector<std::string>& sessions);
    void stop();

private:
    void work();

    const std::string url_;
    const std::string node_;        // this one's name, so that it does not answer to itself
    Handlers handlers_;
    std::mutex mutex_;
    std::set<std::pair<std::string, std::string>> feeds_;
    std::set<std::string> sessions_;
    std::atomic<bool> stopped_{false};
    std::thread thread_;
};

}  // namespace margelle
