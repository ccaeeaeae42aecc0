#pragma once
#include <algorithm>
#include <cstdlib>

namespace margelle::tests {

// How many times slower than a person's machine this one is: sanitizers cost (MARGELLE_TEST_SLOWNESS). Waits are that
// much longer; what has to happen within a second does so within a second of an ordinary build.
inline int slowness() {
    const char* factor = std::getenv("MARGELLE_TEST_SLOWNESS");
    return factor ? std::max(1, std::atoi(factor)) : 1;
}

}  // namespace margelle::tests
