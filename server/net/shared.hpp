#pragma once
// What the connections of this folder share. Only this folder sees Beast.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "server/app.hpp"
#include "server/config.hpp"
#include "server/known_pages.hpp"
#include "server/live/hub.hpp"
#include "server/net/flusher.hpp"
#include "server/net/static_files.hpp"
#include "server/net/unsent.hpp"
#include "server/workers.hpp"
#include "server/writer.hpp"

namespace margelle::net {

namespace asio = boost::asio;

// House rule (g++ 12 frees twice otherwise): co_await stands only as `auto x = co_await f(names…);`.
constexpr auto token = asio::as_tuple(asio::use_awaitable);

// Something to be closed when the server stops.
class Closable {
public:
    virtual ~Closable() = default;
    // The server stops: finish what is under way, then close.
    virtual void drain() = 0;
    // Time is up.
    virtual void cut() = 0;
    // Every few seconds: whoever has fallen silent is not kept for ever.
    virtual void watch(std::chrono::steady_clock::time_point) {}
};

struct Shared {
    const Config& config;
    const App& app;
    Workers& workers;
    Workers& password_workers;
    Writer& writer;
    KnownPages& known_pages;
    const StaticFiles& files;
    asio::io_context& context;
    Hub& hub;
    Flusher& flusher;
    bool draining = false;
    std::set<Closable*> open;
    std::size_t streams = 0;
    Unsent unsent = {};
};

// Runs a prepared request as its route asks for; completes with the response.
asio::awaitable<Response> run(Shared& shared, std::shared_ptr<const App::Prepared> prepared);

// Runs any job on a worker, for that group (empty: for none), and completes when it is done; false when the workers' queue is full.
asio::awaitable<bool> on_worker(Shared& shared, Workers& workers, std::string group, Workers::Job job);

}  // namespace margelle::net
