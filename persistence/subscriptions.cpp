#include "persistence/subscriptions.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::subscriptions {
namespace {

#define SUBSCRIPTION                                                                                                                              \
    "SELECT s.subscription_id AS id, s.kind, s.portal, s.query, s.organization, to_jsonb(s.territories) AS territories, to_jsonb(s.themes) AS themes," \
    " s.most AS \"limit\", s.paused, m.member_id AS \"created_by.id\", m.name AS \"created_by.name\", s.created_at, s.last_run, s.revision"       \
    "  FROM margelle.subscriptions s JOIN margelle.members m ON m.member_id = s.created_by WHERE s.group_id = $1"

std::string ids(const std::string& subscription) { return R"({"subscription_id":")" + subscription + R"("})"; }

std::optional<std::string> array(const std::optional<std::vector<std::string>>& values) {
    return values ? std::optional(array_literal(*values)) : std::nullopt;
}

}  // namespace

std::string list(Transaction& t) { return json_whole_list(run(t, SUBSCRIPTION " ORDER BY s.created_at, s.subscription_id", t.who().group)); }

std::optional<Shown> show(Transaction& t, const std::string& subscription) {
    const auto rows = run(t, SUBSCRIPTION " AND s.subscription_id = $2", t.who().group, subscription);
    return rows.empty() ? std::nullopt : std::optional(Shown{json_object(rows[0]), rows[0]["revision"].as<int>()});
}

void create(Transaction& t, const std::string& subscription, const Terms& terms) {
    run(t,
        "INSERT INTO margelle.subscriptions (group_id, subscription_id, kind, portal, query, organization, territories, themes, most, paused, created_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8::text[], $9, $10, $11)",
        t.who().group, subscription, terms.kind, terms.portal, terms.query, terms.organization, array_literal(terms.territories), array_literal(terms.themes),
        terms.most, terms.paused, t.who().member);
    events::append(t, "subscription.created", ids(subscription));
}

bool update(Transaction& t, const std::string& subscription, int revision, const Change& change) {
    const auto rows = run(t,
        "UPDATE margelle.subscriptions SET revision = revision + 1, portal = coalesce($4, portal), query = coalesce($5, query),"
        "       organization = CASE WHEN $6 THEN $7 ELSE organization END, territories = coalesce($8::text[], territories), themes = coalesce($9::text[], themes),"
        "       most = coalesce($10, most), paused = coalesce($11, paused)"
        " WHERE group_id = $1 AND subscription_id = $2 AND revision = $3",
        t.who().group, subscription, revision, change.portal, change.query, change.organization.has_value(),
        change.organization ? *change.organization : std::nullopt, array(change.territories), array(change.themes), change.most, change.paused);
    if (rows.affected_rows() == 0) return false;
    events::append(t, "subscription.changed", ids(subscription));
    return true;
}

bool remove(Transaction& t, const std::string& subscription) {
    const auto rows = run(t, "DELETE FROM margelle.subscriptions WHERE group_id = $1 AND subscription_id = $2", t.who().group, subscription);
    if (rows.affected_rows() == 0) return false;
    events::append(t, "subscription.deleted", ids(subscription));
    return true;
}

bool report(Transaction& t, const std::string& subscription, const std::string& run_of_it) {
    return run(t, "SELECT margelle.report_run($1, $2::jsonb)", subscription, run_of_it)[0][0].as<bool>();
}

}  // namespace margelle::persistence::subscriptions
