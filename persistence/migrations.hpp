#pragma once
#include <string>

namespace margelle::persistence {

// Applies the numbered files that the database has not seen, in order, each in a transaction of its own, under an
// advisory lock. `owner_url` connects as the owner (a role with CREATEROLE). Returns how many were applied. Throws
// std::runtime_error when an applied file has changed or the database is newer than this program.
int migrate(const std::string& owner_url);

// Throws std::runtime_error with one clear line unless `app_url` reaches a database of this program's version, as a
// role that neither owns tables nor bypasses policies.
void verify_schema(const std::string& app_url);

}  // namespace margelle::persistence
