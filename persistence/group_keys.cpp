#include "persistence/group_keys.hpp"

#include "persistence/owner.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::group_keys {
namespace {

Wrapped wrapped_of(const pqxx::row& row) { return {row["master_id"].as<std::string>(), pqxx::binarystring(row["wrapped"]).str()}; }

}  // namespace

std::optional<Wrapped> find(Transaction& t) {
    const auto rows = run(t, "SELECT master_id, wrapped FROM margelle.group_keys WHERE group_id = $1", t.who().group);
    return rows.empty() ? std::nullopt : std::optional(wrapped_of(rows[0]));
}

void add(Transaction& t, const Wrapped& fresh) {
    run(t, "INSERT INTO margelle.group_keys (group_id, master_id, wrapped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", t.who().group,
        fresh.master, bytes(fresh.key));
}

std::vector<std::string> masters(Transaction& t) {
    std::vector<std::string> ids;
    for (const auto& row : run(t, "SELECT margelle.master_keys_in_use()")) ids.push_back(row[0].as<std::string>());
    return ids;
}

int rewrap(const std::string& owner_url, const std::function<Wrapped(const std::string&, const Wrapped&)>& rewrap) {
    return as_owner(owner_url, [&](pqxx::work& work) {
        const auto rows = work.exec("SELECT group_id, master_id, wrapped FROM margelle.group_keys ORDER BY group_id FOR UPDATE");
        for (const auto& row : rows) {
            const std::string group = row["group_id"].as<std::string>();
            const Wrapped fresh = rewrap(group, wrapped_of(row));
            work.exec_params(
                "UPDATE margelle.group_keys SET master_id = $2, wrapped = $3 WHERE group_id = $1", group, fresh.master, bytes(fresh.key));
        }
        return static_cast<int>(rows.size());
    });
}

}  // namespace margelle::persistence::group_keys
