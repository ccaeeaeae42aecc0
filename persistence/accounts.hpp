#pragma once
// People: what others see of them (members) and what only they see (accounts).
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::accounts {

struct Account {
    std::string member;
    std::optional<std::string> password_hash;
    bool locked;
};

std::optional<Account> by_email(Transaction& t, const std::string& email);

// Throws SqlFailure 23505 when the address has an account already.
void create(Transaction& t, const std::string& member, const std::string& email, const std::string& name,
            const std::string& language, const std::optional<std::string>& time_zone, const std::optional<std::string>& password_hash);

// The caller's own record as JSON ("Me" of the contract), and its revision.
struct Mine {
    std::string json;
    int revision;
};
Mine mine(Transaction& t);

struct Change {
    std::optional<std::string> name, language, time_zone, notice;
};
// False when `revision` is no longer the current one. Throws SqlFailure 22023 for an unknown time zone.
bool update_mine(Transaction& t, int revision, const Change& change);

std::optional<std::string> my_password_hash(Transaction& t);
std::string my_email(Transaction& t);

void set_password(Transaction& t, const std::string& member, const std::string& password_hash);

// Erases the caller's account; the groups that they left by it. Throws SqlFailure PL002.
std::vector<std::string> erase_mine(Transaction& t);

bool stop_notices(Transaction& t, const std::string& token_hash);

// For the command line, on the owner's connection (the server's role may not).
// False when there is no such account.
bool make_administrator(const std::string& owner_url, const std::string& email);
bool set_locked(const std::string& owner_url, const std::string& email, bool locked);

}  // namespace margelle::persistence::accounts
