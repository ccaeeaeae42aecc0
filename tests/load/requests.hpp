#pragma once
// Requests as bytes, made once; what varies from one to the next is put in at its place.
#include <string>

#include "tests/load/options.hpp"

namespace margelle::load {

std::string get_request(const Target& target, const std::string& path, const std::string& headers);

// A post of so many bytes of Markdown, as a member's browser sends it.
class PostRequest {
public:
    // `idempotent`: under a fresh Idempotency-Key each.
    PostRequest(const Target& target, const std::string& cookie, long bytes, bool idempotent);

    // Valid until the next call.
    std::string_view to(const std::string& thread_path);

private:
    std::string rest_;     // all but the first line
    std::size_t key_ = 0;  // where the key's number stands in it
    unsigned long number_ = 0;
    std::string request_;
};

}  // namespace margelle::load
