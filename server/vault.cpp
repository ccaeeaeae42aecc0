#include "server/vault.hpp"

#include <algorithm>

#include "persistence/group_keys.hpp"
#include "protocol/problem.hpp"

namespace margelle {

DataKey data_key(const Services& services, persistence::Transaction& t) {
    namespace db = persistence::group_keys;
    const auto& masters = services.master_keys;
    if (masters.empty()) throw Error(Code::documents_closed);
    const std::string& group = *t.who().group;
    auto found = db::find(t);
    if (!found) {
        db::add(t, {masters.front().key_id(), masters.front().wrap(group, DataKey::generate().bytes())});
        found = db::find(t);
    }
    const auto master = std::find_if(masters.begin(), masters.end(), [&](const MasterKey& key) { return key.key_id() == found->master; });
    if (master == masters.end()) throw Error(Code::documents_closed);
    return DataKey(master->unwrap(group, found->key));
}

}  // namespace margelle
