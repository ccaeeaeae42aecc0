#pragma once
// Shared files, in the entered group and the caller's circles.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/uploads.hpp"

namespace margelle::persistence::documents {

// Where a page of the list ends: by the time of the last version, then by id.
struct Position {
    std::int64_t changed_at;  // microseconds since 1970
    std::string document;
};
struct Wanted {
    std::optional<std::string> words, author, type, tag;  // part of the name; the beginning of a media type
};
struct Page {
    std::string items;  // a JSON array
    std::optional<Position> next;
};
Page list(Transaction& t, const Wanted& wanted, const std::optional<Position>& after, int limit);

struct Shown {
    std::string json;
    int revision;
    int latest;
    std::string name, author, feed;
    bool deleted;
    std::optional<std::string> checked_out_by;  // while it holds
};
std::optional<Shown> show(Transaction& t, const std::string& document);

// Still without a version.
void create(
    Transaction& t, const std::string& document, const std::string& feed, const std::string& name, const std::vector<std::string>& tags);

struct NewVersion {
    int number;
    uploads::Content content;
    std::string note;
    std::optional<int> restored_from;
    std::string seal;
};
// False when the newest version is no longer the one before it. Appends "document.created" or "document.version_added".
bool add_version(Transaction& t, const std::string& document, const std::string& feed, const NewVersion& version);

// False when `revision` is no longer the current one. Appends "document.changed".
bool update(Transaction& t, const std::string& document, const std::string& feed, int revision, const std::optional<std::string>& name,
    const std::optional<std::vector<std::string>>& tags);

// Leaves a tombstone; versions go. Appends "document.deleted".
void remove(Transaction& t, const std::string& document, const std::string& feed);

// As threads::relabel. Throws RightsChanged.
void relabel(Transaction& t, const std::string& document, const std::string& feed, const std::string& reason);

// The caller works on it for so many hours (0: no more). Appends "document.checked_out" or "document.returned".
void check_out(Transaction& t, const std::string& document, const std::string& feed, int hours);

// Those after a number, the newest first: a JSON array.
std::string versions(Transaction& t, const std::string& document, int after = 0);

struct Version {
    uploads::Content content;
    std::string seal;
};
std::optional<Version> version(Transaction& t, const std::string& document, int number);

struct Chunk {
    int part;
    std::string sealed;
};
// Nothing when the caller reads it no more.
std::optional<Chunk> chunk(Transaction& t, const std::string& document, int version, std::int64_t number);

// Puts a download on record; one that goes on within the hour is on it already.
void record_download(Transaction& t, const std::string& document, int version, bool goes_on);

}  // namespace margelle::persistence::documents
