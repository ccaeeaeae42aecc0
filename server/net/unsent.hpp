#pragma once
// How many bytes of large answers wait for whoever reads slowly, by who asked: one of them has a bound, so that not reading fills nobody's memory.
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace margelle::net {

class Unsent {
public:
    static constexpr std::size_t large = 64 * 1024;             // smaller answers are not counted
    static constexpr std::size_t most = 32 * 1024 * 1024;

    // Counts an answer for as long as it lives.
    class Share {
    public:
        Share() = default;
        Share(Unsent& unsent, std::string whose, std::size_t bytes) : unsent_(&unsent), whose_(std::move(whose)), bytes_(bytes) { unsent.bytes_[whose_] += bytes_; }
        Share(Share&& other) noexcept : unsent_(std::exchange(other.unsent_, nullptr)), whose_(std::move(other.whose_)), bytes_(other.bytes_) {}
        ~Share() {
            if (!unsent_) return;
            const auto at = unsent_->bytes_.find(whose_);
            if ((at->second -= bytes_) == 0) unsent_->bytes_.erase(at);
        }
        Share& operator=(Share&&) = delete;

    private:
        Unsent* unsent_ = nullptr;
        std::string whose_;
        std::size_t bytes_ = 0;
    };

    // Nothing when too much waits already for whoever that is.
    std::optional<Share> take(const std::string& whose, std::size_t bytes) {
        if (bytes <= large) return Share();
        const auto at = bytes_.find(whose);
        if (at != bytes_.end() && at->second + bytes > most) return std::nullopt;
        return Share(*this, whose, bytes);
    }

private:
    std::map<std::string, std::size_t> bytes_;
};

}  // namespace margelle::net
