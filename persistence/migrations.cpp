#include "persistence/migrations.hpp"

#include <algorithm>
#include <pqxx/pqxx>
#include <span>
#include <stdexcept>
#include <vector>

#include "protocol/digest.hpp"
#include "protocol/embedded.hpp"

namespace margelle::persistence {
namespace migration {
extern const std::span<const EmbeddedFile> files;
}

namespace {

std::vector<EmbeddedFile> ordered() {
    std::vector<EmbeddedFile> files(migration::files.begin(), migration::files.end());
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return files;
}

// Checks what is recorded against what is built in; how many files are applied.
std::size_t check_applied(const pqxx::result& rows) {
    const auto files = ordered();
    if (static_cast<std::size_t>(rows.size()) > files.size()) throw std::runtime_error("the database is newer than this program");
    for (pqxx::result::size_type i = 0; i < rows.size(); ++i) {
        const EmbeddedFile& file = files[static_cast<std::size_t>(i)];
        if (rows[i][0].as<std::string>() != file.name || rows[i][1].as<std::string>() != to_hex(sha256(file.text)))
            throw std::runtime_error("migration " + rows[i][0].as<std::string>() + " differs from the one that was applied: this database belongs to another version");
    }
    return static_cast<std::size_t>(rows.size());
}

constexpr const char* applied = "SELECT name, checksum FROM margelle.migrations ORDER BY name";

}  // namespace

int migrate(const std::string& owner_url) {
    pqxx::connection connection(owner_url);
    {
        pqxx::nontransaction session(connection);
        session.exec("SELECT pg_advisory_lock(hashtext('margelle.migrations'))");      // until the connection closes
        session.exec("CREATE SCHEMA IF NOT EXISTS margelle");
        session.exec("CREATE TABLE IF NOT EXISTS margelle.migrations"
                     " (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
    }
    std::size_t done = 0;
    {
        pqxx::work read(connection);
        done = check_applied(read.exec(applied));
    }
    const auto files = ordered();
    for (std::size_t i = done; i < files.size(); ++i) {
        pqxx::work work(connection);
        // An error instead of silence where a policy would hide rows from a migration.
        work.exec("SET LOCAL row_security = off");
        // Which the check of a definer function's body would meet as well: it plans as the owner, not as who it will belong to.
        work.exec("SET LOCAL check_function_bodies = off");
        work.exec(std::string(files[i].text));
        work.exec_params("INSERT INTO margelle.migrations (name, checksum) VALUES ($1, $2)", std::string(files[i].name),
                         to_hex(sha256(files[i].text)));
        work.commit();
    }
    return static_cast<int>(files.size() - done);
}

void verify_schema(const std::string& app_url) {
    pqxx::connection connection(app_url);
    pqxx::nontransaction session(connection);
    const pqxx::row role = session.exec1("SELECT rolsuper OR rolbypassrls, rolname FROM pg_roles WHERE rolname = current_user");
    if (role[0].as<bool>())
        throw std::runtime_error("DATABASE_URL connects as " + role[1].as<std::string>() +
                                 ", which bypasses row-level security; use margelle_app (and MARGELLE_MIGRATION_URL for the owner)");
    if (session.exec1("SELECT to_regclass('margelle.migrations') IS NULL")[0].as<bool>())
        throw std::runtime_error("the database is empty: run margelle migrate");
    if (session.exec1("SELECT count(*) > 0 FROM pg_class WHERE relnamespace = 'margelle'::regnamespace AND pg_has_role(relowner, 'USAGE')")[0].as<bool>())
        throw std::runtime_error("DATABASE_URL connects as " + role[1].as<std::string>() + ", which owns the tables; use margelle_app");
    if (check_applied(session.exec(applied)) < ordered().size())
        throw std::runtime_error("the database is older than this program: run margelle migrate");
}

}  // namespace margelle::persistence
