#include "persistence/organisations.hpp"

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

}  // namespace margelle::persistence::organisations
