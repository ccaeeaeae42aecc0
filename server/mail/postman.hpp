#pragma once
// Empties the outbox: one thread on each node; rows are claimed, so two nodes never send the same mail.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "persistence/database.hpp"
#include "persistence/outbox.hpp"
#include "server/mail/mailer.hpp"

namespace margelle {

struct Config;

class Postman {
public:
    Postman(const Config& config, std::unique_ptr<Mailer> mailer);
    ~Postman();

    // There is something in the outbox. From any thread.
    void wake();
    void stop();

private:
    void work();
    void keep_house(persistence::Connection& connection) const;
    bool deliver_next(persistence::Connection& connection);
    Mail render(persistence::Transaction& t, const persistence::outbox::Mail& mail) const;

    const Config& config_;
    std::unique_ptr<Mailer> mailer_;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool woken_ = false;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace margelle
