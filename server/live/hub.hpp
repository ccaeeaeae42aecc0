#pragma once
// Live fan-out. Lives on the network thread, so it needs no lock; whatever blocks it hands to the workers.
//
// Each feed with subscribers has a number up to which it was delivered. A change makes the hub read what comes after
// it, once for all; under a newer access epoch it first asks which sessions may still read, tells the others that they
// were revoked, and only then delivers. A subscriber gets the event after its own last one or none: whoever subscribes
// from an earlier number catches up from the log first.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "persistence/live.hpp"
#include "server/live/subscriber.hpp"
#include "server/services.hpp"
#include "server/workers.hpp"

namespace margelle {

class Hub {
public:
    Hub(boost::asio::any_io_executor executor, Workers& workers);
    ~Hub();

    // A connection has opened for a session. It is closed when the session has ended meanwhile, or has too many open.
    void opened(std::shared_ptr<Subscriber> subscriber);

    // The subscriber may read the feed, as was found under `epoch`, and has seen everything up to `after`.
    void subscribe(std::shared_ptr<Subscriber> subscriber, const Feed& feed, std::int64_t after, std::int64_t head, std::int64_t epoch);
    void unsubscribe(Subscriber& subscriber, const Feed& feed);
    // The connection has ended.
    void forget(Subscriber& subscriber);
    // What waited for it is lost, whichever feeds it was of: each of its subscriptions ends, and it is told that it is behind in each.
    void fell_behind(Subscriber& subscriber);

    // Something was committed to a feed, here or on another node.
    void changed(const Feed& feed);
    void sessions_ended(const std::vector<std::string>& sessions);
    // Notifications come. When none has for some seconds, the hub asks for itself what they would have told.
    void heard() { heard_ = std::chrono::steady_clock::now(); }
    // Notifications were interrupted: reads every feed again, and asks for every session whether it is still open.
    void refresh();

    // For long polls: expires when the feed changes, or rights in its group, or by itself after the time set on it.
    class Waiter {
    public:
        explicit Waiter(boost::asio::any_io_executor executor) : timer(executor) {}
        boost::asio::steady_timer timer;
        bool woken = false;
    };
    std::shared_ptr<Waiter> wait_for(const Feed& feed);

    void stop();

private:
    struct Subscription;
    struct State;
    using Key = std::pair<std::string, std::string>;

    void read(const std::shared_ptr<State>& state);
    void deliver(const std::shared_ptr<State>& state, const persistence::live::Batch& batch);
    void authorise(const std::shared_ptr<State>& state, std::shared_ptr<const persistence::live::Batch> batch, std::vector<std::string> sessions);
    void catch_up(const std::shared_ptr<State>& state, const std::shared_ptr<Subscription>& subscription);
    void settle(const std::shared_ptr<State>& state);
    void drop_if_empty(const std::shared_ptr<State>& state);
    void wake(const Key& key);
    void wake_all();
    std::vector<std::string> all_sessions() const;
    void check_sessions(std::vector<std::string> sessions);
    void schedule_check();

    // Runs `job` on a worker and `then` back here with its result; tries again when the workers are busy or PostgreSQL
    // is away.
    template <class Result>
    void ask(std::function<Result(persistence::Transaction&)> job, std::function<void(Result)> then);
    template <class Result>
    struct Question;
    template <class Result>
    void put(std::shared_ptr<Question<Result>> question);
    template <class Result>
    void put_again(std::shared_ptr<Question<Result>> question);

    boost::asio::any_io_executor executor_;
    Workers& workers_;
    boost::asio::steady_timer check_timer_;
    std::map<Key, std::shared_ptr<State>> feeds_;
    std::multimap<std::string, std::weak_ptr<Subscriber>> connections_;     // by session
    std::map<Key, std::vector<std::weak_ptr<Waiter>>> waiters_;
    std::chrono::steady_clock::time_point heard_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point checked_ = heard_;
    bool stopped_ = false;
};

}  // namespace margelle
