#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // of OpenSSL

namespace margelle {

// The 32 bytes of SHA-256 (FIPS 180-4).
std::string sha256(std::string_view bytes);

// SHA-256 of what comes piece by piece, perhaps in several processes one after the other.
class RunningSha256 {
public:
    RunningSha256();
    // Goes on from a state() of before. Throws std::invalid_argument when it is none.
    explicit RunningSha256(std::string_view state);

    void add(std::string_view bytes);
    // 40 bytes: the hash so far and the count. Only after a multiple of 64 bytes, where nothing of the content is in it.
    std::string state() const;
    // The digest of all that was added; more may follow.
    std::string digest() const;

private:
    std::uint32_t words_[8];
    std::uint64_t count_ = 0;
    std::string rest_;  // less than a block
};

// A digest in one go over what comes piece by piece: "sha1" or "sha256".
class PieceDigest {
public:
    // Throws std::invalid_argument for another algorithm.
    explicit PieceDigest(std::string_view algorithm);
    void add(std::string_view bytes);
    // Of all that was added; nothing may follow.
    std::string digest();

private:
    std::shared_ptr<evp_md_ctx_st> context_;
};

// Base64 (RFC 4648 §4), padded. Throws std::invalid_argument for what is none.
std::string from_base64(std::string_view text);

// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);

// Throws std::invalid_argument for what is not hexadecimal.
std::string from_hex(std::string_view text);

}  // namespace margelle
