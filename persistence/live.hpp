#pragma once
// What the hub asks. Runs outside of any group, through definer functions that check rights themselves or whose
// answers the hub hands only to those whose rights it has checked at the same epoch.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::live {

struct Event {
    std::int64_t seq;
    std::string members;        // the JSON members of the frame after "group": "seq": …, …, "data": {…}
};

struct Batch {
    std::int64_t access_epoch = 0;
    std::int64_t head = 0;
    std::vector<Event> events;
};

// The events of a feed after a number, with the posts that they tell of as long as these are no more than `text` bytes together; nothing when there
// is no such feed.
std::optional<Batch> after(Transaction& t, const std::string& group, const std::string& feed, std::int64_t after, int limit, int text);

// Which of these sessions may read the feed, and which are open at all.
std::vector<std::string> readers_among(Transaction& t, const std::string& group, const std::string& feed, const std::vector<std::string>& sessions);
std::vector<std::string> open_among(Transaction& t, const std::vector<std::string>& sessions);

// Head and epoch of a feed of the entered group, under its policies.
struct Head {
    std::int64_t last_seq, access_epoch;
};
std::optional<Head> head(Transaction& t, const std::string& feed);

// LISTEN and NOTIFY between nodes, on a connection of its own. Payloads hold ids and numbers, never content.
class Channel {
public:
    // Connects and listens. Throws SqlFailure.
    Channel(const std::string& url, std::function<void(const std::string& payload)> on_feed,
            std::function<void(const std::string& payload)> on_sessions);
    ~Channel();
    // Waits at most this long for notifications, and hands them on.
    void wait(int milliseconds);
    void notify(const std::string& channel, const std::string& payload);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace margelle::persistence::live
