#include "protocol/sealing.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <memory>

#include "protocol/digest.hpp"

namespace margelle {
namespace {

constexpr std::size_t key_size = 32, nonce_size = 12, tag_size = 16;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL refused to work");
}

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    require(RAND_bytes(bytes_of(bytes), static_cast<int>(size)) == 1);
    return bytes;
}

// A number as a nonce, or as a part of what is authenticated: big-endian.
std::string fixed(std::uint64_t number, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t at = size; number != 0 && at > 0; number >>= 8) bytes[--at] = static_cast<char>(number & 0xff);
    return bytes;
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

Cipher start(std::string_view key, std::string_view nonce, std::string_view beside, int encrypts) {
    Cipher cipher(EVP_CIPHER_CTX_new());
    int ignored = 0;
    require(cipher && EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce), encrypts) == 1 &&
            EVP_CipherUpdate(cipher.get(), nullptr, &ignored, bytes_of(beside), static_cast<int>(beside.size())) == 1);
    return cipher;
}

// The ciphertext with its tag behind it.
std::string encrypt(std::string_view key, std::string_view nonce, std::string_view beside, std::string_view plain) {
    const Cipher cipher = start(key, nonce, beside, 1);
    std::string sealed(plain.size() + tag_size, '\0');
    int size = 0, rest = 0;
    require(EVP_CipherUpdate(cipher.get(), bytes_of(sealed), &size, bytes_of(plain), static_cast<int>(plain.size())) == 1 &&
            EVP_CipherFinal_ex(cipher.get(), bytes_of(sealed) + size, &rest) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, bytes_of(sealed) + plain.size()) == 1);
    return sealed;
}

std::string decrypt(std::string_view key, std::string_view nonce, std::string_view beside, std::string_view sealed) {
    if (sealed.size() < tag_size) throw BrokenSeal("too short to be sealed");
    const Cipher cipher = start(key, nonce, beside, 0);
    std::string tag(sealed.substr(sealed.size() - tag_size)), plain(sealed.size() - tag_size, '\0');
    int size = 0, rest = 0;
    require(EVP_CipherUpdate(cipher.get(), bytes_of(plain), &size, bytes_of(sealed), static_cast<int>(plain.size())) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1);
    if (EVP_CipherFinal_ex(cipher.get(), bytes_of(plain) + size, &rest) != 1) throw BrokenSeal("sealed content does not fit its place");
    return plain;
}

// With the nonce in front, drawn at random.
std::string encrypt_at_random(std::string_view key, std::string_view beside, std::string_view plain) {
    const std::string nonce = random_bytes(nonce_size);
    return nonce + encrypt(key, nonce, beside, plain);
}

std::string decrypt_at_random(std::string_view key, std::string_view beside, std::string_view sealed) {
    if (sealed.size() < nonce_size) throw BrokenSeal("too short to be sealed");
    return decrypt(key, sealed.substr(0, nonce_size), beside, sealed.substr(nonce_size));
}

std::string derive(const std::string& key, std::string purpose) {
    static EVP_KDF* const hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    EVP_KDF_CTX* const context = EVP_KDF_CTX_new(hkdf);
    char digest[] = "SHA256";
    std::string secret = key, derived(key_size, '\0');
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, purpose.data(), purpose.size()), OSSL_PARAM_construct_end()};
    const int done = EVP_KDF_derive(context, bytes_of(derived), derived.size(), parameters);
    EVP_KDF_CTX_free(context);
    OPENSSL_cleanse(secret.data(), secret.size());
    require(done == 1);
    return derived;
}

std::string chunk_key(const std::string& key, const ChunkPlace& place) {
    return derive(key, "blob " + std::string(place.blob) + ' ' + std::to_string(place.part));
}

// Ids have one length, so that no two places read the same.
std::string text_of(const ChunkPlace& place) {
    return std::string(place.group) + ' ' + std::string(place.blob) + ' ' + std::to_string(place.number) + (place.last ? " last" : " more");
}

std::string tail_text(std::string_view upload, std::int64_t offset) { return std::string(upload) + ' ' + std::to_string(offset); }

}  // namespace

MasterKey MasterKey::generate() { return MasterKey(random_bytes(key_size)); }

MasterKey MasterKey::from_text(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n"), end = text.find_last_not_of(" \t\r\n");
    const std::string_view digits = begin == std::string_view::npos ? "" : text.substr(begin, end - begin + 1);
    if (digits.size() != 2 * key_size || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
        throw std::runtime_error("is no master key");
    return MasterKey(from_hex(digits));
}

std::string MasterKey::text() const { return to_hex(key_); }

std::string MasterKey::key_id() const { return to_hex(derive(key_, "id")).substr(0, 16); }

std::string MasterKey::wrap(std::string_view group, std::string_view data_key) const {
    return encrypt_at_random(derive(key_, "wrap"), group, data_key);
}

std::string MasterKey::unwrap(std::string_view group, std::string_view wrapped) const {
    return decrypt_at_random(derive(key_, "wrap"), group, wrapped);
}

DataKey DataKey::generate() { return DataKey(random_bytes(key_size)); }

std::string DataKey::seal(const ChunkPlace& place, std::string_view chunk) const {
    return encrypt(chunk_key(key_, place), fixed(static_cast<std::uint64_t>(place.number), nonce_size), text_of(place), chunk);
}

std::string DataKey::open(const ChunkPlace& place, std::string_view sealed) const {
    return decrypt(chunk_key(key_, place), fixed(static_cast<std::uint64_t>(place.number), nonce_size), text_of(place), sealed);
}

std::string DataKey::seal_tail(std::string_view upload, std::int64_t offset, std::string_view tail) const {
    return encrypt_at_random(derive(key_, "tails"), tail_text(upload, offset), tail);
}

std::string DataKey::open_tail(std::string_view upload, std::int64_t offset, std::string_view sealed) const {
    return decrypt_at_random(derive(key_, "tails"), tail_text(upload, offset), sealed);
}

std::string DataKey::seal(const VersionFacts& facts) const {
    const std::string text = std::string(facts.document) + ' ' + std::to_string(facts.number) + ' ' + std::string(facts.blob) + ' ' +
                             std::to_string(facts.size) + ' ' + std::string(facts.sha256);
    const std::string key = derive(key_, "versions");
    std::string seal(key_size, '\0');
    require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), bytes_of(seal), nullptr) != nullptr);
    return seal;
}

bool DataKey::holds(const VersionFacts& facts, std::string_view given) const {
    const std::string right = seal(facts);
    return given.size() == right.size() && CRYPTO_memcmp(given.data(), right.data(), right.size()) == 0;
}

}  // namespace margelle
