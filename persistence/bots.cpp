#include "persistence/bots.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::bots {
namespace {

#define BOT_COLUMNS                                                                                                                               \
    "b.bot_id AS id, m.name, o.member_id AS \"owner.id\", o.name AS \"owner.name\", to_jsonb(b.scopes) AS scopes,"                               \
    " CASE WHEN b.revoked_at IS NOT NULL THEN 'revoked' WHEN b.confirmed_at IS NULL THEN 'awaiting' ELSE 'active' END AS state, margelle.bot_works(b) AS works,"                                  \
    " c.member_id AS \"created_by.id\", c.name AS \"created_by.name\", b.created_at, b.revision,"                                                 \
    " (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.key_id, 'name', k.name, 'created_at', " UTC_TEXT("k.created_at") ", 'expires_at', "   \
    UTC_TEXT("k.expires_at") ", 'last_used_at', " UTC_TEXT("k.last_used_at") ", 'revoked_at', " UTC_TEXT("k.revoked_at")                          \
    ") ORDER BY k.created_at, k.key_id), '[]') FROM margelle.access_keys k WHERE k.group_id = b.group_id AND k.bot_id = b.bot_id) AS keys"
#define BOT_TABLES                                                                                                                                \
    " FROM margelle.bots b JOIN margelle.members m ON m.member_id = b.bot_id JOIN margelle.members o ON o.member_id = b.owner_id"                 \
    " JOIN margelle.members c ON c.member_id = b.created_by"

std::string ids(const std::string& bot) { return R"({"bot_id":")" + bot + R"("})"; }

}  // namespace

std::string list(Transaction& t) {
    return json_whole_list(run(t, "SELECT " BOT_COLUMNS BOT_TABLES
        " WHERE b.group_id = $1 ORDER BY b.revoked_at IS NOT NULL, m.name COLLATE \"fr-x-icu\", b.bot_id", t.who().group));
}

std::optional<Shown> show(Transaction& t, const std::string& bot) {
    const auto rows = run(t, "SELECT " BOT_COLUMNS BOT_TABLES " WHERE b.group_id = $1 AND b.bot_id = $2", t.who().group, bot);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Shown{json_object(row), row["revision"].as<int>(), row["owner.id"].as<std::string>(), row["state"].as<std::string>() == "revoked"};
}

std::string self(Transaction& t) {
    return json_object(run(t,
        "SELECT b.bot_id AS id, m.name, b.group_id, to_jsonb(b.scopes) AS scopes, k.key_id AS \"key.id\", k.name AS \"key.name\", k.expires_at AS \"key.expires_at\""
        "  FROM margelle.bots b JOIN margelle.members m ON m.member_id = b.bot_id JOIN margelle.access_keys k ON k.group_id = b.group_id AND k.bot_id = b.bot_id"
        " WHERE b.bot_id = $1 AND k.key_id = $2", t.who().member, t.who().session).at(0));
}

bool create(Transaction& t, const std::string& bot, const std::string& name, const std::string& owner, const std::vector<std::string>& scopes) {
    const auto made = run(t, "SELECT margelle.create_bot($1, $2, $3, $4::text[])", bot, name, owner, array_literal(scopes));
    if (!made[0][0].as<bool>()) return false;
    events::append(t, "bot.created", ids(bot));
    return true;
}

Outcome update(Transaction& t, const std::string& bot, int revision, const Change& change) {
    const auto rows = run(t, "SELECT margelle.change_bot($1, $2, $3, $4, $5::text[])", bot, revision, change.name, change.owner,
        change.scopes ? std::optional(array_literal(*change.scopes)) : std::nullopt);
    const std::string outcome = rows[0][0].as<std::string>();
    if (outcome != "changed") return outcome == "owner" ? Outcome::no_such_owner : Outcome::stale;
    events::append_rights(t, "bot.changed", ids(bot));
    return Outcome::changed;
}

bool confirm(Transaction& t, const std::string& bot) {
    if (!run(t, "SELECT margelle.confirm_bot($1)", bot)[0][0].as<bool>()) return false;
    events::append_rights(t, "bot.changed", ids(bot));
    return true;
}

void revoke(Transaction& t, const std::string& bot) {
    const auto rows = run(t, "UPDATE margelle.bots SET revoked_at = now(), revision = revision + 1 WHERE group_id = $1 AND bot_id = $2 AND revoked_at IS NULL",
        t.who().group, bot);
    if (rows.affected_rows() > 0) events::append_rights(t, "bot.revoked", ids(bot));
}

}  // namespace margelle::persistence::bots
