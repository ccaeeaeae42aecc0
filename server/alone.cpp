#include "server/alone.hpp"

#include <utility>

namespace margelle {

void run_alone(const App& app, Workers& workers, std::shared_ptr<const App::Prepared> prepared, std::function<void(Response)> done) {
    const bool accepted = workers.submit([&app, prepared, done](persistence::Connection& connection) { done(app.run(*prepared, connection)); }, app.request_of(*prepared).group());
    if (!accepted) done(app.answer_exception(std::make_exception_ptr(Error(Code::busy)), app.request_of(*prepared)));
}

void touch_alone(const App& app, Workers& workers, const std::string& token_hash) {
    workers.submit([&app, token_hash](persistence::Connection& connection) { app.touch(token_hash, connection); });
}

}  // namespace margelle
