// What many share is planned once, perhaps while the database is empty: such a plan must still serve when it is full.
#include <boost/test/unit_test.hpp>

#include <pqxx/pqxx>

#include "persistence/posts.hpp"
#include "persistence/sql.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;
namespace posts = margelle::persistence::posts;
using persistence::Access;
using persistence::Connection;
using persistence::Transaction;

namespace {

std::string token_hash(const Client& client) { return sha256(client.cookie.substr(client.cookie.find('=') + 1)); }

// Rows that this connection has read, table by table.
using Reads = std::map<std::string, long>;
Reads reads(Transaction& t) {
    Reads all;
    for (const auto& row : persistence::run(t, "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"))
        all[row[0].as<std::string>()] = row[1].as<long>();
    return all;
}

// Many of everything that a lookup could run through: the member's keys, and people.
void fill(Instance& instance, const Cast& cast) {
    instance.sql("INSERT INTO margelle.idempotency_keys (caller_id, operation, key, body_hash, created_id) SELECT '" + cast.member.member +
                 "', 'createPost', 'key ' || n, '', '' FROM generate_series(1, 1000) n");
    instance.sql("INSERT INTO margelle.members (member_id, name) SELECT gen_random_uuid(), 'Personne ' || n FROM generate_series(1, 1000) n");
    const std::string group = "'" + cast.group + "'", moderator = "'" + cast.moderator.member + "'";
    instance.sql("WITH robot AS (INSERT INTO margelle.members (member_id, kind, name) SELECT gen_random_uuid(), 'bot', 'Robot' FROM generate_series(1, 1000) RETURNING member_id),"
                 " made AS (INSERT INTO margelle.bots (group_id, bot_id, owner_id, confirmed_at, scopes, created_by)"
                 "          SELECT " + group + ", member_id, " + moderator + ", now(), '{threads:write}', " + moderator + " FROM robot RETURNING bot_id)"
                 " INSERT INTO margelle.access_keys (group_id, bot_id, key_id, token_hash, created_by, expires_at)"
                 " SELECT " + group + ", bot_id, gen_random_uuid(), uuid_send(gen_random_uuid()), " + moderator + ", now() + interval '1 day' FROM made");
}

// `act` twice on one connection, the second time over a full database: the most rows that it then reads of one table.
template <class Act>
long most_rows_read(Instance& instance, const Cast& cast, Act act) {
    Connection connection(instance.database.app_url());
    {
        Transaction first(connection, Access::each);
        act(first);
        first.commit();
    }
    fill(instance, cast);
    Transaction second(connection, Access::each);
    const Reads before = reads(second);
    act(second);
    long most = 0;
    for (const auto& [table, rows] : reads(second)) {
        const auto was = before.find(table);
        const long more = rows - (was == before.end() ? 0 : was->second);
        BOOST_TEST_INFO(table + ": " + std::to_string(more));
        most = std::max(most, more);
    }
    return most;
}

constexpr long few = 100;

}  // namespace

BOOST_AUTO_TEST_SUITE(plans)

BOOST_AUTO_TEST_CASE(a_batch_of_posts_that_was_planned_over_empty_tables_reads_few_rows_of_full_ones) {
    Instance instance;
    Cast cast(instance);
    const auto write = [&](Transaction& t) {
        const posts::New post{token_hash(cast.member), cast.group, cast.thread, new_id(), "Oui.", "<p>Oui.</p>", cast.post, {}, new_id(), sha256("Oui.")};
        BOOST_REQUIRE((posts::write(t, {&post}, posts::Patience::brief).at(0).outcome == posts::Outcome::created));
    };
    BOOST_TEST(most_rows_read(instance, cast, write) < few);
}

BOOST_AUTO_TEST_CASE(a_known_page_that_was_planned_over_empty_tables_reads_few_rows_of_full_ones) {
    Instance instance;
    Cast cast(instance);
    const auto ask = [&](Transaction& t) {
        const std::vector<posts::Asked> asked = {{token_hash(cast.member), cast.group, cast.thread}};
        BOOST_REQUIRE(posts::known(t, asked).at(0).has_value());
    };
    BOOST_TEST(most_rows_read(instance, cast, ask) < few);
}

BOOST_AUTO_TEST_SUITE_END()
