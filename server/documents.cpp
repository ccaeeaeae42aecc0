#include "server/documents.hpp"

#include <span>
#include <stdexcept>
#include <string>

#include "protocol/embedded.hpp"

namespace margelle {
namespace documents {
extern const std::span<const EmbeddedFile> files;
}

std::string_view document(std::string_view name) {
    for (const EmbeddedFile& file : documents::files)
        if (file.name == name) return file.text;
    throw std::logic_error("no document " + std::string(name));
}

const Contract& http_contract() {
    static const Contract contract(document("openapi.json"));
    return contract;
}

}  // namespace margelle
