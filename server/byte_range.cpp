#include "server/byte_range.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/problem.hpp"

namespace margelle {
namespace {

[[noreturn]] void refuse(std::int64_t size) {
    Error error(Code::unsatisfiable_range);
    error.content_size = size;
    throw error;
}

std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

std::optional<ByteRange> read_range(std::string_view header, std::int64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return std::nullopt;
    header.remove_prefix(unit.size());
    const std::size_t dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return std::nullopt;
    const auto first = number(header.substr(0, dash)), last = number(header.substr(dash + 1));
    if (!first && !last) return std::nullopt;
    if (!first && dash == 0) {
        if (*last == 0) refuse(size);
        return ByteRange{std::max<std::int64_t>(0, size - *last), size - 1};
    }
    if (!first || (!last && dash + 1 < header.size()) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) refuse(size);
    return ByteRange{*first, std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace margelle
