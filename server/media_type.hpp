#pragma once
#include <string>
#include <string_view>

namespace margelle {

// The media type (RFC 6838) that the first bytes of a file look like, by libmagic: never what a sender or a name says of it.
std::string media_type_of(std::string_view beginning);

}  // namespace margelle
