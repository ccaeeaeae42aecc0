#include "server/net/shared.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "server/alone.hpp"
#include "server/identity/cookie.hpp"

namespace margelle::net {
namespace {

template <class Token>
auto async_on_worker(Shared& shared, Workers& workers, std::string group, Workers::Job job, Token&& completion) {
    return asio::async_initiate<Token, void(bool)>(
        [&shared, &workers](auto handler, std::string whose, Workers::Job work) {
            // The queue's jobs are copyable, the handler is not.
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            auto alive = std::make_shared<asio::executor_work_guard<asio::io_context::executor_type>>(shared.context.get_executor());
            const bool accepted = workers.submit([&shared, kept, alive, work = std::move(work)](persistence::Connection& connection) {
                work(connection);
                asio::post(shared.context, [kept, alive]() mutable { std::move (*kept)(true); });
            }, std::move(whose));
            if (!accepted) asio::post(shared.context, [kept]() mutable { std::move (*kept)(false); });
        },
        completion, std::move(group), std::move(job));
}

}  // namespace

asio::awaitable<bool> on_worker(Shared& shared, Workers& workers, std::string group, Workers::Job job) {
    auto done = co_await async_on_worker(shared, workers, std::move(group), std::move(job), asio::use_awaitable);
    co_return done;
}

namespace {

using Done = std::function<void(Response)>;
using Taker = void (*)(Shared&, std::shared_ptr<const App::Prepared>, Done);

// Completes with what `taker` is told the response is, on whichever thread; nothing is held meanwhile.
template <class Token>
auto async_take(Shared& shared, Taker taker, std::shared_ptr<const App::Prepared> request, Token&& completion) {
    return asio::async_initiate<Token, void(Response)>(
        [&shared, taker](auto handler, std::shared_ptr<const App::Prepared> prepared) {
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            auto alive = std::make_shared<asio::executor_work_guard<asio::io_context::executor_type>>(shared.context.get_executor());
            taker(shared, std::move(prepared), [&shared, kept, alive](Response response) {
                asio::post(shared.context, [kept, alive, response = std::move(response)]() mutable { std::move (*kept)(std::move(response)); });
            });
        },
        completion, std::move(request));
}

// Rendered on a worker, written by the writer. That of whoever may not write here runs as any request does.
void take_post(Shared& shared, std::shared_ptr<const App::Prepared> prepared, Done done) {
    const auto busy = [&shared, prepared, done] {
        done(shared.app.answer_exception(std::make_exception_ptr(Error(Code::busy)), shared.app.request_of(*prepared)));
    };
    const bool accepted = shared.workers.submit([&shared, prepared, done, busy](persistence::Connection& connection) {
        try {
            const Request& asked = shared.app.request_of(*prepared);
            const auto token_hash = session_token_hash(asked, shared.config);
            const std::string& group = asked.inputs.path.at("group");
            if (!token_hash || !shared.writer.lets(connection, *token_hash, group)) done(shared.app.run(*prepared, connection));
            else if (!shared.writer.submit({prepared, shared.app.draft(*prepared), done})) busy();
        } catch (...) {
            done(shared.app.answer_exception(std::current_exception(), shared.app.request_of(*prepared)));
        }
    }, shared.app.request_of(*prepared).group());
    if (!accepted) busy();
}

void take_known_page(Shared& shared, std::shared_ptr<const App::Prepared> prepared, Done done) {
    const auto token_hash = session_token_hash(shared.app.request_of(*prepared), shared.config);
    if (!token_hash || !shared.known_pages.submit({prepared, *token_hash, done})) run_alone(shared.app, shared.workers, std::move(prepared), std::move(done));
}

// Who takes a request that does not simply run on a worker; nothing: nobody.
Taker taker_of(const Route& route, const Request& request) {
    if (!request.header("read-as").empty()) return nullptr;
    if (route.run == Run::submit) return take_post;
    if (route.run == Run::page && !request.header("if-none-match").empty()) return take_known_page;
    return nullptr;
}

}  // namespace

asio::awaitable<Response> run(Shared& shared, std::shared_ptr<const App::Prepared> prepared) {
    const App& app = shared.app;
    const Route& route = app.route_of(*prepared);
    if (const Taker taker = taker_of(route, app.request_of(*prepared))) {
        auto taken = co_await async_take(shared, taker, prepared, asio::use_awaitable);
        co_return taken;
    }
    auto response = std::make_shared<Response>();
    Workers& workers = route.run == Run::password ? shared.password_workers : shared.workers;
    Workers::Job job = [&app, prepared, response](persistence::Connection& connection) { *response = app.run(*prepared, connection); };
    std::string group = app.request_of(*prepared).group();
    auto accepted = co_await on_worker(shared, workers, std::move(group), std::move(job));
    if (!accepted) *response = app.answer_exception(std::make_exception_ptr(Error(Code::busy)), app.request_of(*prepared));
    co_return std::move(*response);
}

}  // namespace margelle::net
