#include "server/live/hub.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <chrono>
#include <set>

#include "server/live/frames.hpp"
#include "server/log.hpp"

namespace margelle {

namespace live = persistence::live;

namespace {

constexpr int batch_size = 200;
constexpr int batch_text = 1024 * 1024;                 // of posts, in bytes; beyond it events come without, and are asked for
constexpr int catch_up_text = 64 * 1024;
constexpr std::int64_t far_behind = 1000;               // beyond it a page of the log serves better than frames
constexpr auto retry_after = std::chrono::milliseconds(200);
constexpr std::size_t connections_a_session = 20;
constexpr auto look_every = std::chrono::seconds(1);
constexpr auto check_every = std::chrono::seconds(30);  // sessions that expire by themselves
constexpr auto deaf_after = std::chrono::milliseconds(2500);

// The keys that a change concerns: its own feed; after one in the group's own, where rights change, its circles' too.
template <class Map>
std::vector<typename Map::key_type> concerned(const Map& map, const Feed& changed) {
    std::vector<typename Map::key_type> keys;
    for (auto at = map.lower_bound({changed.group, {}}); at != map.end() && at->first.first == changed.group; ++at)
        if (changed.feed == changed.group || at->first.second == changed.feed) keys.push_back(at->first);
    return keys;
}

}  // namespace

struct Hub::Subscription {
    Subscription(std::shared_ptr<Subscriber> subscriber_, std::int64_t sent_, std::int64_t epoch_) : subscriber(std::move(subscriber_)), sent(sent_), epoch(epoch_) {}

