#define BOOST_TEST_MODULE commands
#include <boost/test/unit_test.hpp>

#include "server/log.hpp"

// Faults are worth seeing, refusals are what the tests are about.
struct QuietLog {
    QuietLog() { margelle::start_log(false, margelle::Level::error); }
};
BOOST_TEST_GLOBAL_FIXTURE(QuietLog);
