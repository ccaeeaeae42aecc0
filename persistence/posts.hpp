#pragma once
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::posts {

struct New {
    std::optional<std::string> token_hash;  // of its author's session
    std::string group, thread;
    std::string post;                       // its id
    std::string body, body_html;
    std::optional<std::string> reply_to;
    std::vector<std::string> mentions;      // ids; those who do not take part are passed over
    std::string key = {}, request_hash = {};        // Idempotency-Key; empty where there is none, or the caller keeps it
};

enum class Outcome {
    created,
    refused,            // may not write there
    no_such_thread,
    thread_closed,
    no_such_parent,
    key_known,          // of a request that is done, or under way; or somebody holds the thread
    rights_changed,     // meanwhile
};

struct Written {
    Outcome outcome;
    std::string feed;
    std::string json;                       // as `show` gives it
    bool stale;                             // the session's last use was noted over a minute ago
};
// Writes posts, over any groups and each under its author's own rights, with their places in the threads, whom they speak
// to, and the events. Answers for each, in their order; one that is refused does not stop the others. Needs no `enter`.
// Locks the threads, then the heads. Patience::brief: posts of a thread that somebody holds come back as key_known, and another lock that is not
// had within a tenth of a second is a failure (SQLSTATE 55P03), now and for the rest of the transaction.
enum class Patience { usual, brief };
std::vector<Written> write(Transaction& t, const std::vector<const New*>& posts, Patience patience = Patience::usual);

struct Page {
    std::string items;                      // a JSON array
    int first, last;                        // numbers of the posts in it; 0 when there are none
    std::optional<int> previous, next;      // numbers of the first posts of the pages around
    std::string heads;                      // as below, of the same moment
};
// Posts of a thread from a number on, in order: at most so many, and about as much text as one answer should carry. Nothing when there is no such
// thread.
std::optional<Page> page(Transaction& t, const std::string& thread, int from, int limit);
// Where the logs end that tell of a thread's changes and its authors'. Nothing when there is no such thread.
std::optional<std::string> heads(Transaction& t, const std::string& thread);

struct Asked {
    std::string token_hash;                 // of the reader's session
    std::string group, thread;
};
struct Known {
    std::string member;                     // who reads
    bool stale;                             // the session's last use was noted over a minute ago
    std::string heads;                      // as above
};
// The same for many readers, each under their own rights; nothing for whoever may not read the thread. Answers for each, in their order.
// Needs no `enter`.
std::vector<std::optional<Known>> known(Transaction& t, const std::vector<Asked>& asked);

struct Shown {
    std::string json;
    int revision, number;
    std::string author, thread, feed;
    bool deleted;
};
// One post, with its source.
std::optional<Shown> show(Transaction& t, const std::string& post);

// False when `revision` is no longer the current one. Keeps what the post said before, and appends "post.edited".
bool edit(Transaction& t, const Shown& before, const std::string& post, int revision, const std::string& body, const std::string& body_html,
          const std::vector<std::string>& mentions);
// Leaves a tombstone: the text and what it said before are gone. Appends "post.deleted".
void remove(Transaction& t, const Shown& before, const std::string& post);
// What it said before, the newest first, from the revision before `before` on: as many as one answer should carry; and the `before` of what follows.
struct Revisions {
    std::string items;                      // a JSON array
    std::optional<int> next;
};
Revisions revisions(Transaction& t, const std::string& post, int before, int limit);

// Append "reaction.changed" when something changed.
void react(Transaction& t, const Shown& to, const std::string& post, const std::string& reaction, bool on);

}  // namespace margelle::persistence::posts
