#pragma once
// Receipts, format 1: a JSON object signed with Ed25519 (RFC 8032) over its canonical form (RFC 8785) without the member
// "signature". Two kinds: margelle-nda-receipt, of an acceptance; margelle-nda-confirmation, by the signatory of the
// organisation on whose behalf it was made, which names the acceptance by its hash.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace margelle {

// The canonical form: names sorted, no white space. Receipts hold no fractional numbers, whose form is the hard part
// of RFC 8785; one throws std::invalid_argument.
std::string canonical_json(const nlohmann::json& value);

class SigningKey {
public:
    static SigningKey generate();
    // From PKCS#8 PEM. Throws std::runtime_error when it is not an Ed25519 key.
    static SigningKey from_pem(std::string_view pem);

    std::string private_pem() const;
    std::string public_pem() const;
    // The first 16 hexadecimal digits of the SHA-256 of the public key's 32 bytes.
    std::string key_id() const;
    // 64 bytes.
    std::string sign(std::string_view message) const;

private:
    explicit SigningKey(std::string seed) : seed_(std::move(seed)) {}
    std::string seed_;      // 32 bytes
};

// Adds the member "signature".
void sign_receipt(nlohmann::json& receipt, const SigningKey& key);

// Whether the member "signature" is good under a public key in PEM.
bool verify_signature(const nlohmann::json& document, std::string_view public_pem);

// Whether a receipt is of a known format and kind, and its signature is good under a public key in PEM.
bool verify_receipt(const nlohmann::json& receipt, std::string_view public_pem);

}  // namespace margelle
