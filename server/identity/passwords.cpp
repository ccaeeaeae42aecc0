#include "server/identity/passwords.hpp"

#include <argon2.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <unordered_set>

#include "protocol/ids.hpp"
#include "server/files.hpp"

namespace margelle {

Passwords::Passwords(unsigned memory_kib, unsigned passes) : memory_kib_(memory_kib), passes_(passes), decoy_(hash(new_token())) {}

std::string Passwords::hash(std::string_view password) const {
    std::array<unsigned char, 16> salt;
    if (RAND_bytes(salt.data(), salt.size()) != 1) throw std::runtime_error("the system gives no random bytes");
    constexpr std::size_t length = 32;
    std::string encoded(argon2_encodedlen(passes_, memory_kib_, 1, salt.size(), length, Argon2_id), '\0');
    const int result = argon2id_hash_encoded(passes_, memory_kib_, 1, password.data(), password.size(), salt.data(), salt.size(), length,
                                             encoded.data(), encoded.size());
    if (result != ARGON2_OK) throw std::runtime_error(argon2_error_message(result));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool Passwords::verify(const std::optional<std::string>& hash, std::string_view password) const {
    const bool fits = argon2id_verify(hash.value_or(decoy_).c_str(), password.data(), password.size()) == ARGON2_OK;
    return fits && hash.has_value();
}

bool Passwords::is_common(std::string_view password) {
    static const auto common = [] {
        std::unordered_set<std::string_view> words;
        for (std::string_view rest = server_file("common_passwords.txt"); !rest.empty();) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            words.insert(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return words;
    }();
    std::string lower(password);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return common.contains(lower);
}

}  // namespace margelle
