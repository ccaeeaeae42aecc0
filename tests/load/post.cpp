// Members who each post as soon as their last post is acknowledged.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

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

// Each client looks at the groups that it is going to write in, as a member does who reads before writing. Not counted.
void visit(const Target& target, const std::vector<std::string>& cookies, const std::vector<std::string>& threads, std::size_t clients) {
    std::set<std::string> groups;
    for (const std::string& thread : threads) groups.insert(thread.substr(0, thread.find("/threads/")));
    std::vector<std::string> requests;
    for (std::size_t client = 0; client < clients; ++client)
        for (const std::string& group : groups) requests.push_back(get_request(target, group + "/threads", "Cookie: " + cookies[client % cookies.size()] + "\r\n"));
    std::size_t asked = 0;
    ClosedLoop loop(target, 8, [&](std::size_t) { return std::string_view(requests[asked++ % requests.size()]); }, [](std::size_t, const HttpAnswer&) {});
    loop.run(std::chrono::seconds(30), [&] { return asked >= requests.size(); });
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
    visit(target, cookies, threads, clients);
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
