#include "server/app.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "persistence/access_keys.hpp"
#include "persistence/idempotency.hpp"
#include "persistence/sessions.hpp"
#include "protocol/digest.hpp"
#include "server/context.hpp"
#include "server/documents.hpp"
#include "server/handlers/handlers.hpp"
#include "server/identity/cookie.hpp"
#include "server/identity/credential.hpp"
#include "server/known_values.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/refusal.hpp"

namespace margelle {

using persistence::RightsChanged;
using persistence::SqlFailure;

struct App::Prepared {
    Request request;
    const Route* route;
    nlohmann::json body;
};

namespace {

constexpr int attempts = 3;

bool worth_another_try(const std::string& state) { return state == "40001" || state == "40P01"; }

// By which a repeated Idempotency-Key is told from one that is used for something else.
std::string request_hash(const Request& request) { return sha256(request.path + '\n' + request.body); }

// Before the answer leaves. The request is done: only this is tried again. What its caller may not read any more is not sent.
void keep_readings(persistence::Connection& connection, const std::string& token_hash, Context& context) {
    for (int attempt_number = 1;; ++attempt_number) {
        try {
            persistence::Transaction t(connection, persistence::Access::write);
            t.enter(token_hash, context.who().group, context.request.address);
            if (!persistence::readings::keep(t, context.sent)) throw Error(Code::not_found);
            t.commit();
            return;
        } catch (const SqlFailure& failure) {
            if (!worth_another_try(failure.state)) throw;
            if (attempt_number == attempts) throw Error(Code::busy);
        }
    }
}

// What PostgreSQL's refusals mean to a caller (appendix A of its manual); nothing: a fault.
std::optional<Code> code_of(const std::string& state) {
    if (state == "23505") return Code::conflict;
    if (state == "23503" || state == "23514" || state.starts_with("22")) return Code::invalid;
    if (state == "PL002") return Code::last_moderator;
    if (worth_another_try(state) || state == "57014" || state.starts_with("53") || state.starts_with("08") || state.starts_with("57P") || state == "in_doubt")
        return Code::busy;
    return std::nullopt;
}

}  // namespace

App::App(const Services& services, Metrics& metrics)
    : services_(services), metrics_(metrics), contract_(http_contract()), router_(routes()) {
    const auto described = contract_.routes();
    for (const Route& route : routes())
        if (std::none_of(described.begin(), described.end(), [&](const auto& d) { return d.operation == route.operation; }))
            throw std::logic_error("no operation " + std::string(route.operation) + " in the contract");
}

std::shared_ptr<const App::Prepared> App::prepare(Request request) const {
    auto prepared = std::make_shared<Prepared>();
    prepared->request = std::move(request);
    prepared->route = &router_.find(prepared->request);
    check_credentials(prepared->request, services_.config);
    prepared->body = contract_.check_request(prepared->route->operation, prepared->request.inputs,
                                             prepared->request.header("content-type"), prepared->request.body);
    return prepared;
}

const Route& App::route_of(const Prepared& prepared) const { return *prepared.route; }

const Request& App::request_of(const Prepared& prepared) const { return prepared.request; }

Response App::serve(Request request, persistence::Connection& connection) const noexcept {
    try {
        return run(*prepare(request), connection);
    } catch (...) {
        return answer_exception(std::current_exception(), request);
    }
}

Response App::run(const Prepared& prepared, persistence::Connection& connection) const noexcept {
    const auto begun = std::chrono::steady_clock::now();
    Response response;
    try {
        for (int attempt_number = 1;; ++attempt_number) {
            try {
                response = attempt(prepared, connection);
                break;
            } catch (const RightsChanged&) {
                if (attempt_number == attempts) throw Error(Code::busy);
            } catch (const SqlFailure& failure) {
                if (!worth_another_try(failure.state) || attempt_number == attempts) throw;
            }
        }
    } catch (const Error& error) {
        if (const auto refusal = refusal_of(prepared.request, *prepared.route, error.code, services_.config)) services_.announcer.refused(*refusal);
        response = answer_exception(std::current_exception(), prepared.request);
    } catch (...) {
        response = answer_exception(std::current_exception(), prepared.request);
    }
    metrics_.count(prepared.route->operation, response.status, std::chrono::steady_clock::now() - begun);
    return response;
}

Response App::attempt(const Prepared& prepared, persistence::Connection& connection) const {
    const Route& route = *prepared.route;
    const Request& request = prepared.request;
    Context context(services_, request, route, prepared.body, connection);
    if (context.who().scopes)
        if (const auto wait = key_budget_.spend(context.who().session)) {
            Error error(Code::rate_limited);
            error.retry_after = *wait;
            throw error;
        }

    const std::string key(route.replay && context.who().member ? request.header("idempotency-key") : std::string_view{});
    std::string body_hash;
    Response response;
    bool replayed = false;
    if (!key.empty()) {
        body_hash = request_hash(request);
        const auto found = persistence::idempotency::claim(context.transaction(), std::string(route.operation), key, body_hash);
        if (found.state == persistence::idempotency::State::running) throw Error(Code::still_running);
        if (found.state == persistence::idempotency::State::other_body) throw Error(Code::key_reused);
        if (found.state == persistence::idempotency::State::done) {
            response = route.replay(context, found.created);
            replayed = true;
        }
    }
    if (!replayed) {
        check_known_values(context);
        response = route.handle(context);
        if (!key.empty()) persistence::idempotency::keep(context.transaction(), std::string(route.operation), key, body_hash, context.created);
    }
    const persistence::Entrance who = context.who();
    const auto token_hash = context.token_hash();
    context.commit();
    if (who.records_reading && !context.sent.empty() && !request.head) keep_readings(connection, *token_hash, context);

    if (!context.changed.empty()) services_.announcer.changed(context.changed);
    if (!context.ended_sessions.empty()) services_.announcer.ended(context.ended_sessions);
    if (context.mail_queued) services_.announcer.mail_queued();
    // Outside the request's transaction, and at most once a minute.
    if (who.stale && token_hash) touch(*token_hash, connection);
    return response;
}

persistence::posts::New App::draft(const Prepared& prepared) const {
    const Request& request = prepared.request;
    auto post = handlers::posts::draft(request, prepared.body, session_token_hash(request, services_.config));
    if (const auto key = request.header("idempotency-key"); !key.empty()) {
        post.key = key;
        post.request_hash = request_hash(request);
    }
    return post;
}

void App::touch(const std::string& token_hash, persistence::Connection& connection) const noexcept {
    try {
        persistence::Transaction t(connection, persistence::Access::write);
        if (t.enter(token_hash, std::nullopt).scopes) persistence::access_keys::touch(t);
        else persistence::sessions::touch(t);
        t.commit();
    } catch (const std::exception& error) {
        log(Level::warning, "session not touched", {{"error", error.what()}});
    }
}

Response App::answer_exception(std::exception_ptr exception, const Request& request) const noexcept {
    Error error(Code::fault);
    try {
        std::rethrow_exception(exception);
    } catch (const Error& thrown) {
        error = thrown;
    } catch (const SqlFailure& failure) {
        if (failure.state == "42501") {
            // A policy held where a handler forgot its gate: nothing to see, and something to mend.
            error = Error(Code::not_found);
            log(Level::error, "refused by a policy", {{"request", request.id}, {"error", failure.what()}});
        } else if (const auto code = code_of(failure.state)) {
            error = Error(*code);
            log(*code == Code::busy ? Level::warning : Level::info, "refused by the database", {{"request", request.id}, {"sqlstate", failure.state}});
        } else {
            log(Level::error, "database fault", {{"request", request.id}, {"sqlstate", failure.state}, {"error", failure.what()}});
        }
    } catch (const std::exception& thrown) {
        log(Level::error, "fault", {{"request", request.id}, {"error", thrown.what()}});
    } catch (...) {
        log(Level::error, "fault of an unknown kind", {{"request", request.id}});
    }
    Response response{status_of(error.code), "application/problem+json", problem_json(error, request.language(), request.id)};
    if (error.content_size)
        response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(*error.content_size));  // RFC 9110 §14.4
    if (error.code == Code::upload_protocol) response.headers.emplace_back("Tus-Version", "1.0.0");
    if (error.code == Code::busy || error.code == Code::rate_limited)
        response.headers.emplace_back("Retry-After", std::to_string(error.retry_after.value_or(error.code == Code::busy ? 1 : 60)));
    return response;
}

}  // namespace margelle
