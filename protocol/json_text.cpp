#include "protocol/json_text.hpp"

#include <algorithm>

namespace margelle {

void append_json_string(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    out += '"';
    std::size_t clean = 0;      // start of the run that needs no escape
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, clean, i - clean);
        clean = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            default:
                out += "\\u00";
                out += digits[c >> 4];
                out += digits[c & 15];
        }
    }
    out.append(text, clean);
    out += '"';
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

namespace {

// The length of the character that begins at i in UTF-8 (RFC 3629); 0 when none does.
std::size_t character_at(std::string_view bytes, std::size_t i) noexcept {
    const auto at = [&](std::size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u; };
    const unsigned lead = at(i), second = at(i + 1);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    for (std::size_t k = 1; k < length; ++k)
        if ((at(i + k) & 0xc0) != 0x80) return 0;
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
    return length;
}

}  // namespace

bool is_text(std::string_view bytes) noexcept {
    for (std::size_t i = 0, length = 0; i < bytes.size(); i += length) {
        length = character_at(bytes, i);
        if (length == 0 || bytes[i] == '\0') return false;
    }
    return true;
}

std::string printable(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0, length = 0; i < bytes.size(); i += std::max<std::size_t>(length, 1)) {
        length = character_at(bytes, i);
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const bool control = length == 1 ? lead < 0x20 || lead == 0x7f : lead == 0xc2 && length == 2 && static_cast<unsigned char>(bytes[i + 1]) < 0xa0;
        if (length == 0 || control) out += "\uFFFD";
        else out.append(bytes, i, length);
    }
    return out;
}

std::string json_list(std::string_view items, std::string_view next) {
    std::string out = R"({"items":)";
    out.append(items).append(R"(,"next_cursor":)").append(next).append("}");
    return out;
}

}  // namespace margelle
