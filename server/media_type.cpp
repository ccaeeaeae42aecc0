#include "server/media_type.hpp"

#include <magic.h>

#include <memory>
#include <regex>

namespace margelle {

std::string media_type_of(std::string_view beginning) {
    // One a thread: libmagic's handles serve one at a time, and take a while to open.
    static thread_local const std::unique_ptr<magic_set, void (*)(magic_t)> magic = [] {
        std::unique_ptr<magic_set, void (*)(magic_t)> opened(magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS), magic_close);
        if (opened && magic_load(opened.get(), nullptr) != 0) opened.reset();
        return opened;
    }();
    static const std::regex form("[a-z]+/[A-Za-z0-9.+_-]{1,100}");
    const char* const found = magic ? magic_buffer(magic.get(), beginning.data(), beginning.size()) : nullptr;
    return found && std::regex_match(found, form) ? found : "application/octet-stream";
}

}  // namespace margelle
