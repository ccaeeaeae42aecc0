#include "server/identity/passwords.hpp"

#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <unordered_set>

#include "server/files.hpp"

namespace margelle {

namespace {

constexpr std::size_t salt_length = 16;
constexpr std::size_t tag_length = 32;

template <std::size_t length>
std::array<unsigned char, length> random_bytes() {
    std::array<unsigned char, length> bytes;
    if (RAND_bytes(bytes.data(), length) != 1) throw std::runtime_error("the system gives no random bytes");
    return bytes;
}

// Base64 without padding, as the PHC string format has it.
template <std::size_t length>
std::string encoded(const std::array<unsigned char, length>& bytes) {
    std::string text(4 * ((length + 2) / 3) + 1, '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), length)));
    text.erase(text.find_last_not_of('=') + 1);
    return text;
}

// Of no password: its tag is random. As slow to compare with as any other, and made in no time, at each start.
std::string decoy(unsigned memory_kib, unsigned passes) {
    return "$argon2id$v=19$m=" + std::to_string(memory_kib) + ",t=" + std::to_string(passes) + ",p=1$" + encoded(random_bytes<salt_length>()) + '$' +
           encoded(random_bytes<tag_length>());
}

}  // namespace

Passwords::Passwords(unsigned memory_kib, unsigned passes) : memory_kib_(memory_kib), passes_(passes), decoy_(decoy(memory_kib, passes)) {}

std::string Passwords::hash(std::string_view password) const {
    const auto salt = random_bytes<salt_length>();
    std::string encoded(argon2_encodedlen(passes_, memory_kib_, 1, salt.size(), tag_length, Argon2_id), '\0');
    const int result = argon2id_hash_encoded(passes_, memory_kib_, 1, password.data(), password.size(), salt.data(), salt.size(), tag_length,
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
