#pragma once
// Databases for tests: each clone of the migrated template is its own world, so tests run in any order.
#include <string>

namespace margelle::tests {

// A database on the scratch cluster (MARGELLE_TEST_PGHOST: its socket's folder), dropped with the object.
class ScratchDatabase {
public:
    ScratchDatabase();
    ~ScratchDatabase();
    ScratchDatabase(const ScratchDatabase&) = delete;

    std::string app_url() const { return url("margelle_app"); }
    std::string owner_url() const { return url("margelle_owner"); }
    std::string superuser_url() const { return url("postgres"); }
    std::string url(const std::string& role) const;

private:
    std::string name_;
};

}  // namespace margelle::tests
