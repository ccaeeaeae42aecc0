#include "protocol/digest.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED  // what replaces SHA256_CTX cannot be put down and taken up again
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace margelle {

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

namespace {

SHA256_CTX context_of(const std::uint32_t (&words)[8], std::uint64_t count) {
    SHA256_CTX context;
    SHA256_Init(&context);
    std::copy(std::begin(words), std::end(words), context.h);
    context.Nl = static_cast<SHA_LONG>(count << 3);
    context.Nh = static_cast<SHA_LONG>(count >> 29);
    return context;
}

}  // namespace

RunningSha256::RunningSha256() {
    SHA256_CTX context;
    SHA256_Init(&context);
    std::copy(std::begin(context.h), std::end(context.h), words_);
}

RunningSha256::RunningSha256(std::string_view state) {
    if (state.size() != 40) throw std::invalid_argument("no state of SHA-256");
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        for (const unsigned char byte : state.substr(at, size)) value = value << 8 | byte;
        return value;
    };
    for (std::size_t i = 0; i < 8; ++i) words_[i] = static_cast<std::uint32_t>(number(4 * i, 4));
    count_ = number(32, 8);
}

void RunningSha256::add(std::string_view bytes) {
    rest_ += bytes;
    const std::size_t whole = rest_.size() / SHA256_CBLOCK * SHA256_CBLOCK;
    SHA256_CTX context = context_of(words_, count_);
    SHA256_Update(&context, rest_.data(), whole);
    std::copy(std::begin(context.h), std::end(context.h), words_);
    count_ += whole;
    rest_.erase(0, whole);
}

std::string RunningSha256::state() const {
    if (!rest_.empty()) throw std::logic_error("the state of SHA-256 within a block");
    std::string state;
    const auto put = [&](std::uint64_t value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) state += static_cast<char>(value >> shift & 0xff);
    };
    for (const std::uint32_t word : words_) put(word, 4);
    put(count_, 8);
    return state;
}

std::string RunningSha256::digest() const {
    SHA256_CTX context = context_of(words_, count_);
    SHA256_Update(&context, rest_.data(), rest_.size());
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context);
    return digest;
}

PieceDigest::PieceDigest(std::string_view algorithm) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    const EVP_MD* const kind = algorithm == "sha1" ? EVP_sha1() : algorithm == "sha256" ? EVP_sha256() : nullptr;
    if (!kind) throw std::invalid_argument("no digest of that name");
    EVP_DigestInit_ex(context_.get(), kind, nullptr);
}

void PieceDigest::add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

std::string PieceDigest::digest() {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &size);
    digest.resize(size);
    return digest;
}

std::string from_base64(std::string_view text) {
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size = text.size() % 4 == 0 ? EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                                reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()))
                                          : -1;
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    if (size < 0 || padding > 2 || padding > bytes.size()) throw std::invalid_argument("not Base64");
    bytes.resize(bytes.size() - padding);
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        unsigned char byte = 0;
        const char* const end = text.data() + at + 2;
        if (at + 2 > text.size() || std::from_chars(text.data() + at, end, byte, 16).ptr != end) throw std::invalid_argument("not hexadecimal");
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

}  // namespace margelle
