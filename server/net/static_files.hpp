#pragma once
// The browser client, read once at the start. Hashed assets live for a year in caches; the page itself is asked for
// again each time.
#include <map>
#include <string>
#include <string_view>

#include "server/http.hpp"

namespace margelle {

class StaticFiles {
public:
    // An empty set when the folder does not exist (a server without its client). Throws when it cannot be read.
    explicit StaticFiles(const std::string& folder);

    // The file at a path, or the page for any other address (the client routes by itself); 404 for a missing asset and
    // without a client.
    Response find(std::string_view path, std::string_view accept_encoding, std::string_view if_none_match) const;

    std::size_t size() const { return files_.size(); }

private:
    struct File {
        std::string type, etag;
        std::string plain, gzip, brotli;        // the last two may be empty
    };
    std::map<std::string, File, std::less<>> files_;
};

}  // namespace margelle
