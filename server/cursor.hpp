#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace margelle {

// A place in a list in the order of time, then id. On the wire, as a cursor: "42:<id>".
struct Place {
    std::int64_t at;        // microseconds since 1970
    std::string id;
};

std::string write_cursor(const Place& place);
// Throws Error: invalid.
Place read_cursor(std::string_view cursor);

}  // namespace margelle
