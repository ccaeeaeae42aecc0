#pragma once
// The agreement of the entered group: versions and the register.
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::nda {

// {"required": …, "gate": …, "current": …, "mine": …}
std::string current(Transaction& t);
// All versions, the newest first, as a list.
std::string versions(Transaction& t);
std::string version(Transaction& t, int number);

struct New {
    std::string kind, language, text, text_html, summary, summary_html;
};
// Publishes the next version and raises the epoch; its number. The first is always material.
int publish(Transaction& t, const New& nda);

struct Version {
    int number;
    std::string sha256;     // hexadecimal
    std::string language;
};
// The newest of any kind, locked against a concurrent publication until the transaction ends.
std::optional<Version> newest(Transaction& t);

// The identity that a receipt snapshots.
struct Identity {
    std::string group_name, member_name, email;
    std::optional<std::string> organisation;        // JSON {id, name, category, siret}, or absent
    std::string now;                                // RFC 3339
};
Identity identity(Transaction& t, const std::optional<std::string>& organisation);

void record_acceptance(Transaction& t, int version, const std::string& full_name, const std::string& receipt);
void record_refusal(Transaction& t, int version);

// The register, the newest first, as a list.
std::string acceptances(Transaction& t);
// The latest receipt of a member, as signed. Members read their own even after leaving.
std::optional<std::string> receipt(Transaction& t, const std::string& group, const std::string& member);

// Queues a mail that reminds the caller of the agreement they want to talk about first.
void queue_copy(Transaction& t);

}  // namespace margelle::persistence::nda
