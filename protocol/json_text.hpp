#pragma once
#include <string>
#include <string_view>

namespace margelle {

// Appends a JSON string (RFC 8259 §7), quotes included, to a text under construction. Lists are written this way:
// building and dumping nlohmann objects for a page of posts takes four times as long. `text` is valid UTF-8, as
// everything is that PostgreSQL returns.
void append_json_string(std::string& out, std::string_view text);

// The same as a text of its own.
std::string json_string(std::string_view text);

// Whether bytes are text as it is taken from outside: UTF-8 (RFC 3629) without U+0000.
bool is_text(std::string_view bytes) noexcept;

// What others said, fit to be kept and shown: U+FFFD stands for what is not UTF-8 and for control characters.
std::string printable(std::string_view bytes);

// {"items":items,"next_cursor":next}, where next is a JSON value; the form of every list.
std::string json_list(std::string_view items, std::string_view next = "null");

}  // namespace margelle
