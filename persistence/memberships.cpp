#include "persistence/memberships.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::memberships {
namespace {

std::string changed(const std::string& member, const std::string& state) {
    return R"({"member_id":")" + member + R"(","state":")" + state + R"("})";
}

}  // namespace

std::string list(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT m.member_id AS \"member.id\", p.name AS \"member.name\", m.role, m.category,"
        "       o.organisation_id AS \"organisation.id\", o.name AS \"organisation.name\", margelle.affiliation(m.member_id, m.organisation_id) AS \"organisation.state\","
        "       margelle.member_title(m.member_id, m.organisation_id) AS title,"
        "       m.since AS joined_at, margelle.has_accepted(m.member_id) AS accepted"
        "  FROM margelle.memberships m"
        "  JOIN margelle.members p ON p.member_id = m.member_id"
        "  LEFT JOIN margelle.organisations o ON o.organisation_id = m.organisation_id"
        " WHERE m.group_id = $1 AND m.state = 'active' ORDER BY p.name COLLATE \"fr-x-icu\", m.member_id", t.who().group));
}

std::string requests(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT m.member_id AS \"member.id\", p.name AS \"member.name\", m.message, m.category,"
        "       o.organisation_id AS \"organisation.id\", o.name AS \"organisation.name\", margelle.affiliation(m.member_id, m.organisation_id) AS \"organisation.state\", m.since AS requested_at"
        "  FROM margelle.memberships m"
        "  JOIN margelle.members p ON p.member_id = m.member_id"
        "  LEFT JOIN margelle.organisations o ON o.organisation_id = m.organisation_id"
        " WHERE m.group_id = $1 AND m.state = 'requested' ORDER BY m.since, m.member_id", t.who().group));
}

std::vector<std::string> absent(Transaction& t, const std::vector<std::string>& members) {
    std::vector<std::string> found;
    for (const auto& row : run(t,
        "SELECT x.id FROM unnest($2::uuid[]) WITH ORDINALITY x(id, place) LEFT JOIN margelle.memberships m"
        " ON m.group_id = $1 AND m.member_id = x.id AND m.state = 'active' WHERE m.member_id IS NULL ORDER BY x.place", t.who().group, array_literal(members)))
        found.push_back(row[0].as<std::string>());
    return found;
}

std::optional<Membership> find(Transaction& t, const std::string& member) {
    const auto rows = run(t, "SELECT role, state, organisation_id FROM margelle.memberships WHERE group_id = $1 AND member_id = $2", t.who().group, member);
    if (rows.empty()) return std::nullopt;
    return Membership{rows[0][0].as<std::string>(), rows[0][1].as<std::string>(), text_or_null(rows[0][2])};
}

void set_role(Transaction& t, const std::string& member, const std::string& role) {
    run(t, "UPDATE margelle.memberships SET role = $3 WHERE group_id = $1 AND member_id = $2 AND state = 'active'", t.who().group, member, role);
    events::append_rights(t, "membership.changed", changed(member, "active"));
}

void remove(Transaction& t, const std::string& member) {
    run(t, "UPDATE margelle.memberships SET state = 'removed', since = now() WHERE group_id = $1 AND member_id = $2 AND state = 'active'",
        t.who().group, member);
    events::append_rights(t, "membership.changed", changed(member, "removed"));
}

std::vector<std::string> remove_all(Transaction& t, const std::vector<std::string>& members, const std::optional<std::string>& organisation,
                                    const std::string& reason) {
    std::vector<std::string> removed;
    for (const auto& row : run(t,
        "WITH those AS (SELECT member_id FROM margelle.memberships"
        "                WHERE group_id = $1 AND state = 'active' AND (member_id = ANY ($2::uuid[]) OR organisation_id = $3) ORDER BY member_id FOR UPDATE)"
        " UPDATE margelle.memberships m SET state = 'removed', since = now() FROM those WHERE m.group_id = $1 AND m.member_id = those.member_id"
        " RETURNING m.member_id", t.who().group, array_literal(members), organisation))
        removed.push_back(row[0].as<std::string>());
    if (removed.empty()) return removed;
    run(t, "SELECT margelle.record_act('members.removed', NULL, $1, jsonb_build_object('reason', $2::text, 'members', to_jsonb($3::uuid[])))",
        organisation, reason, array_literal(removed));
    for (const std::string& member : removed) events::append(t, "membership.changed", changed(member, "removed"));
    run(t, "SELECT margelle.raise_access_epoch()");
    return removed;
}

void leave(Transaction& t) {
    const auto asking = run(t,
        "WITH was AS (SELECT state FROM margelle.memberships WHERE group_id = $1 AND member_id = $2 AND state IN ('active', 'requested') FOR UPDATE)"
        " UPDATE margelle.memberships m SET state = 'left', since = now() FROM was WHERE m.group_id = $1 AND m.member_id = $2 RETURNING was.state = 'requested'",
        t.who().group, t.who().member);
    if (asking.empty()) throw RightsChanged();      // let in, or out, meanwhile
    // Whoever only asked to join loses no right.
    if (asking[0][0].as<bool>()) events::append(t, "membership.changed", changed(*t.who().member, "left"));
    else events::append_rights(t, "membership.changed", changed(*t.who().member, "left"));
}

bool request(Transaction& t, const std::string& message, const std::string& category, const std::optional<std::string>& organisation) {
    const auto rows = run(t,
        "INSERT INTO margelle.memberships AS m (group_id, member_id, state, message, category, organisation_id)"
        " VALUES ($1, $2, 'requested', $3, $4, $5)"
        " ON CONFLICT (group_id, member_id) DO UPDATE SET state = 'requested', role = 'member', since = now(), message = excluded.message,"
        "    category = excluded.category, organisation_id = excluded.organisation_id WHERE m.state IN ('left', 'removed')",
        t.who().group, t.who().member, message, category, organisation);
    if (rows.affected_rows() == 0) return false;
    events::append(t, "membership.changed", changed(*t.who().member, "requested"));
    return true;
}

bool decide(Transaction& t, const std::string& member, bool accept) {
    const auto rows = run(t,
        "UPDATE margelle.memberships SET state = $3, since = now(), message = '' WHERE group_id = $1 AND member_id = $2 AND state = 'requested'",
        t.who().group, member, accept ? "active" : "left");
    if (rows.affected_rows() == 0) return false;
    events::append_rights(t, "membership.changed", changed(member, accept ? "active" : "left"));
    return true;
}

void act_for(Transaction& t, const std::optional<std::string>& category, const std::optional<std::optional<std::string>>& organisation) {
    run(t, "UPDATE margelle.memberships SET category = coalesce($3, category), organisation_id = CASE WHEN $4 THEN $5 ELSE organisation_id END"
           " WHERE group_id = $1 AND member_id = $2",
        t.who().group, t.who().member, category, organisation.has_value(), organisation ? *organisation : std::nullopt);
    events::append(t, "membership.changed", changed(*t.who().member, "active"));
}

}  // namespace margelle::persistence::memberships
