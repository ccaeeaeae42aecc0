#pragma once
// The signatory whom a member names to confirm what they accepted on behalf of their organisation.
#include <cstdint>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace margelle::persistence::signatures {

struct Signatory {
    std::string name, email, capacity;
};

// Asks for a confirmation of an entry of the caller's in the entered group, and queues its mail.
void ask(Transaction& t, std::int64_t entry, const Signatory& signatory);

// The caller's acceptance for which a confirmation may be asked anew: their latest entry, when it was made on behalf of an
// organisation and is not confirmed. A request that still waits, or was refused, is replaced.
std::optional<std::int64_t> replace(Transaction& t);

// What a link shows; nothing when it is no longer good.
struct Offer {
    std::string acceptance;     // the receipt of the acceptance, JSON
    Signatory signatory;
    std::string now;            // RFC 3339
    std::string json;           // "SignatureOffer" of the contract
};
std::optional<Offer> lookup(Transaction& t, const std::string& token_hash);

// Takes the answer, once: a confirmation by its receipt, a refusal without; the group in whose log it stands.
std::optional<std::string> answer(Transaction& t, const std::string& token_hash, const std::optional<std::string>& receipt);

}  // namespace margelle::persistence::signatures
