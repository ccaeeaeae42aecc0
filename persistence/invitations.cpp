#include "persistence/invitations.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::invitations {

std::string finding(Transaction& t, const std::string& email) {
    return run(t, "SELECT margelle.invitation_finding($1)", email)[0][0].as<std::string>();
}

std::string create(Transaction& t, const New& invitation, const std::string& message) {
    // One that can no longer be taken up does not stand in the way.
    run(t, "UPDATE margelle.invitations SET state = 'withdrawn'"
           " WHERE group_id = $1 AND lower(email) = lower($2) AND state = 'pending' AND margelle.invitation_finding($2) = 'ready'", t.who().group, invitation.email);
    const std::string id = new_id();
    run(t, "INSERT INTO margelle.invitations (group_id, invitation_id, email, name, organisation_name, category, role, language, message, invited_by)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        t.who().group, id, invitation.email, invitation.name, invitation.organisation_name, invitation.category, invitation.role,
        invitation.language, message, t.who().member);
    run(t, "INSERT INTO margelle.outbox (mail_id, kind, group_id, invitation_id) VALUES ($1, 'invitation', $2, $3)", new_id(), t.who().group, id);
    return id;
}

std::string list(Transaction& t, const std::optional<std::vector<std::string>>& only) {
    return json_whole_list(run(t,
        "SELECT i.invitation_id AS id, i.email, i.name, i.organisation_name, i.category, i.role, i.language,"
        "       CASE WHEN i.state = 'pending' AND i.expires_at <= now() THEN 'expired' ELSE i.state END AS state,"
        "       i.created_at, i.expires_at, coalesce(d.delivery, 'sent') AS delivery"
        "  FROM margelle.invitations i LEFT JOIN margelle.invitation_deliveries() d USING (invitation_id)"
        " WHERE i.group_id = $1 AND ($2::uuid[] IS NULL OR i.invitation_id = ANY ($2::uuid[])) ORDER BY i.created_at DESC, i.invitation_id DESC",
        t.who().group, only ? std::optional<std::string>(array_literal(*only)) : std::nullopt));
}

bool withdraw(Transaction& t, const std::string& invitation) {
    return run(t, "UPDATE margelle.invitations SET state = 'withdrawn' WHERE group_id = $1 AND invitation_id = $2 AND state = 'pending'",
               t.who().group, invitation).affected_rows() > 0;
}

std::optional<Offer> lookup(Transaction& t, const std::string& token_hash) {
    const auto rows = run(t,
        "SELECT group_id AS \"group.id\", group_name AS \"group.name\", purpose AS \"group.purpose\", confidentiality AS \"group.confidentiality\","
        "       email, name, organisation_name, category, language, role, inviter_name, message, member_id IS NOT NULL AS account_exists,"
        "       expires_at, invitation_id AS _invitation_id, member_id AS _member_id FROM margelle.lookup_invitation($1)", bytes(token_hash));
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    const auto text = [&](const char* column) { return row[column].as<std::string>(); };
    return Offer{text("group.id"), text("_invitation_id"), text("group.name"), text("group.purpose"), text("group.confidentiality"),
                 text("email"), text("name"), text("language"), text("role"), text("inviter_name"), text("message"),
                 text_or_null(row["organisation_name"]), text_or_null(row["category"]), text_or_null(row["_member_id"]), json_object(row)};
}

std::string mine(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT invitation_id AS id, group_id AS \"group.id\", group_name AS \"group.name\", purpose AS \"group.purpose\","
        "       confidentiality AS \"group.confidentiality\", inviter_name, role, category, expires_at FROM margelle.my_invitations()"));
}

std::optional<Mine> find_mine(Transaction& t, const std::string& invitation) {
    const auto rows = run(t, "SELECT organisation_name, category FROM margelle.my_invitations() WHERE invitation_id = $1", invitation);
    if (rows.empty()) return std::nullopt;
    return Mine{text_or_null(rows[0][0]), text_or_null(rows[0][1])};
}

bool decline_mine(Transaction& t, const std::string& invitation) {
    return run(t, "SELECT margelle.decline_invitation($1)", invitation)[0][0].as<bool>();
}

std::optional<std::string> take(Transaction& t, const std::string& invitation, const std::string& member,
                                const std::optional<std::string>& category, const std::optional<std::string>& organisation) {
    const auto rows = run(t, "SELECT group_id FROM margelle.take_invitation($1, $2, $3, $4)", invitation, member, category, organisation);
    return rows.empty() ? std::nullopt : text_or_null(rows[0][0]);
}

}  // namespace margelle::persistence::invitations
