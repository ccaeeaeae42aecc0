#include "persistence/limits.hpp"

#include "persistence/sql.hpp"

namespace margelle::persistence::limits {

int recent(Transaction& t, const std::string& kind, const std::string& key) {
    return run(t, "SELECT count(*) FROM margelle.attempts WHERE kind = $1 AND key = $2 AND at > now() - interval '15 minutes'",
               kind, key)[0][0].as<int>();
}

void hold(Transaction& t, const std::string& kind, const std::string& key) {
    run(t, "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", kind, key);
}

void note(Transaction& t, const std::string& kind, const std::string& key) {
    run(t, "INSERT INTO margelle.attempts (kind, key) VALUES ($1, $2)", kind, key);
}

}  // namespace margelle::persistence::limits
