#include "persistence/live.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/json_text.hpp"

namespace margelle::persistence::live {

std::optional<Batch> after(Transaction& t, const std::string& group, const std::string& feed, std::int64_t after, int limit, int text) {
    const auto rows = run(t,
        "SELECT access_epoch, head, seq, kind, at, actor_id AS actor, data, post FROM margelle.feed_after($1, $2, $3, $4, $5)", group, feed, after, limit, text);
    if (rows.empty()) return std::nullopt;
    Batch batch{rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>(), {}};
    for (const auto& row : rows) {
        if (row["seq"].is_null()) break;
        std::string members = R"("seq":)" + row["seq"].as<std::string>() + R"(,"kind":)" + json_string(row["kind"].as<std::string>()) + R"(,"at":)";
        std::string at = row["at"].as<std::string>();
        at[10] = 'T';
        members += '"' + at.substr(0, at.rfind('+')) + R"(Z","actor":)";
        members += row["actor"].is_null() ? "null" : '"' + row["actor"].as<std::string>() + '"';
        std::string data = row["data"].as<std::string>();
        if (!row["post"].is_null()) data.insert(data.size() - 1, R"(,"post":)" + row["post"].as<std::string>());
        members += R"(,"data":)" + data;
        batch.events.push_back({row["seq"].as<std::int64_t>(), std::move(members)});
    }
    return batch;
}

namespace {

std::vector<std::string> column(const pqxx::result& rows) {
    std::vector<std::string> values;
    for (const auto& row : rows) values.push_back(row[0].as<std::string>());
    return values;
}

}  // namespace

std::vector<std::string> readers_among(Transaction& t, const std::string& group, const std::string& feed, const std::vector<std::string>& sessions) {
    return column(run(t, "SELECT margelle.readers_among($1, $2, $3::uuid[])", group, feed, array_literal(sessions)));
}

std::vector<std::string> open_among(Transaction& t, const std::vector<std::string>& sessions) {
    return column(run(t, "SELECT margelle.open_among($1::uuid[])", array_literal(sessions)));
}

std::optional<Head> head(Transaction& t, const std::string& feed) {
    const auto rows = run(t, "SELECT last_seq, access_epoch FROM margelle.feed_heads WHERE group_id = $1 AND feed_id = $2", t.who().group, feed);
    if (rows.empty()) return std::nullopt;
    return Head{rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>()};
}

namespace {

class Receiver : public pqxx::notification_receiver {
public:
    Receiver(pqxx::connection& connection, const std::string& channel, std::function<void(const std::string&)> handler)
        : notification_receiver(connection, channel), handler_(std::move(handler)) {}
    void operator()(const std::string& payload, int) override { handler_(payload); }

private:
    std::function<void(const std::string&)> handler_;
};

}  // namespace

struct Channel::Impl {
    explicit Impl(const std::string& url, std::function<void(const std::string&)> on_feed, std::function<void(const std::string&)> on_sessions)
        : connection(url), feeds(connection, "margelle_feeds", std::move(on_feed)), sessions(connection, "margelle_sessions", std::move(on_sessions)) {
        pqxx::nontransaction(connection).exec("SET application_name = 'margelle notifications'");      // for whoever looks at pg_stat_activity
    }
    pqxx::connection connection;
    Receiver feeds;
    Receiver sessions;
};

Channel::Channel(const std::string& url, std::function<void(const std::string&)> on_feed, std::function<void(const std::string&)> on_sessions) try
    : impl_(std::make_unique<Impl>(url, std::move(on_feed), std::move(on_sessions))) {
} catch (...) {
    rethrow_as_failure();
}

Channel::~Channel() = default;

void Channel::wait(int milliseconds) try {
    impl_->connection.await_notification(milliseconds / 1000, (milliseconds % 1000) * 1000);
} catch (...) {
    rethrow_as_failure();
}

void Channel::notify(const std::string& channel, const std::string& payload) try {
    pqxx::nontransaction session(impl_->connection);
    session.exec_params("SELECT pg_notify($1, $2)", channel, payload);
} catch (...) {
    rethrow_as_failure();
}

}  // namespace margelle::persistence::live
