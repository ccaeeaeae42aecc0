#pragma once
// The audit's hash chain, one a group. An entry's hash is
//     SHA-256(the previous one's ‖ SHA-256(salt ‖ personal part) ‖ the rest)
// with personal part and rest in the canonical form of RFC 8785; before the first stands the SHA-256 of "margelle-audit "
// and the group's id. Erasing an entry's personal part and salt leaves the digest between, and so the chain, as it is.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/receipt.hpp"

namespace margelle {

// The 32 bytes that the first entry of a group is chained to.
std::string chain_start(std::string_view group);

// Of the members "personal" and "salt" (hexadecimal) of an entry: 32 bytes.
std::string personal_digest(const nlohmann::json& entry);

// An entry's hash from those before it and of its personal part, 32 bytes each. `entry` has the members position, group,
// at, kind, actor, subject, object and data; others do not count.
std::string chain_hash(std::string_view previous, std::string_view personal_sha256, const nlohmann::json& entry);

// The last line of an export: how far the chain went, signed.
nlohmann::json signed_head(std::string_view group, std::int64_t position, std::string_view hash, std::string_view exported_at, const SigningKey& key);

struct ChainVerdict {
    std::optional<std::string> fault;       // in English; absent: the chain is whole
    std::int64_t entries = 0;               // that were found to be good
};

// Checks an export (JSON Lines: the entries from the first on, then the signed head) under any of these public keys (PEM).
ChainVerdict verify_audit(std::string_view lines, const std::vector<std::string>& public_pems);

}  // namespace margelle
