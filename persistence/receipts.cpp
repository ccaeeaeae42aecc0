#include "persistence/receipts.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::receipts {

std::string mine(Transaction& t) {
    return json_whole_list(run(t,
        "SELECT group_id AS \"group.id\", group_name AS \"group.name\", version, at, organisation_name, capacity, organisation_state,"
        "       left_at, secrecy_months, secrecy_ends_on FROM margelle.my_receipts()"));
}

std::optional<std::string> find_mine(Transaction& t, const std::string& group, const std::string& version) {
    const auto rows = run(t,
        "SELECT receipt, confirmation, organisation_state, left_at, secrecy_months, secrecy_ends_on, language, body AS text, body_html AS text_html,"
        "       summary, summary_html, translation, translation_html FROM margelle.my_receipt($1, $2)", group, version);
    return rows.empty() ? std::nullopt : std::optional(json_object(rows[0]));
}

}  // namespace margelle::persistence::receipts
