#include "server/net/static_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "protocol/digest.hpp"

namespace margelle {
namespace {

constexpr auto types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".mjs", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"}, {".png", "image/png"}, {".ico", "image/x-icon"}, {".woff2", "font/woff2"}, {".json", "application/json"},
    {".webmanifest", "application/manifest+json"}, {".txt", "text/plain; charset=utf-8"}});

std::string read(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string_view type_of(const std::filesystem::path& path) {
    for (const auto& [ending, type] : types)
        if (path.extension() == ending) return type;
    return "application/octet-stream";
}

// Whether Accept-Encoding (RFC 9110 §12.5.3) names a coding, other than to refuse it.
bool accepts(std::string_view accept_encoding, std::string_view coding) {
    for (std::size_t at = 0; at < accept_encoding.size();) {
        const std::size_t comma = std::min(accept_encoding.find(',', at), accept_encoding.size());
        std::string_view named = accept_encoding.substr(at, comma - at);
        at = comma + 1;
        named.remove_prefix(std::min(named.find_first_not_of(' '), named.size()));
        const std::size_t end = std::min(named.find_first_of("; "), named.size());
        if (named.substr(0, end) != coding) continue;
        const std::size_t quality = named.find("q=");
        return quality == std::string_view::npos || named.find_first_of("123456789", quality) != std::string_view::npos;
    }
    return false;
}

}  // namespace

StaticFiles::StaticFiles(const std::string& folder) {
    namespace fs = std::filesystem;
    if (!fs::is_directory(folder)) return;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const fs::path& path = entry.path();
        if (!entry.is_regular_file() || path.extension() == ".br" || path.extension() == ".gz") continue;
        File file{std::string(type_of(path)), {}, read(path), {}, {}};
        file.etag = "W/\"" + to_hex(sha256(file.plain)).substr(0, 16) + '"';        // weak: the same for every coding
        if (fs::exists(path.string() + ".gz")) file.gzip = read(path.string() + ".gz");
        if (fs::exists(path.string() + ".br")) file.brotli = read(path.string() + ".br");
        files_.emplace('/' + fs::relative(path, folder).generic_string(), std::move(file));
    }
}

Response StaticFiles::find(std::string_view path, std::string_view accept_encoding, std::string_view if_none_match) const {
    auto found = files_.find(path);
    const bool asset = path.starts_with("/assets/");
    if (found == files_.end() && !asset) found = files_.find("/index.html");
    if (found == files_.end()) return {404, "text/plain; charset=utf-8", "404\n"};
    const File& file = found->second;
    Response response{200, file.type, "",
                      {{"ETag", file.etag}, {"Vary", "Accept-Encoding"}, {"Cache-Control", asset ? "public, max-age=31536000, immutable" : "no-cache"}}};
    if (if_none_match.find(std::string_view(file.etag).substr(2)) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    if (!file.brotli.empty() && accepts(accept_encoding, "br")) {
        response.body = file.brotli;
        response.headers.emplace_back("Content-Encoding", "br");
    } else if (!file.gzip.empty() && accepts(accept_encoding, "gzip")) {
        response.body = file.gzip;
        response.headers.emplace_back("Content-Encoding", "gzip");
    } else {
        response.body = file.plain;
    }
    return response;
}

}  // namespace margelle
