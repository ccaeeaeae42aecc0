#pragma once
// One serving node, wired: app, workers, network, live hub, mail. Several may run on one database.
#include <memory>
#include <string>
#include <vector>

#include "protocol/receipt.hpp"
#include "protocol/sealing.hpp"
#include "server/config.hpp"
#include "server/identity/passwords.hpp"
#include "server/mail/mailer.hpp"

namespace margelle {

class Node {
public:
    // Binds the address at once; the database is migrated and verified. Throws ConfigError.
    Node(const Config& config, std::unique_ptr<Mailer> mailer, std::vector<SigningKey> keys, std::vector<MasterKey> master_keys,
        Passwords passwords = Passwords());
    ~Node();

    // Serves until stop(), SIGTERM or SIGINT; returns when everything under way has ended.
    void run();
    // From any thread.
    void stop();
    unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace margelle
