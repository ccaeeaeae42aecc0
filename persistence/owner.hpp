#pragma once
// For the files of this folder only: work of the command line on the owner's connection. The policies hold the owner
// too (FORCE); it sees every row as one of margelle_gate (0001), whose policies say so, and needs no lock on a table.
#include <pqxx/pqxx>
#include <string>

namespace margelle::persistence {

// Runs work(transaction) and commits; answers what it answers.
template <class Work>
auto as_owner(const std::string& owner_url, Work work) {
    pqxx::connection connection(owner_url);
    pqxx::work transaction(connection);
    const auto result = work(transaction);
    transaction.commit();
    return result;
}

}  // namespace margelle::persistence
