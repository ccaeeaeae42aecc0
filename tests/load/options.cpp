#include "tests/load/options.hpp"

#include <charconv>
#include <fstream>

namespace margelle::load {
namespace {

constexpr int longest = 600;  // no run may outlive the patience of whoever forgot it

long as_number(const std::string& name, const std::string& text) {
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0)
        throw UsageError("--" + name + ": " + text + " is not a number");
    return value;
}

}  // namespace

Options::Options(int argc, char** argv) {
    for (int i = 0; i < argc; ++i) {
        const std::string name = argv[i];
        if (!name.starts_with("--")) throw UsageError(name + " is not known");
        const bool alone = i + 1 == argc || std::string(argv[i + 1]).starts_with("--");
        values_[name.substr(2)] = alone ? "" : argv[++i];
    }
}

std::string Options::text(const std::string& name, const std::string& otherwise) const { return has(name) ? values_.at(name) : otherwise; }

std::string Options::text(const std::string& name) const {
    if (!has(name) || values_.at(name).empty()) throw UsageError("--" + name + " is missing");
    return values_.at(name);
}

long Options::number(const std::string& name, long otherwise) const { return has(name) ? as_number(name, values_.at(name)) : otherwise; }

std::chrono::milliseconds Options::seconds() const {
    const double seconds = std::stod(text("seconds", "5"));
    if (!(seconds > 0 && seconds <= longest)) throw UsageError("--seconds: more than 0, at most " + std::to_string(longest));
    return std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

Target Options::target() const {
    const std::string text = this->text("target");
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) throw UsageError("--target: " + text + " is not address:port");
    return {text.substr(0, colon), static_cast<std::uint16_t>(as_number("target", text.substr(colon + 1)))};
}

std::vector<std::string> Options::lines(const std::string& name) const {
    std::ifstream file(text(name));
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) all.push_back(line);
    if (all.empty()) throw UsageError("--" + name + ": nothing in " + text(name));
    return all;
}

}  // namespace margelle::load
