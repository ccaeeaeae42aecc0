#include "tests/support/delivery.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

#include "server/mail/postman.hpp"

namespace margelle::tests {

// It begins by sweeping, which takes the mark away, and queues the notices.
void deliver(Instance& instance, std::unique_ptr<Mailer> mailer) {
    instance.sql("INSERT INTO margelle.attempts VALUES ('mark', '', now() - interval '2 hours')");
    Postman postman(instance.config, std::move(mailer));
    for (int tries = 0; tries < 1000; ++tries) {
        if (instance.sql("SELECT count(*) FROM margelle.attempts WHERE kind = 'mark'") == "0" &&
            instance.sql("SELECT count(*) FROM margelle.outbox WHERE sent_at IS NULL AND failed_at IS NULL AND next_at <= now()") == "0")
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    BOOST_ERROR("the outbox is not emptied");
}

}  // namespace margelle::tests
