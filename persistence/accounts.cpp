#include "persistence/accounts.hpp"

#include "persistence/owner.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::accounts {

std::optional<Account> by_email(Transaction& t, const std::string& email) {
    const auto rows = run(t, "SELECT member_id, password_hash, locked FROM margelle.account_by_email($1)", email);
    if (rows.empty()) return std::nullopt;
    return Account{rows[0][0].as<std::string>(), text_or_null(rows[0][1]), rows[0][2].as<bool>()};
}

void create(Transaction& t, const std::string& member, const std::string& email, const std::string& name,
            const std::string& language, const std::optional<std::string>& time_zone, const std::optional<std::string>& password_hash) {
    run(t, "SELECT margelle.create_account($1, $2, $3, $4, $5, $6)", member, email, name, language, time_zone, password_hash);
}

Mine mine(Transaction& t) {
    const auto row = run(t,
        "SELECT a.member_id AS id, m.name, a.email, a.language, a.time_zone, a.notice, a.administrator,"
        "       a.password_hash IS NOT NULL AS has_password,"
        "       coalesce((SELECT jsonb_agg(jsonb_build_object('title', x.title,"
        "                        'state', margelle.affiliation(x.member_id, x.organisation_id), 'organisation', jsonb_build_object("
        "                        'id', o.organisation_id, 'name', o.name, 'category', o.category, 'state', o.state)) ORDER BY o.name)"
        "                   FROM margelle.member_organisations x JOIN margelle.organisations o USING (organisation_id)"
        "                  WHERE x.member_id = a.member_id), '[]') AS organisations,"
        "       a.revision AS _revision"
        "  FROM margelle.accounts a JOIN margelle.members m USING (member_id) WHERE a.member_id = $1", t.who().member).at(0);
    return {json_object(row), row["_revision"].as<int>()};
}

bool update_mine(Transaction& t, int revision, const Change& change) {
    const auto rows = run(t,
        "UPDATE margelle.accounts SET language = coalesce($3, language), notice = coalesce($4, notice), revision = revision + 1,"
        "       time_zone = coalesce($5, time_zone) WHERE member_id = $1 AND revision = $2",
        t.who().member, revision, change.language, change.notice, change.time_zone);
    if (rows.affected_rows() == 0) return false;
    if (change.name) run(t, "UPDATE margelle.members SET name = $2 WHERE member_id = $1", t.who().member, change.name);
    return true;
}

std::optional<std::string> my_password_hash(Transaction& t) {
    return text_or_null(run(t, "SELECT password_hash FROM margelle.accounts WHERE member_id = $1", t.who().member).at(0)[0]);
}

std::string my_email(Transaction& t) {
    return run(t, "SELECT email FROM margelle.accounts WHERE member_id = $1", t.who().member).at(0)[0].as<std::string>();
}

void set_password(Transaction& t, const std::string& member, const std::string& password_hash) {
    run(t, "SELECT margelle.set_password($1, $2)", member, password_hash);
}

std::vector<std::string> erase_mine(Transaction& t) {
    std::vector<std::string> groups;
    for (const auto& row : run(t, "SELECT margelle.erase_account()")) groups.push_back(row[0].as<std::string>());
    return groups;
}

bool stop_notices(Transaction& t, const std::string& token_hash) {
    return run(t, "SELECT margelle.stop_notices($1)", bytes(token_hash))[0][0].as<bool>();
}

bool make_administrator(const std::string& owner_url, const std::string& email) {
    return as_owner(owner_url, [&](pqxx::work& work) {
        return work.exec_params("UPDATE margelle.accounts SET administrator = true WHERE lower(email) = lower($1)", email).affected_rows() > 0;
    });
}

bool set_locked(const std::string& owner_url, const std::string& email, bool locked) {
    return as_owner(owner_url, [&](pqxx::work& work) {
        return work.exec_params(
            "WITH account AS (UPDATE margelle.accounts SET locked_at = CASE WHEN $2 THEN now() END"
            "                  WHERE lower(email) = lower($1) RETURNING member_id),"
            "     ended AS (DELETE FROM margelle.sessions USING account WHERE sessions.member_id = account.member_id AND $2 RETURNING session_id),"
            "     told AS (SELECT count(pg_notify('margelle_sessions', session_id::text)) FROM ended)"
            " SELECT count(*) FROM account, told", email, locked)[0][0].as<int>() > 0;
    });
}

}  // namespace margelle::persistence::accounts
