// Members who each post as soon as their last post is acknowledged.
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/load/http.hpp"
#include "tests/load/modes.hpp"
#include "tests/load/requests.hpp"

namespace margelle::load {
namespace {

std::string_view id_of(std::string_view body) {
    constexpr std::string_view before = "\"id\":\"";
    const std::size_t at = body.find(before);
    return at == std::string_view::npos ? std::string_view{} : body.substr(at + before.size(), 36);
}

}  // namespace

nlohmann::ordered_json post(const Options& options) {
    const Target target = options.target();
    const auto cookies = options.lines("cookies");
    const auto threads = options.lines("threads");
    const auto clients = static_cast<std::size_t>(options.number("clients", 64));
    std::ofstream acknowledged;
    if (options.has("acknowledged")) acknowledged.open(options.text("acknowledged"));

    std::vector<PostRequest> requests;
    for (std::size_t i = 0; i < clients; ++i)
        requests.emplace_back(target, cookies[i % cookies.size()], options.number("bytes", 400), options.has("idempotency"));
    std::vector<std::size_t> turns(clients);
    ClosedLoop loop(
        target, clients,
        [&](std::size_t client) { return requests[client].to(threads[(client + turns[client]++ * clients) % threads.size()]); },
        [&](std::size_t, const HttpAnswer& answer) {
            if (acknowledged.is_open() && answer.status == 201) acknowledged << id_of(answer.body) << '\n';
        });
    loop.run(options.seconds());
    return loop.report.json();
}

}  // namespace margelle::load
