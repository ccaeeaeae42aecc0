#include "server/net/health.hpp"

#include "server/metrics.hpp"

namespace margelle::net {

bool is_health_path(std::string_view path) { return path == "/healthz" || path == "/readyz" || path == "/metrics"; }

asio::awaitable<Response> answer_health(Shared& shared, std::string path) {
    Response response{200, "text/plain; charset=utf-8", "ok\n"};
    if (path == "/metrics") {
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = shared.app.metrics().text();
    } else if (path == "/readyz") {
        auto ready = std::make_shared<bool>(false);
        Workers::Job job = [ready](persistence::Connection& connection) {
            try {
                persistence::Transaction t(connection, persistence::Access::read);
                t.enter(std::nullopt, std::nullopt);
                *ready = true;
            } catch (const std::exception&) {
                *ready = false;
            }
        };
        std::string nobody;
        auto accepted = co_await on_worker(shared, shared.workers, std::move(nobody), std::move(job));
        if (!accepted || !*ready || shared.draining) response = {503, "text/plain; charset=utf-8", "not ready\n"};
    }
    co_return response;
}

}  // namespace margelle::net
