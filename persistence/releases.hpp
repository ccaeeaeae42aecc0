#pragma once
// Releases to the public square: what is proposed, approved, agreed to by its authors, published and taken back. Who may
// do what is held by policies and triggers (0008_releases.sql), which record it as well. What comes after a decision
// throws SqlFailure 23505; those that change throw RightsChanged.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/readings.hpp"

namespace margelle::persistence::releases {

struct New {
    std::string title;
    std::string summary_html;               // empty: none
    std::optional<std::string> thread;      // absent: of the group as a whole
    std::vector<std::string> posts;
};
constexpr int longest = 100'000;             // characters of HTML

enum class Refusal { no_such_thread, no_such_post, too_long };
// Copies the posts as they stand now, for the thread's readers. Locks the thread, so that neither they nor the posts are
// others at the commit. A post that is deleted, or in another thread, is none.
std::optional<Refusal> propose(Transaction& t, const std::string& release, const New& what);

struct Position {
    std::int64_t proposed_at;               // microseconds since the epoch
    std::string release;
};
struct Page {
    std::string items;                      // a JSON array
    std::optional<Position> next;
    std::vector<readings::Sent> sent;       // the messages that its passages are
};
// What the caller reads, the newest first, after a position.
Page list(Transaction& t, const std::optional<Position>& after, int limit);

struct Shown {
    std::string json;
    std::string feed, proposed_by, state;
    std::vector<readings::Sent> sent;
};
std::optional<Shown> show(Transaction& t, const std::string& release);

void approve(Transaction& t, const std::string& release, bool on);

// The answer of a passage's author. False when there is no such passage of the caller's.
bool answer(Transaction& t, const std::string& release, int passage, bool agrees, bool named);

// False when it is not approved, or was decided before.
bool publish(Transaction& t, const std::string& release);
// The log that tells of it; nothing when it is not the caller's to take back, or was before.
std::optional<std::string> withdraw(Transaction& t, const std::string& release, const std::string& reason);

// Appends "release.proposed" or "release.changed" to the log of those who read it.
void tell(Transaction& t, const std::string& release, const std::string& kind);

}  // namespace margelle::persistence::releases
