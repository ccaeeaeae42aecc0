#pragma once
// While one lives, what is submitted goes to an instance's writer as in a node, whoever submits it: a node first asks who may write
// (Writer::lets), so that only what changes meanwhile meets the writer's own gate.
#include "server/workers.hpp"
#include "server/writer.hpp"
#include "tests/support/instance.hpp"

namespace margelle::tests {

class Gathering {
public:
    explicit Gathering(Instance& instance);
    ~Gathering();

    Writer& writer() { return writer_; }

private:
    Response run(std::shared_ptr<const App::Prepared> prepared);

    Instance& instance_;
    Workers workers_;
    Writer writer_;
};

}  // namespace margelle::tests
