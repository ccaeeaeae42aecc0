// Members who each read on as soon as they are answered.
#include <nlohmann/json.hpp>

#include "tests/load/http.hpp"
#include "tests/load/modes.hpp"
#include "tests/load/requests.hpp"

namespace margelle::load {
namespace {

// One client's request for one path: with the ETag of the first answer, once that came.
struct Page {
    std::string request;
    bool tagged = false;
};

}  // namespace

nlohmann::ordered_json get(const Options& options) {
    const Target target = options.target();
    const auto paths = options.lines("paths");
    const auto cookies = options.has("cookies") ? options.lines("cookies") : std::vector<std::string>{};
    const auto clients = static_cast<std::size_t>(options.number("clients", 64));
    const bool conditional = options.has("if-none-match");

    const auto headers = [&](std::size_t client) {
        return cookies.empty() ? std::string() : "Cookie: " + cookies[client % cookies.size()] + "\r\n";
    };
    std::vector<std::vector<Page>> pages(clients);
    for (std::size_t client = 0; client < clients; ++client)
        for (const std::string& path : paths) pages[client].push_back({get_request(target, path, headers(client))});
    std::vector<std::size_t> turns(clients);
    const auto current = [&](std::size_t client) -> Page& { return pages[client][(client + turns[client]) % paths.size()]; };

    ClosedLoop loop(
        target, clients, [&](std::size_t client) -> std::string_view { return current(client).request; },
        [&](std::size_t client, const HttpAnswer& answer) {
            Page& page = current(client);
            const std::string_view tag = answer.header("ETag");
            if (conditional && !page.tagged && !tag.empty()) {
                page.request.insert(page.request.size() - 2, "If-None-Match: " + std::string(tag) + "\r\n");
                page.tagged = true;
            }
            ++turns[client];
        });
    loop.run(options.seconds());
    return loop.report.json();
}

}  // namespace margelle::load
