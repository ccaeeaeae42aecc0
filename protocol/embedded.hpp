#pragma once
// Files that the build puts into the executable (cmake/Embed.cmake).
#include <span>
#include <string_view>

namespace margelle {

struct EmbeddedFile {
    std::string_view name;   // without its folder
    std::string_view text;
};

}  // namespace margelle