    std::shared_ptr<Subscriber> subscriber;
    std::int64_t sent;              // number of the last event sent, or seen before
    std::int64_t epoch;             // under which it was found that the subscriber may read
    std::atomic<bool> gone = false;     // looked at by the worker that would read for it
    bool catching_up = false;
};

struct Hub::State {
    Feed feed;
    std::int64_t delivered;         // everything up to here went to whoever keeps up
    std::int64_t head;
    bool reading = false;
    bool again = false;             // something changed while reading
    std::vector<std::shared_ptr<Subscription>> subscriptions;
};

Hub::Hub(boost::asio::any_io_executor executor, Workers& workers) : executor_(executor), workers_(workers), check_timer_(executor) {
    schedule_check();
}

Hub::~Hub() = default;

// Handed from the network thread to a worker and back, never shared: what `then` holds is let go of on the network thread alone.
template <class Result>
struct Hub::Question {
    std::function<Result(persistence::Transaction&)> job;
    std::function<void(Result)> then;
};

template <class Result>
void Hub::ask(std::function<Result(persistence::Transaction&)> job, std::function<void(Result)> then) {
    put(std::make_shared<Question<Result>>(Question<Result>{std::move(job), std::move(then)}));
}

template <class Result>
void Hub::put(std::shared_ptr<Question<Result>> question) {
    const bool accepted = workers_.submit([this, question](persistence::Connection& connection) mutable {
        std::optional<Result> result;
        try {
            persistence::Transaction t(connection, persistence::Access::each);
            result.emplace(question->job(t));
            t.commit();
        } catch (const std::exception& error) {
            result.reset();
            log(Level::warning, "the live stream waits for the database", {{"error", error.what()}});
        }
        boost::asio::post(executor_, [this, question = std::move(question), result = std::move(result)]() mutable {
            if (stopped_) return;
            if (result) question->then(std::move(*result));
            else put_again(std::move(question));
        });
    });
    if (!accepted && !stopped_) put_again(std::move(question));
}

template <class Result>
void Hub::put_again(std::shared_ptr<Question<Result>> question) {
    auto timer = std::make_shared<boost::asio::steady_timer>(executor_, retry_after);
    timer->async_wait([this, timer, question = std::move(question)](boost::system::error_code error) {
        if (!error && !stopped_) put(question);
    });
}

void Hub::opened(std::shared_ptr<Subscriber> subscriber) {
    const std::string& session = subscriber->session();
    connections_.emplace(session, subscriber);
    if (connections_.count(session) > connections_a_session) subscriber->close("too many connections");
    else check_sessions({session});
}

void Hub::subscribe(std::shared_ptr<Subscriber> subscriber, const Feed& feed, std::int64_t after, std::int64_t head, std::int64_t epoch) {
    unsubscribe(*subscriber, feed);
    subscriber->tell(frames::subscribed(feed, head));
    auto& known = feeds_[{feed.group, feed.feed}];
    if (!known) known = std::make_shared<State>(State{feed, head, head, false, false, {}});
    const auto state = known;
    auto subscription = std::make_shared<Subscription>(subscriber, std::min(after, head), epoch);
    state->subscriptions.push_back(subscription);
    // Between the reading of this head and now the feed may have moved, or rights with it.
    changed(feed);
    if (subscription->sent < state->delivered) catch_up(state, subscription);
}

void Hub::unsubscribe(Subscriber& subscriber, const Feed& feed) {
    const auto found = feeds_.find({feed.group, feed.feed});
    if (found == feeds_.end()) return;
    for (auto& subscription : found->second->subscriptions)
        if (subscription->subscriber.get() == &subscriber) subscription->gone = true;
    drop_if_empty(found->second);
}

void Hub::forget(Subscriber& subscriber) {
    std::vector<Feed> of;
    for (const auto& [key, state] : feeds_)
        for (const auto& subscription : state->subscriptions)
            if (subscription->subscriber.get() == &subscriber) of.push_back(state->feed);
    for (const Feed& feed : of) unsubscribe(subscriber, feed);
    const auto [from, to] = connections_.equal_range(subscriber.session());
    for (auto at = from; at != to;) at = at->second.expired() || at->second.lock().get() == &subscriber ? connections_.erase(at) : std::next(at);
}

void Hub::fell_behind(Subscriber& subscriber) {
    std::vector<std::shared_ptr<State>> of;
    for (const auto& [key, state] : feeds_)
        for (const auto& subscription : state->subscriptions)
            if (subscription->subscriber.get() == &subscriber && !subscription->gone.exchange(true)) of.push_back(state);
    for (const auto& state : of) {
        subscriber.tell(frames::behind(state->feed, std::max(state->head, state->delivered)));
        drop_if_empty(state);
    }
}

void Hub::changed(const Feed& feed) {
    for (const Key& key : concerned(waiters_, feed)) wake(key);
    for (const Key& key : concerned(feeds_, feed)) read(feeds_.at(key));
}

void Hub::refresh() {
    for (const auto& [key, state] : feeds_) read(state);
    wake_all();
    check_sessions(all_sessions());
}

void Hub::wake_all() {
    while (!waiters_.empty()) wake(waiters_.begin()->first);
}

void Hub::wake(const Key& key) {
    const auto list = waiters_.extract(key);
    for (const auto& weak : list.mapped())
        if (const auto waiter = weak.lock()) {
            waiter->woken = true;
            waiter->timer.cancel();
        }
}

std::shared_ptr<Hub::Waiter> Hub::wait_for(const Feed& feed) {
    auto waiter = std::make_shared<Waiter>(executor_);
    auto& list = waiters_[{feed.group, feed.feed}];
    std::erase_if(list, [](const auto& weak) { return weak.expired(); });
    list.push_back(waiter);
    return waiter;
}

void Hub::read(const std::shared_ptr<State>& state) {
    if (state->reading) {
        state->again = true;
        return;
    }
    state->reading = true;
    const Feed feed = state->feed;
    const std::int64_t after = state->delivered;
    ask<std::optional<live::Batch>>(
        [feed, after](persistence::Transaction& t) { return live::after(t, feed.group, feed.feed, after, batch_size, batch_text); },
        [this, state](std::optional<live::Batch> batch) {
            if (!batch) return settle(state);
            std::vector<std::string> doubtful;
            for (const auto& subscription : state->subscriptions)
                if (!subscription->gone && subscription->epoch < batch->access_epoch) doubtful.push_back(subscription->subscriber->session());
            if (doubtful.empty()) return deliver(state, *batch);
            authorise(state, std::make_shared<const live::Batch>(std::move(*batch)), std::move(doubtful));
        });
}

void Hub::authorise(const std::shared_ptr<State>& state, std::shared_ptr<const live::Batch> batch, std::vector<std::string> sessions) {
    const Feed feed = state->feed;
    ask<std::vector<std::string>>(
        [feed, sessions](persistence::Transaction& t) { return live::readers_among(t, feed.group, feed.feed, sessions); },
        [this, state, batch, sessions](std::vector<std::string> allowed) {
            const std::set<std::string> may(allowed.begin(), allowed.end()), asked(sessions.begin(), sessions.end());
            for (const auto& subscription : state->subscriptions) {
                if (subscription->gone || subscription->epoch >= batch->access_epoch || !asked.contains(subscription->subscriber->session())) continue;
                if (may.contains(subscription->subscriber->session())) {
                    subscription->epoch = batch->access_epoch;
                } else {
                    subscription->gone = true;
                    subscription->subscriber->tell(frames::revoked(state->feed));
                }
            }
            deliver(state, *batch);
        });
}

void Hub::deliver(const std::shared_ptr<State>& state, const live::Batch& batch) {
    state->head = batch.head;
    for (const live::Event& event : batch.events) {
        const Frame frame = frames::event(state->feed, event);
        for (const auto& subscription : state->subscriptions) {
            // Whoever came while rights were being checked is not among those checked: the next round takes them in.
            if (subscription->gone || subscription->epoch < batch.access_epoch || event.seq != subscription->sent + 1) continue;
            if (subscription->subscriber->offer(frame)) subscription->sent = event.seq;
            else fell_behind(*subscription->subscriber);
        }
        state->delivered = event.seq;
    }
    if (state->delivered < state->head) state->again = true;
    for (const auto& subscription : state->subscriptions)
        if (!subscription->gone && subscription->sent < state->delivered) catch_up(state, subscription);
    settle(state);
}

void Hub::settle(const std::shared_ptr<State>& state) {
    state->reading = false;
    std::erase_if(state->subscriptions, [](const auto& subscription) { return subscription->gone.load(); });
    drop_if_empty(state);
    if (std::exchange(state->again, false) && !state->subscriptions.empty()) read(state);
}

void Hub::catch_up(const std::shared_ptr<State>& state, const std::shared_ptr<Subscription>& subscription) {
    if (subscription->catching_up) return;
    if (state->delivered - subscription->sent > far_behind) {
        subscription->gone = true;
        subscription->subscriber->tell(frames::behind(state->feed, state->head));
        return;
    }
    subscription->catching_up = true;
    const Feed feed = state->feed;
    const std::int64_t after = subscription->sent;
    const std::string session = subscription->subscriber->session();
    struct Answer {
        std::optional<live::Batch> batch;
        bool allowed;
    };
    ask<Answer>(
        [feed, after, session, subscription](persistence::Transaction& t) {
            if (subscription->gone) return Answer{std::nullopt, false};
            return Answer{live::after(t, feed.group, feed.feed, after, batch_size, catch_up_text), !live::readers_among(t, feed.group, feed.feed, {session}).empty()};
        },
        [this, state, subscription](Answer answer) {
            subscription->catching_up = false;
            if (subscription->gone || !answer.batch) return;
            if (!answer.allowed) {
                subscription->gone = true;
                subscription->subscriber->tell(frames::revoked(state->feed));
                return;
            }
            subscription->epoch = std::max(subscription->epoch, answer.batch->access_epoch);
            for (const live::Event& event : answer.batch->events) {
                if (event.seq != subscription->sent + 1) continue;
                if (!subscription->subscriber->offer(frames::event(state->feed, event))) return fell_behind(*subscription->subscriber);
                subscription->sent = event.seq;
            }
            if (subscription->sent < state->delivered) catch_up(state, subscription);
            else if (subscription->sent > state->delivered) read(state);
        });
}

void Hub::drop_if_empty(const std::shared_ptr<State>& state) {
    if (state->reading) return;
    std::erase_if(state->subscriptions, [](const auto& subscription) { return subscription->gone.load(); });
    if (state->subscriptions.empty()) feeds_.erase({state->feed.group, state->feed.feed});
}

void Hub::sessions_ended(const std::vector<std::string>& sessions) {
    std::vector<std::shared_ptr<Subscriber>> closing;
    for (const std::string& session : sessions) {
        const auto [from, to] = connections_.equal_range(session);
        for (auto at = from; at != to; ++at)
            if (auto subscriber = at->second.lock()) closing.push_back(std::move(subscriber));
    }
    for (const auto& subscriber : closing) {
        forget(*subscriber);
        subscriber->close("session ended");
    }
}

void Hub::schedule_check() {
    check_timer_.expires_after(look_every);
    check_timer_.async_wait([this](boost::system::error_code error) {
        if (error || stopped_) return;
        const auto now = std::chrono::steady_clock::now();
        if (now - heard_ > deaf_after) {
            refresh();          // what other nodes say does not come: it is asked for
        } else if (now - checked_ > check_every) {
            checked_ = now;
            check_sessions(all_sessions());
        }
        std::erase_if(waiters_, [](const auto& entry) {
            return std::all_of(entry.second.begin(), entry.second.end(), [](const auto& weak) { return weak.expired(); });
        });
        schedule_check();
    });
}

std::vector<std::string> Hub::all_sessions() const {
    std::vector<std::string> sessions;
    for (auto at = connections_.begin(); at != connections_.end(); at = connections_.upper_bound(at->first)) sessions.push_back(at->first);
    return sessions;
}

void Hub::check_sessions(std::vector<std::string> sessions) {
    if (sessions.empty()) return;
    ask<std::vector<std::string>>(
        [sessions](persistence::Transaction& t) { return live::open_among(t, sessions); },
        [this, sessions](std::vector<std::string> open) {
            const std::set<std::string> still(open.begin(), open.end());
            std::vector<std::string> ended;
            std::copy_if(sessions.begin(), sessions.end(), std::back_inserter(ended), [&](const std::string& s) { return !still.contains(s); });
            if (!ended.empty()) sessions_ended(ended);
        });
}

void Hub::stop() {
    stopped_ = true;
    check_timer_.cancel();
    wake_all();
    feeds_.clear();
}

}  // namespace margelle
