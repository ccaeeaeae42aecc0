#include "persistence/reference.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::reference {

std::string lists(Transaction& t) {
    return R"("categories":)" + json_array(run(t, R"(SELECT category AS code, fr AS "label.fr", en AS "label.en" FROM margelle.actor_categories ORDER BY position)")) +
           R"(,"themes":)" + json_array(run(t, R"(SELECT theme AS code, fr AS "label.fr", en AS "label.en" FROM margelle.themes ORDER BY position)")) +
           R"(,"phases":)" + json_array(run(t, R"(SELECT phase AS code, fr AS "label.fr", en AS "label.en", steps FROM margelle.phases ORDER BY position)"));
}

std::vector<Value> unknown(Transaction& t, const std::vector<Value>& values) {
    std::vector<std::string> kinds, texts;
    for (const Value& value : values) {
        kinds.push_back(value.kind);
        texts.push_back(value.value);
    }
    std::vector<Value> unknown;
    for (const auto& row : run(t,
             "SELECT v.kind, v.text FROM unnest($1::text[], $2::text[]) AS v(kind, text) WHERE NOT CASE v.kind"
             "  WHEN 'category' THEN EXISTS (SELECT FROM margelle.actor_categories WHERE category = v.text)"
             "  WHEN 'theme' THEN EXISTS (SELECT FROM margelle.themes WHERE theme = v.text)"
             "  WHEN 'phase' THEN EXISTS (SELECT FROM margelle.phases WHERE phase = v.text)"
             "  ELSE EXISTS (SELECT FROM pg_timezone_names WHERE name = v.text) END", array_literal(kinds), array_literal(texts)))
        unknown.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
    return unknown;
}

namespace {

// Accents and capitals aside. The extension "unaccent" is not to be had on every managed PostgreSQL.
#define FOLDED(text) "translate(lower(" text "), 'àâäçéèêëîïôöùûüÿ-’''', 'aaaceeeeiioouuuy   ')"

}  // namespace

std::string territories(Transaction& t, const std::string& text) {
    return json_whole_list(run(t,
        "SELECT code, kind, name FROM margelle.territories"
        " WHERE search_key LIKE replace(replace(" FOLDED("$1::text") ", '%', ''), '_', '') || '%' OR code = $1"
        " ORDER BY length(name), kind, code LIMIT 20", text));
}

int load_territories(const std::string& owner_url, const std::string& json) {
    pqxx::connection connection(owner_url);
    pqxx::work work(connection);
    work.exec("DELETE FROM margelle.territories");
    const auto result = work.exec_params(
        "INSERT INTO margelle.territories (code, kind, name, search_key)"
        " SELECT x.code, x.kind, x.name, " FOLDED("x.name") " FROM jsonb_to_recordset($1::jsonb) AS x(code text, kind text, name text)", json);
    work.commit();
    return static_cast<int>(result.affected_rows());
}

}  // namespace margelle::persistence::reference
