#define BOOST_TEST_MODULE sockets
#include <boost/test/unit_test.hpp>

#include "server/log.hpp"

struct QuietLog {
    QuietLog() { margelle::start_log(false, margelle::Level::error); }
};
BOOST_TEST_GLOBAL_FIXTURE(QuietLog);
