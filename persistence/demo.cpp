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
        // A release follows its thread: proposed and approved the day after the last message, made public the day after that.
        work.exec("UPDATE margelle.release_passages x SET written_at = p.created_at FROM margelle.posts p WHERE p.group_id = x.group_id AND p.post_id = x.post_id");
        work.exec("UPDATE margelle.releases r SET proposed_at = least(now(), t.last_post_at + interval '22 hours') FROM margelle.threads t"
                  " WHERE t.group_id = r.group_id AND t.thread_id = r.thread_id");
        work.exec("UPDATE margelle.release_approvals a SET at = least(now(), r.proposed_at + interval '4 hours' * n.nth) FROM margelle.releases r,"
                  " (SELECT release_id, member_id, row_number() OVER (PARTITION BY release_id ORDER BY at, member_id) AS nth FROM margelle.release_approvals) n"
                  " WHERE r.release_id = a.release_id AND n.release_id = a.release_id AND n.member_id = a.member_id");
        work.exec("UPDATE margelle.releases r SET published_at = least(now(), (SELECT max(at) FROM margelle.release_approvals a WHERE a.release_id = r.release_id)"
                  " + interval '21 hours') WHERE published_at IS NOT NULL");
        work.exec("UPDATE margelle.events SET at = now() - interval '60 days' WHERE NOT data ? 'post_id' AND NOT data ? 'release_id'");
        work.exec("UPDATE margelle.events e SET at = CASE e.kind WHEN 'release.proposed' THEN r.proposed_at ELSE coalesce(r.published_at, r.proposed_at) END"
                  " FROM margelle.releases r WHERE e.data ->> 'release_id' = r.release_id::text");
        work.exec("UPDATE margelle.circles c SET created_at = t.first - interval '1 hour' FROM (SELECT group_id, feed_id, min(created_at) AS first"
                  " FROM margelle.threads GROUP BY group_id, feed_id) t WHERE t.group_id = c.group_id AND t.feed_id = c.circle_id");
        work.exec("UPDATE margelle.events e SET at = c.created_at FROM margelle.circles c WHERE e.feed_id = c.circle_id AND NOT e.data ? 'post_id'");
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
