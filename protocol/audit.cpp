#include "protocol/audit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "protocol/digest.hpp"

namespace margelle {
namespace {

using Json = nlohmann::json;

constexpr const char* head_kind = "margelle-audit-head";

// Follows the chain line by line.
class Follower {
public:
    explicit Follower(const std::vector<std::string>& public_pems) : public_pems_(public_pems) {}

    // What is wrong with this line, or nothing.
    std::optional<std::string> take(const Json& line) {
        if (ended_) return "there is something after the signed head";
        if (line.value("kind", "") == head_kind) return take_head(line);
        return take_entry(line);
    }

    bool ended() const { return ended_; }
    std::int64_t position() const { return position_; }

private:
    std::optional<std::string> take_entry(const Json& line) {
        const std::string& group = line.at("group").get_ref<const std::string&>();
        if (group_.empty()) start(group);
        if (group != group_) return "it belongs to another group";
        if (line.at("position") != position_ + 1) return "an entry is missing or out of order";
        const std::string personal_sha256 = from_hex(line.at("personal_sha256").get<std::string>());
        const bool anonymous = line.at("personal").is_null() && line.at("salt").is_null();
        if (!anonymous && personal_digest(line) != personal_sha256) return "its personal part was changed";
        const std::string hash = chain_hash(hash_, personal_sha256, line);
        if (to_hex(hash) != line.at("hash")) return "it was changed, or one before it";
        hash_ = hash;
        ++position_;
        return std::nullopt;
    }

    std::optional<std::string> take_head(const Json& line) {
        ended_ = true;
        if (group_.empty()) start(line.at("group").get<std::string>());
        if (line.at("format") != 1 || line.at("group") != group_ || line.at("position") != position_ || line.at("hash") != to_hex(hash_))
            return "the signed head does not belong to these entries";
        const bool good = std::any_of(public_pems_.begin(), public_pems_.end(), [&](const std::string& pem) { return verify_signature(line, pem); });
        return good ? std::nullopt : std::optional<std::string>("the head's signature is not good under this key");
    }

    void start(const std::string& group) {
        group_ = group;
        hash_ = chain_start(group);
    }

    const std::vector<std::string>& public_pems_;
    std::string group_, hash_;
    std::int64_t position_ = 0;
    bool ended_ = false;
};

}  // namespace

std::string chain_start(std::string_view group) { return sha256("margelle-audit " + std::string(group)); }

std::string personal_digest(const Json& entry) {
    return sha256(from_hex(entry.at("salt").get<std::string>()) + canonical_json(entry.at("personal")));
}

std::string chain_hash(std::string_view previous, std::string_view personal_sha256, const Json& entry) {
    Json rest;
    for (const char* name : {"position", "group", "at", "kind", "actor", "subject", "object", "data"}) rest[name] = entry.at(name);
    return sha256(std::string(previous).append(personal_sha256).append(canonical_json(rest)));
}

Json signed_head(std::string_view group, std::int64_t position, std::string_view hash, std::string_view exported_at, const SigningKey& key) {
    Json head = {{"format", 1}, {"kind", head_kind}, {"group", group}, {"position", position}, {"hash", to_hex(hash)}, {"exported_at", exported_at}};
    sign_receipt(head, key);
    return head;
}

ChainVerdict verify_audit(std::string_view lines, const std::vector<std::string>& public_pems) {
    Follower follower(public_pems);
    int number = 0;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        ++number;
        std::optional<std::string> fault;
        try {
            fault = follower.take(Json::parse(line));
        } catch (const std::exception&) {
            fault = "it is not a line of an audit";
        }
        if (fault) return {"line " + std::to_string(number) + ": " + *fault, follower.position()};
    }
    if (!follower.ended()) return {"the signed head is missing at the end", follower.position()};
    return {std::nullopt, follower.position()};
}

}  // namespace margelle
