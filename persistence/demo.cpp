#include "persistence/demo.hpp"

#include <chrono>
#include <ctime>

#include "persistence/sql.hpp"

namespace margelle::persistence::demo {
namespace {

constexpr const char* forced[] = {"accounts", "sessions", "posts", "threads", "events", "memberships", "feed_heads"};

// Runs work with the policies lifted for the owner, and puts them back in the same transaction.
template <class Work>
void as_owner(const std::string& url, Work work) {
    pqxx::connection connection(url);
    pqxx::work transaction(connection);
    for (const char* table : forced) transaction.exec(std::string("ALTER TABLE margelle.") + table + " NO FORCE ROW LEVEL SECURITY");
    work(transaction);
    for (const char* table : forced) transaction.exec(std::string("ALTER TABLE margelle.") + table + " FORCE ROW LEVEL SECURITY");
    transaction.commit();
}

}  // namespace

bool is_empty(const std::string& owner_url) {
    pqxx::connection connection(owner_url);
    pqxx::nontransaction session(connection);
    return session.exec1("SELECT count(*) = 0 FROM margelle.members")[0].as<bool>();
}

void backdate(const std::string& owner_url, const std::vector<Moment>& moments, const std::vector<std::string>& verified) {
    as_owner(owner_url, [&](pqxx::work& work) {
        for (const Moment& moment : moments)
            work.exec_params("UPDATE margelle.posts SET created_at = least(now(), date_trunc('day', now()) - interval '1 minute' * $2) WHERE post_id = $1",
                             moment.post, moment.minutes_ago);
        work.exec("UPDATE margelle.threads t SET created_at = p.first, last_post_at = p.last FROM (SELECT group_id, thread_id, min(created_at) AS first,"
                  " max(created_at) AS last FROM margelle.posts GROUP BY group_id, thread_id) p WHERE p.group_id = t.group_id AND p.thread_id = t.thread_id");
        work.exec("UPDATE margelle.events e SET at = p.created_at FROM margelle.posts p WHERE p.group_id = e.group_id AND e.data ->> 'post_id' = p.post_id::text");
        work.exec("UPDATE margelle.events SET at = now() - interval '60 days' WHERE NOT data ? 'post_id'");
        work.exec("UPDATE margelle.memberships SET since = now() - interval '60 days'");
        for (const std::string& organisation : verified) work.exec_params("UPDATE margelle.organisations SET state = 'verified' WHERE organisation_id = $1", organisation);
        work.exec("DELETE FROM margelle.sessions");
        work.exec("DELETE FROM margelle.attempts");
    });
}

std::string date(int days) {
    const std::time_t at = std::time(nullptr) + static_cast<std::time_t>(days) * 86400;
    std::tm utc{};
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", gmtime_r(&at, &utc));
    return text;
}

}  // namespace margelle::persistence::demo
