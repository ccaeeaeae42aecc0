#include "server/files.hpp"

#include <span>
#include <stdexcept>
#include <string>

#include "protocol/embedded.hpp"

namespace margelle {
namespace server_files {
extern const std::span<const EmbeddedFile> files;
}

std::string_view server_file(std::string_view name) {
    for (const EmbeddedFile& file : server_files::files)
        if (file.name == name) return file.text;
    throw std::logic_error("no file " + std::string(name));
}

}  // namespace margelle
