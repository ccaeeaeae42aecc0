#include "persistence/organisations.hpp"

#include "persistence/owner.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/ids.hpp"

namespace margelle::persistence::organisations {

std::string declare(Transaction& t, const New& organisation, const std::string& declared_by) {
    const auto known = run(t,
        "SELECT organisation_id FROM margelle.organisations"
        " WHERE siret = $1 OR ($1 IS NULL AND lower(name) = lower($2) AND category = $3) ORDER BY state = 'verified' DESC, created_at LIMIT 1",
        organisation.siret, organisation.name, organisation.category);
    if (!known.empty()) return known[0][0].as<std::string>();
    const std::string id = new_id();
    run(t, "INSERT INTO margelle.organisations (organisation_id, name, category, siret, territory, themes, declared_by)"
           " VALUES ($1, $2, $3, $4, $5, $6::text[], $7)",
        id, organisation.name, organisation.category, organisation.siret, organisation.territory, array_literal(organisation.themes), declared_by);
    return id;
}

std::string find(Transaction& t, const std::string& text) {
    return json_whole_list(run(t,
        "SELECT organisation_id AS id, name, category, state, siret, territory, to_jsonb(themes) AS themes"
        "  FROM margelle.organisations WHERE strpos(' ' || lower(name), ' ' || lower($1)) > 0"
        " ORDER BY state = 'verified' DESC, name COLLATE \"fr-x-icu\" LIMIT 20", text));
}

std::string show(Transaction& t, const std::string& organisation) {
    return json_object(run(t,
        "SELECT organisation_id AS id, name, category, state, siret, territory, to_jsonb(themes) AS themes, email_domain"
        "  FROM margelle.organisations WHERE organisation_id = $1", organisation).at(0));
}

bool exists(Transaction& t, const std::string& organisation) {
    return !run(t, "SELECT 1 FROM margelle.organisations WHERE organisation_id = $1", organisation).empty();
}

void add_member(Transaction& t, const std::string& organisation, const std::optional<std::string>& title) {
    run(t, "INSERT INTO margelle.member_organisations (member_id, organisation_id, title) VALUES ($1, $2, $3)"
           " ON CONFLICT (member_id, organisation_id) DO UPDATE SET title = excluded.title", t.who().member, organisation, title);
}

bool remove_member(Transaction& t, const std::string& organisation) {
    return run(t, "DELETE FROM margelle.member_organisations WHERE member_id = $1 AND organisation_id = $2",
               t.who().member, organisation).affected_rows() > 0;
}

bool is_mine(Transaction& t, const std::string& organisation) {
    return !run(t, "SELECT 1 FROM margelle.member_organisations WHERE member_id = $1 AND organisation_id = $2", t.who().member, organisation).empty();
}

bool verify(Transaction& t, const std::string& organisation, const Verification& verification) {
    const auto& domain = verification.email_domain;
    return run(t, "SELECT margelle.verify_organisation($1, $2, $3, $4)", organisation, verification.state, domain.has_value(),
               domain ? *domain : std::nullopt)[0][0].as<bool>();
}

bool confirm(Transaction& t, const std::string& organisation, const std::string& email) {
    return run(t, "SELECT margelle.confirm_affiliation($1, $2)", organisation, email)[0][0].as<bool>();
}

std::vector<std::string> lines(const std::string& owner_url) {
    return as_owner(owner_url, [](pqxx::work& work) {
        std::vector<std::string> lines;
        for (const auto& row : work.exec("SELECT concat_ws(' ', organisation_id, state, name, '@' || email_domain) FROM margelle.organisations ORDER BY state, name"))
            lines.push_back(row[0].as<std::string>());
        return lines;
    });
}

bool verify(const std::string& owner_url, const std::string& organisation, const std::optional<std::string>& email_domain) {
    return as_owner(owner_url, [&](pqxx::work& work) {
        return work.exec_params("UPDATE margelle.organisations SET state = 'verified', email_domain = coalesce(lower($2), email_domain)"
                                " WHERE organisation_id::text = $1", organisation, email_domain).affected_rows() > 0;
    });
}

bool confirm(const std::string& owner_url, const std::string& organisation, const std::string& email) {
    return as_owner(owner_url, [&](pqxx::work& work) {
        return work.exec_params("UPDATE margelle.member_organisations x SET confirmed_at = now() FROM margelle.accounts a"
                                " WHERE x.organisation_id::text = $1 AND a.member_id = x.member_id AND lower(a.email) = lower($2)",
                                organisation, email).affected_rows() > 0;
    });
}

}  // namespace margelle::persistence::organisations
