#include "persistence/demo.hpp"

#include <chrono>
#include <ctime>

#include "persistence/owner.hpp"

namespace margelle::persistence::demo {
std::shared_ptr<void> begin(const std::string& owner_url) {
    auto connection = std::make_shared<pqxx::connection>(owner_url);
    {
        pqxx::nontransaction session(*connection);
        session.exec("SELECT pg_advisory_lock(hashtext('margelle.demonstration'))");        // until the connection closes
    }
    pqxx::work work(*connection);
    const auto row = work.exec1(
        "SELECT EXISTS (SELECT FROM margelle.members), EXISTS (SELECT FROM margelle.unfinished_demonstration),"
        "       EXISTS (SELECT FROM margelle.accounts WHERE email NOT LIKE '%@demo.example')");
    const bool filled = row[0].as<bool>(), unfinished = row[1].as<bool>(), strangers = row[2].as<bool>();
    if (filled && (!unfinished || strangers)) return nullptr;
    work.exec("SET LOCAL client_min_messages = warning");       // not each table that follows
    if (unfinished) work.exec("TRUNCATE margelle.members, margelle.groups, margelle.attempts CASCADE");
    else work.exec("INSERT INTO margelle.unfinished_demonstration DEFAULT VALUES");
    work.commit();
    return connection;
}

void finish(const std::string& owner_url, const std::vector<Moment>& moments, const std::vector<std::string>& verified) {
    as_owner(owner_url, [&](pqxx::work& work) {
        for (const Moment& moment : moments)
            work.exec_params("UPDATE margelle.posts SET created_at = least(now(), date_trunc('day', now()) - interval '1 minute' * $2) WHERE post_id = $1",
                             moment.post, moment.minutes_ago);
        work.exec("UPDATE margelle.threads t SET created_at = p.first, last_post_at = p.last FROM (SELECT group_id, thread_id, min(created_at) AS first,"
                  " max(created_at) AS last FROM margelle.posts GROUP BY group_id, thread_id) p WHERE p.group_id = t.group_id AND p.thread_id = t.thread_id");
        work.exec("UPDATE margelle.events e SET at = p.created_at FROM margelle.posts p WHERE p.group_id = e.group_id AND e.data ->> 'post_id' = p.post_id::text");
        work.exec("UPDATE margelle.events SET at = now() - interval '60 days' WHERE NOT data ? 'post_id'");
        work.exec("UPDATE margelle.memberships SET since = now() - interval '60 days'");
        for (const std::string& organisation : verified) {
            work.exec_params("UPDATE margelle.organisations SET state = 'verified' WHERE organisation_id = $1", organisation);
            work.exec_params("UPDATE margelle.member_organisations SET confirmed_at = now() WHERE organisation_id = $1", organisation);
        }
        work.exec("DELETE FROM margelle.sessions");
        work.exec("DELETE FROM margelle.attempts");
        return work.exec("DELETE FROM margelle.unfinished_demonstration").affected_rows();
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
