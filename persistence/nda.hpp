#pragma once
// The agreement of the entered group: versions and the register.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::nda {

// {"required": …, "gate": …, "current": …, "mine": …}
std::string current(Transaction& t);
// All versions, the newest first, as a list.
std::string versions(Transaction& t);
std::string version(Transaction& t, int number);

struct New {
    std::string kind, language, text, text_html, summary, summary_html;
    std::optional<std::string> translation, translation_html;
    std::optional<std::string> holds_from;          // absent: today
    std::optional<int> secrecy_months;              // absent: without end
};
// Publishes the next version and raises the epoch; its number. The first is always material.
int publish(Transaction& t, const New& nda);

struct Version {
    int number;
    std::string sha256;     // hexadecimal
    std::string language, holds_from;
    std::optional<int> secrecy_months;
};
// The newest of any kind, locked against a concurrent publication until the transaction ends.
std::optional<Version> newest(Transaction& t);

// Whom an acceptance binds in this group: either, member, organisation.
std::string acceptance_for(Transaction& t);

// The identity that a receipt snapshots.
struct Identity {
    std::string group_name, member_name, email;
    std::optional<std::string> organisation;        // JSON {id, name, category, siret}, or absent
    std::optional<std::string> title;               // in that organisation, by the profile
    std::string now;                                // RFC 3339
};
Identity identity(Transaction& t, const std::optional<std::string>& organisation);

// The entry's number.
std::int64_t record_acceptance(Transaction& t, int version, const std::string& full_name, const std::string& receipt);
// False, and nothing is recorded, when the caller refused this very version last.
bool record_refusal(Transaction& t, int version);
// Takes the caller's acceptance back; false when their latest entry is none.
bool record_withdrawal(Transaction& t);

// The register, the newest first, as a list.
std::string acceptances(Transaction& t);
// The latest receipt of a member, as signed. Members read their own even after leaving.
std::optional<std::string> receipt(Transaction& t, const std::string& group, const std::string& member);

// Active members who have not accepted what holds, the longest wait first, as a list.
std::string pending(Transaction& t);
// Queues a reminder to those of them who had none for a day (absent: to all); {"reminded": n, "left_out": […]}.
std::string remind(Transaction& t, const std::optional<std::vector<std::string>>& members);

// Queues a mail that reminds the caller of the agreement they want to talk about first.
void queue_copy(Transaction& t);

// Closes the gate where the day of a version published ahead has come.
void hold_versions(Transaction& t);
// Makes entries anonymous whose secrecy ended so many years ago.
void anonymise(Transaction& t, int limitation_years);

}  // namespace margelle::persistence::nda
