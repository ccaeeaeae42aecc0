#pragma once
// The record of who was let in and who did what, a hash chain a group (protocol/audit.hpp). Most entries are written by
// triggers (0005_audit.sql).
#include <cstdint>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::audit {

// What those who are in do without changing a table: an export, a reading as somebody else. `data` is a JSON object of
// ids and numbers.
void record(Transaction& t, const std::string& kind, const std::optional<std::string>& subject, const std::optional<std::string>& object,
            const std::string& data);

// That the caller, who is in, reads as somebody else (Transaction::enter); at most once an hour for each.
void record_reading_as(Transaction& t, const std::string& as);

// That the caller was refused what a group, or an object in it, holds; at most once an hour for each person and object.
void record_refusal(Transaction& t, const std::string& group, const std::optional<std::string>& object, const std::string& operation);

// Empty members let everything pass. `kind` is the beginning of one ("member."); times are RFC 3339, the end excluded.
struct Filter {
    std::optional<std::string> person, object, kind, from, until;
};
struct Page {
    std::string items;                      // a JSON array, the newest first
    std::optional<std::int64_t> next;
};
Page list(Transaction& t, const Filter& filter, const std::optional<std::int64_t>& before, int limit);

struct Head {
    std::int64_t position;
    std::string hash;                       // 32 bytes
    std::string now;                        // RFC 3339
};
// The end of the entered group's chain; position 0 before its first entry.
Head head(Transaction& t);

// The chained entries of the entered group up to a position, in order, one JSON object a line.
std::string lines(Transaction& t, std::int64_t up_to);

// Chains entries behind their groups' heads, at most `limit`; how many. Nothing to do, or another node at it: 0.
int seal(Transaction& t, int limit);

}  // namespace margelle::persistence::audit
