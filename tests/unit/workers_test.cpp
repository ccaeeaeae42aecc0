#include <boost/test/unit_test.hpp>

#include <future>

#include "server/workers.hpp"

using margelle::Workers;

BOOST_AUTO_TEST_SUITE(workers)

BOOST_AUTO_TEST_CASE(what_one_group_waits_for_leaves_others_half_of_the_threads_and_of_the_queue) {
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::atomic<int> running = 0, done = 0;
    std::promise<void> served;
    {
        Workers workers(4, 8, "postgresql://nowhere", true);        // nobody connects before a statement
        const auto wait = [&](auto&) {
            ++running;
            released.wait();
            ++done;
        };
        for (int i = 0; i < 2; ++i) BOOST_REQUIRE(workers.submit(wait, "busy"));
        while (running < 2) std::this_thread::yield();
        for (int i = 0; i < 4; ++i) BOOST_TEST(workers.submit(wait, "busy"));
        BOOST_TEST(!workers.submit(wait, "busy"));
        BOOST_TEST(workers.submit([&](auto&) { served.set_value(); }, "other"));
        BOOST_TEST((served.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready));
        BOOST_TEST(running == 2);
        release.set_value();
    }
    BOOST_TEST(done == 6);
}

BOOST_AUTO_TEST_SUITE_END()
