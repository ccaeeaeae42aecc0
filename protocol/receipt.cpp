#include "protocol/receipt.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "protocol/digest.hpp"
#include "protocol/json_text.hpp"

namespace margelle {
namespace {

using Json = nlohmann::json;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Key private_key(const std::string& seed) {
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes(seed), seed.size()), EVP_PKEY_free);
    if (!key) throw std::runtime_error("not an Ed25519 key");
    return key;
}

std::string drain(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string base64(std::string_view raw) {
    std::string out(4 * ((raw.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(raw), static_cast<int>(raw.size()));
    return out;
}

std::string unbase64(std::string_view text) {
    std::string out(text.size() / 4 * 3 + 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(text), static_cast<int>(text.size()));
    if (size < 0) return {};
    out.resize(static_cast<std::size_t>(size) - static_cast<std::size_t>(std::count(text.begin(), text.end(), '=')));
    return out;
}

// RFC 8785 §3.2.3 sorts names by UTF-16 code units. Receipts' names are ASCII, where bytes give the same order.
void append_canonical(std::string& out, const Json& value) {
    if (value.is_object()) {
        char separator = '{';
        for (const auto& [name, member] : value.items()) {      // nlohmann keeps names sorted by bytes
            out += separator;
            append_json_string(out, name);
            out += ':';
            append_canonical(out, member);
            separator = ',';
        }
        out += separator == '{' ? "{}" : "}";
    } else if (value.is_array()) {
        char separator = '[';
        for (const Json& element : value) {
            out += separator;
            append_canonical(out, element);
            separator = ',';
        }
        out += separator == '[' ? "[]" : "]";
    } else if (value.is_number_float()) {
        throw std::invalid_argument("a receipt holds no fractional numbers");
    } else {
        out += value.dump();        // strings: nlohmann escapes as RFC 8785 §3.2.2.2 asks for
    }
}

}  // namespace

std::string canonical_json(const Json& value) {
    std::string out;
    append_canonical(out, value);
    return out;
}

SigningKey SigningKey::generate() {
    std::string seed(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(seed.data()), 32) != 1) throw std::runtime_error("the system gives no random bytes");
    return SigningKey(seed);
}

SigningKey SigningKey::from_pem(std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    std::string seed(32, '\0');
    std::size_t size = seed.size();
    if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(seed.data()), &size) != 1)
        throw std::runtime_error("not an Ed25519 private key in PEM");
    return SigningKey(seed);
}

std::string SigningKey::private_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free_all);
    PEM_write_bio_PrivateKey(bio.get(), private_key(seed_).get(), nullptr, nullptr, 0, nullptr, nullptr);
    return drain(bio.get());
}

std::string SigningKey::public_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free_all);
    PEM_write_bio_PUBKEY(bio.get(), private_key(seed_).get());
    return drain(bio.get());
}

std::string SigningKey::key_id() const {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(private_key(seed_).get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    return to_hex(sha256(raw)).substr(0, 16);
}

std::string SigningKey::sign(std::string_view message) const {
    const Key key = private_key(seed_);
    const Digest context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes(message), message.size()) != 1)
        throw std::runtime_error("signing failed");
    return signature;
}

void sign_receipt(Json& receipt, const SigningKey& key) {
    receipt.erase("signature");
    const std::string value = base64(key.sign(canonical_json(receipt)));
    receipt["signature"] = {{"algorithm", "Ed25519"}, {"key_id", key.key_id()}, {"value", value}};
}

bool verify_signature(const Json& document, std::string_view public_pem) try {
    if (document.at("signature").at("algorithm") != "Ed25519") return false;
    const std::string signature = unbase64(document.at("signature").at("value").get<std::string>());
    Json signed_part = document;
    signed_part.erase("signature");
    const std::string message = canonical_json(signed_part);
    const Bio bio(BIO_new_mem_buf(public_pem.data(), static_cast<int>(public_pem.size())), BIO_free_all);
    const Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519) return false;
    const Digest context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message), message.size()) == 1;
} catch (const std::exception&) {
    return false;
}

bool verify_receipt(const Json& receipt, std::string_view public_pem) {
    if (!receipt.is_object() || receipt.value("format", Json()) != 1) return false;
    const Json kind = receipt.value("kind", Json());
    return (kind == "margelle-nda-receipt" || kind == "margelle-nda-confirmation") && verify_signature(receipt, public_pem);
}

}  // namespace margelle
