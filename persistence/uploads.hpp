#pragma once
// Uploads of the caller's own, in the entered group: what arrives, sealed, before a document takes it.
#include <cstdint>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::uploads {

enum class Outcome { created, too_large, quota_reached };
Outcome create(Transaction& t, const std::string& upload, std::int64_t length);

struct Shown {
    std::string json;
    std::int64_t received, length;
    std::string expires_at;  // as in HTTP (RFC 9110 §5.6.7)
};
std::optional<Shown> show(Transaction& t, const std::string& upload);

// Where a part goes on.
struct Part {
    int number;
    std::int64_t length;
    std::optional<std::string> digest, tail, media_type;
};
// Begins a part at an offset, and fences off those before it. Nothing when the upload is whole or goes on elsewhere.
std::optional<Part> begin_part(Transaction& t, const std::string& upload, std::int64_t offset);

struct Chunk {
    std::int64_t number;
    std::string sealed;
};
struct Progress {
    std::int64_t received;
    std::string digest;
    std::optional<std::string> tail;
};
// False when another part has begun.
bool keep_part(Transaction& t, const std::string& upload, int part, const std::optional<Chunk>& chunk,
    const std::optional<Progress>& progress, const std::optional<std::string>& media_type);

// Makes what arrived a blob of the group, or the one that it has already. False when another part has begun.
bool finish(Transaction& t, const std::string& upload, int part, const std::string& sha256);

// Whole content that a version may be made of.
struct Content {
    std::string blob;
    std::int64_t size;
    std::string sha256;  // 32 bytes
    std::string media_type;
};
std::optional<Content> content(Transaction& t, const std::string& upload);

// False when there is none. What a document holds stays.
bool end(Transaction& t, const std::string& upload);

}  // namespace margelle::persistence::uploads
