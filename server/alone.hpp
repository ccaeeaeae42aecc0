#pragma once
// The way of every request that no batch takes or answers: alone, in a transaction on a worker.
#include <functional>
#include <memory>

#include "server/app.hpp"
#include "server/workers.hpp"

namespace margelle {

// `done` is called once, on any thread; with Code::busy when too many wait for the workers.
void run_alone(const App& app, Workers& workers, std::shared_ptr<const App::Prepared> prepared, std::function<void(Response)> done);

// Notes on a worker that a session is in use.
void touch_alone(const App& app, Workers& workers, const std::string& token_hash);

}  // namespace margelle
