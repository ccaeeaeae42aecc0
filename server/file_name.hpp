#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace margelle {

// What is wrong with a name as a file's, in English; nothing for a good one: no path, no control character, nothing that turns the
// direction of writing around and so hides an extension.
std::optional<std::string> fault_in_file_name(std::string_view utf8);

// Content-Disposition (RFC 6266) of a file that is saved and never shown: an ASCII name, and the whole one as RFC 8187 has it.
std::string attachment(std::string_view name);

}  // namespace margelle
