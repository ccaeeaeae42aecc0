#pragma once
// While one lives, what is submitted goes to an instance's writer as in a node, but for whoever: a node lets in only those who have
// written before.
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
