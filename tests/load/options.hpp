#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace margelle::load {

struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Where the server is: an IPv4 address and a port.
struct Target {
    std::string host;
    std::uint16_t port;

    std::string authority() const { return host + ":" + std::to_string(port); }
};

// --name value, or --name alone for a switch.
class Options {
public:
    Options(int argc, char** argv);

    bool has(const std::string& name) const { return values_.contains(name); }
    std::string text(const std::string& name, const std::string& otherwise) const;
    std::string text(const std::string& name) const;  // required
    long number(const std::string& name, long otherwise) const;
    std::chrono::milliseconds seconds() const;                      // --seconds: how long a run lasts
    Target target() const;                                          // --target 127.0.0.1:8080
    std::vector<std::string> lines(const std::string& name) const;  // of the file that it names

private:
    std::map<std::string, std::string> values_;
};

}  // namespace margelle::load
