#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace margelle {

// Both ends included.
struct ByteRange {
    std::int64_t first;
    std::int64_t last;
};

// What a Range header (RFC 9110 §14.2) asks of so many bytes. Nothing where all of it is to be sent: without one, for several ranges at
// once, and for what is no range of bytes. Throws Error(unsatisfiable_range).
std::optional<ByteRange> read_range(std::string_view header, std::int64_t size);

}  // namespace margelle
