#include "server/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace margelle {

struct Metrics::Impl {
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
    const std::string name(operation);
    impl_->requests.Add({{"operation", name}, {"status", std::to_string(status)}}).Increment();
    impl_->durations.Add({{"operation", name}}, prometheus::Histogram::BucketBoundaries{.001, .003, .01, .03, .1, .3, 1, 3})
        .Observe(std::chrono::duration<double>(took).count());
}

void Metrics::set_streams(std::size_t open) { impl_->streams.Set(static_cast<double>(open)); }

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace margelle
