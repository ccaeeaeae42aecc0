#include "server/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace margelle {

struct Metrics::Impl {
    struct Instruments {
        prometheus::Counter& requests;
        prometheus::Histogram& durations;
    };

    // The registry finds an instrument by hashing its labels' texts, with every request: found once, it is kept.
    const Instruments& instruments(std::string_view operation, int status) {
        const std::lock_guard lock(mutex);
        const auto found = known.find({operation, status});
        if (found != known.end()) return found->second;
        const std::string name(operation);
        return known.emplace(std::pair(operation, status), Instruments{requests.Add({{"operation", name}, {"status", std::to_string(status)}}),
            durations.Add({{"operation", name}}, prometheus::Histogram::BucketBoundaries{.001, .003, .01, .03, .1, .3, 1, 3})}).first->second;
    }

    std::mutex mutex;
    std::map<std::pair<std::string_view, int>, Instruments> known;
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter().Name("margelle_requests_total").Help("Requests by operation and status").Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram().Name("margelle_request_seconds").Help("Time in the handler, by operation").Register(registry);
    prometheus::Gauge& streams =
        prometheus::BuildGauge().Name("margelle_streams").Help("Open WebSocket connections").Register(registry).Add({});
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::count(std::string_view operation, int status, std::chrono::steady_clock::duration took) {
    const auto& [requests, durations] = impl_->instruments(operation, status);
    requests.Increment();
    durations.Observe(std::chrono::duration<double>(took).count());
}

void Metrics::set_streams(std::size_t open) { impl_->streams.Set(static_cast<double>(open)); }

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace margelle
