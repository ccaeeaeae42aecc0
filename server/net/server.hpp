#pragma once
// The network: one thread owns every socket and the hub. run() returns after stop() has drained it.
#include <memory>
#include <string>
#include <vector>

#include "server/config.hpp"
#include "server/services.hpp"

namespace margelle {

class App;
class Hub;
class KnownPages;
class StaticFiles;
class Workers;
class Writer;

namespace net {

class Server {
public:
    // Binds the address at once. Throws ConfigError when it cannot, or when a certificate does not load.
    Server(const Config& config, const App& app, Workers& workers, Workers& password_workers, Writer& writer, KnownPages& known_pages, const StaticFiles& files);
    ~Server();

    // Serves until SIGTERM or SIGINT, then drains: stops accepting, finishes requests, closes WebSockets with 1001; at
    // most 8 seconds.
    void run();

    // From any thread.
    void stop();
    void changed(const std::vector<Feed>& feeds);
    void sessions_ended(const std::vector<std::string>& sessions);
    void refresh();
    void heard();

    unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace net
}  // namespace margelle
