#define BOOST_TEST_MODULE ungated
#include <boost/test/unit_test.hpp>

#include "server/log.hpp"
#include "tests/support/instance.hpp"

// Without their gate handlers run into faults and answer what the contract does not know, which is not what this is about.
struct Ungated {
    Ungated() {
        margelle::start_log(false, margelle::Level::error);
        margelle::tests::held_against_contract = false;
    }
};
BOOST_TEST_GLOBAL_FIXTURE(Ungated);
