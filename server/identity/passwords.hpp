#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace margelle {

// Argon2id (RFC 9106). Slow on purpose: call it on the threads that are there for it, outside of transactions.
class Passwords {
public:
    // Memory in KiB and passes over it. The defaults are above OWASP's minimum (19 MiB, 2 passes) and take some 60 ms
    // on a core of 2026; tests take less.
    explicit Passwords(unsigned memory_kib = 65536, unsigned passes = 2);

    // A PHC string with a fresh salt.
    std::string hash(std::string_view password) const;

    // Takes the same time when there is no hash to compare with, so that an unknown address shows by nothing.
    bool verify(const std::optional<std::string>& hash, std::string_view password) const;

    // Whether it is among the 3 000 most common ones.
    static bool is_common(std::string_view password);

private:
    unsigned memory_kib_;
    unsigned passes_;
    std::string decoy_;
};

}  // namespace margelle
