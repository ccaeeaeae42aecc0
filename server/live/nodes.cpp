#include "server/live/nodes.hpp"

#include <chrono>
#include <optional>
#include <sstream>

#include "persistence/live.hpp"
#include "protocol/ids.hpp"
#include "server/log.hpp"

namespace margelle {
namespace {

constexpr int turn_milliseconds = 20;
constexpr auto reconnect_after = std::chrono::milliseconds(500);
constexpr auto beat_every = std::chrono::seconds(1);

}  // namespace

Nodes::Nodes(std::string database_url, Handlers handlers)
    : url_(std::move(database_url)), node_(new_id()), handlers_(std::move(handlers)), thread_([this] { work(); }) {}

Nodes::~Nodes() { stop(); }

void Nodes::tell_changed(const std::vector<Feed>& feeds) {
    const std::lock_guard lock(mutex_);
    for (const Feed& feed : feeds) feeds_.emplace(feed.group, feed.feed);
}

void Nodes::tell_ended(const std::vector<std::string>& sessions) {
    const std::lock_guard lock(mutex_);
    sessions_.insert(sessions.begin(), sessions.end());
}

void Nodes::stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
}

void Nodes::work() {
    // "node group feed", "node" alone as a sign of life, and "session,session,…"
    const auto on_feed = [this](const std::string& payload) {
        std::istringstream words(payload);
        std::string node;
        Feed feed;
        words >> node >> feed.group >> feed.feed;
        if (node == node_ && feed.group.empty()) handlers_.heard();
        else if (node != node_ && !feed.feed.empty()) handlers_.changed(std::move(feed));
    };
    const auto on_sessions = [this](const std::string& payload) {
        std::istringstream list(payload);
        std::vector<std::string> sessions;
        for (std::string session; std::getline(list, session, ',');) sessions.push_back(session);
        handlers_.ended(std::move(sessions));
    };
    std::optional<persistence::live::Channel> channel;
    std::chrono::steady_clock::time_point beat{};
    while (!stopped_) {
        try {
            if (!channel) {
                channel.emplace(url_, on_feed, on_sessions);
                handlers_.interrupted();        // whatever was said meanwhile was not heard
            }
            decltype(feeds_) feeds;
            decltype(sessions_) sessions;
            {
                const std::lock_guard lock(mutex_);
                feeds.swap(feeds_);
                sessions.swap(sessions_);
            }
            for (const auto& [group, feed] : feeds) channel->notify("margelle_feeds", node_ + ' ' + group + ' ' + feed);
            for (const auto& session : sessions) channel->notify("margelle_sessions", session);
            if (const auto now = std::chrono::steady_clock::now(); now - beat >= beat_every) {
                beat = now;
                channel->notify("margelle_feeds", node_);
            }
            channel->wait(turn_milliseconds);
        } catch (const std::exception& error) {
            log(Level::warning, "notifications between nodes are interrupted", {{"error", error.what()}});
            channel.reset();
            std::this_thread::sleep_for(reconnect_after);
        }
    }
}

}  // namespace margelle
