#pragma once
// Encryption of what groups keep. A master key, which lives outside the database, wraps one data key for each group; from a data key
// comes a key for everything that is sealed. AES-256-GCM (NIST SP 800-38D) and HKDF with SHA-256 (RFC 5869), both by OpenSSL.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace margelle {

// What was sealed has been changed, moved or cut short, or belongs to another key.
class BrokenSeal : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Content is sealed in chunks of this size; only the last one may be shorter.
constexpr std::size_t chunk_size = 256 * 1024;

class MasterKey {
public:
    static MasterKey generate();
    // From 64 hexadecimal digits, white space around them. Throws std::runtime_error when they are none.
    static MasterKey from_text(std::string_view text);

    std::string text() const;
    // 16 hexadecimal digits that tell one from another, and nothing of the key.
    std::string key_id() const;
    // The data key of a group (its id is authenticated along) under this key.
    std::string wrap(std::string_view group, std::string_view data_key) const;
    // Throws BrokenSeal.
    std::string unwrap(std::string_view group, std::string_view wrapped) const;

private:
    explicit MasterKey(std::string key) : key_(std::move(key)) {}
    std::string key_;  // 32 bytes
};

// A chunk's place: what it is authenticated with. A part is what one request of an upload brought: each has a key of its own, so that no
// key ever seals two texts under one chunk number, however often an upload breaks off and begins again.
struct ChunkPlace {
    std::string_view group;
    std::string_view blob;
    std::int64_t part;
    std::int64_t number;  // from 0
    bool last;
};

// What a version is bound to.
struct VersionFacts {
    std::string_view document;
    std::int64_t number;
    std::string_view blob;
    std::int64_t size;
    std::string_view sha256;  // hexadecimal
};

class DataKey {
public:
    explicit DataKey(std::string key) : key_(std::move(key)) {}  // 32 bytes
    static DataKey generate();
    const std::string& bytes() const { return key_; }

    std::string seal(const ChunkPlace& place, std::string_view chunk) const;
    // Throws BrokenSeal.
    std::string open(const ChunkPlace& place, std::string_view sealed) const;

    // What came after the last whole chunk of an upload: written over and over, hence under a random nonce.
    std::string seal_tail(std::string_view upload, std::int64_t offset, std::string_view tail) const;
    // Throws BrokenSeal.
    std::string open_tail(std::string_view upload, std::int64_t offset, std::string_view sealed) const;

    // HMAC-SHA256 (RFC 2104) over a version's facts.
    std::string seal(const VersionFacts& facts) const;
    // In constant time.
    bool holds(const VersionFacts& facts, std::string_view seal) const;

private:
    std::string key_;
};

}  // namespace margelle
