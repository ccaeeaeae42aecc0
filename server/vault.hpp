#pragma once
// From a transaction that has entered a group to the group's data key.
#include "persistence/database.hpp"
#include "protocol/sealing.hpp"
#include "server/services.hpp"

namespace margelle {

// The group's data key, made at its first use by somebody who may write. Throws Error(documents_closed) where the server has not the
// master key, and BrokenSeal where the database holds what this one did not wrap.
DataKey data_key(const Services& services, persistence::Transaction& t);

}  // namespace margelle
