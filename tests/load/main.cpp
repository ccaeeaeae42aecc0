// margelle_load MODE --target ADDRESS:PORT --seconds S …: one run against a server on this machine, reported as one JSON object.
#include <sys/resource.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/load/modes.hpp"

namespace {

constexpr const char* usage =
    "margelle_load post --target A:P --seconds S --clients N --cookies FILE --threads FILE [--bytes N] [--idempotency] [--acknowledged FILE]\n"
    "margelle_load get  --target A:P --seconds S --clients N --paths FILE [--cookies FILE] [--if-none-match]\n"
    "margelle_load live --target A:P --seconds S --subscribers M --dialect margelle|ws|socket.io [--in-flight K] [--stalled N] [--bytes N]\n"
    "              margelle: --cookies FILE --threads FILE --group ID\n"
    "              Without --in-flight nothing is posted: subscribers listen, and \"ready\" on standard error says that all do.\n"
    "FILEs hold one cookie (name=value), path of a thread, or path a line. --threads and --paths are asked in turn.\n";

// Thousands of sockets.
void raise_file_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

nlohmann::ordered_json run(const std::string& mode, const margelle::load::Options& options) {
    using namespace margelle::load;
    if (mode == "post") return post(options);
    if (mode == "get") return get(options);
    if (mode == "live") return live(options);
    throw UsageError(mode + " is no mode");
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 2) throw margelle::load::UsageError("no mode");
    raise_file_limit();
    std::cout << run(argv[1], {argc - 2, argv + 2}).dump() << '\n';
    return 0;
} catch (const margelle::load::UsageError& error) {
    std::cerr << "margelle_load: " << error.what() << '\n' << usage;
    return 2;
} catch (const std::exception& error) {
    std::cerr << "margelle_load: " << error.what() << '\n';
    return 1;
}
