#include "server/file_name.hpp"

namespace margelle {
namespace {

// The code points of valid UTF-8, one after the other.
char32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    char32_t point = more == 0 ? first : first & (0x3f >> more);
    for (int i = 1; i <= more; ++i) point = point << 6 | (byte(at + static_cast<std::size_t>(i)) & 0x3f);
    at += static_cast<std::size_t>(more) + 1;
    return point;
}

bool turns_writing_around(char32_t c) {
    return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::optional<std::string> fault_in_file_name(std::string_view name) {
    if (name == "." || name == "..") return "is no name of a file";
    if (name.find_first_not_of(' ') == std::string_view::npos || name.front() == ' ' || name.back() == ' ')
        return "begins or ends with a space";
    for (std::size_t at = 0; at < name.size();) {
        const char32_t c = next_code_point(name, at);
        if (c == '/' || c == '\\') return "holds a path";
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) return "holds a control character";
        if (turns_writing_around(c)) return "holds a character that turns the direction of writing around";
    }
    return std::nullopt;
}

std::string attachment(std::string_view name) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string plain, whole;
    for (std::size_t at = 0; at < name.size();) {
        const char32_t c = next_code_point(name, at);
        plain += c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '%' ? '_' : static_cast<char>(c);
    }
    for (const unsigned char c : name) {
        const bool as_it_is = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              std::string_view("!#$&+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
        if (as_it_is) whole += static_cast<char>(c);
        else whole.append(1, '%').append(1, digits[c >> 4]).append(1, digits[c & 15]);
    }
    return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + whole;
}

}  // namespace margelle
