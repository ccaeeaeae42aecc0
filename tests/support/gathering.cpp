#include "tests/support/gathering.hpp"

#include <future>

#include "server/route.hpp"

namespace margelle::tests {

Gathering::Gathering(Instance& instance)
    : instance_(instance), workers_(2, 64, instance.database.app_url(), true), writer_(instance.app, workers_, instance.database.app_url(), true) {
    instance_.run = [this](auto prepared) { return run(std::move(prepared)); };
}

Gathering::~Gathering() {
    instance_.run = nullptr;
    writer_.stop();
    workers_.stop();
}

Response Gathering::run(std::shared_ptr<const App::Prepared> prepared) {
    auto post = instance_.app.route_of(*prepared).run == Run::submit ? std::optional(instance_.app.draft(*prepared)) : std::nullopt;
    if (!post || !post->token_hash) return instance_.app.run(*prepared, instance_.connection);
    std::promise<Response> answer;
    if (!writer_.submit({prepared, std::move(*post), [&](Response response) { answer.set_value(std::move(response)); }})) throw Error(Code::busy);
    return answer.get_future().get();
}

}  // namespace margelle::tests
