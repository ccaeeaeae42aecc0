// The audit's hash chain: what an export proves offline, and every way of falsifying it that was thought of.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "protocol/audit.hpp"
#include "protocol/digest.hpp"

using namespace margelle;
using Json = nlohmann::json;

namespace {

const std::string group = "01a20c84-b96f-7529-8ef6-c9f7baf62008";

struct Export {
    SigningKey key = SigningKey::generate();
    std::vector<Json> entries;
    std::string hash = chain_start(group);

    Export() {
        for (const char* kind : {"group.created", "member.joined", "nda.accepted", "role.changed", "member.removed"}) {
            Json entry = {{"position", entries.size() + 1}, {"group", group}, {"at", "2026-11-24T10:00:00.5Z"}, {"kind", kind}, {"actor", nullptr},
                          {"subject", nullptr}, {"object", nullptr}, {"data", {{"from", "member"}}}, {"personal", {{"actor", "Héloïse"}}}, {"salt", to_hex(sha256(kind))}};
            entry["personal_sha256"] = to_hex(personal_digest(entry));
            hash = chain_hash(hash, personal_digest(entry), entry);
            entry["hash"] = to_hex(hash);
            entries.push_back(entry);
        }
    }

    std::string text() const {
        std::string lines;
        for (const Json& entry : entries) lines += entry.dump() + "\n";
        return lines + signed_head(group, static_cast<std::int64_t>(entries.size()), hash, "2026-11-24T10:05:00Z", key).dump() + "\n";
    }
};

std::string fault(const std::string& text, const SigningKey& key) { return verify_audit(text, {key.public_pem()}).fault.value_or(""); }
std::string fault(const Export& given) { return fault(given.text(), given.key); }

}  // namespace

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(a_whole_chain_is_valid) {
    const Export given;
    const ChainVerdict verdict = verify_audit(given.text(), {SigningKey::generate().public_pem(), given.key.public_pem()});
    BOOST_TEST(verdict.fault.value_or("") == "");
    BOOST_TEST(verdict.entries == 5);
}

BOOST_AUTO_TEST_CASE(a_changed_member_of_an_entry_is_found_at_its_line) {
    for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{{"kind", "member.left"}, {"at", "2026-11-24T10:00:01Z"}, {"actor", group},
             {"subject", group}, {"object", group}, {"data", Json::object()}, {"hash", std::string(64, '0')}, {"personal_sha256", std::string(64, '0')}, {"group", "other"}}) {
        Export given;
        given.entries[2][name] = value;
        BOOST_TEST(fault(given).starts_with("line 3: "), name << ": " << fault(given));
    }
}

BOOST_AUTO_TEST_CASE(a_changed_personal_part_is_found) {
    Export given;
    given.entries[1]["personal"]["actor"] = "Hélène";
    BOOST_TEST(fault(given) == "line 2: its personal part was changed");
    given.entries[1]["salt"] = nullptr;
    BOOST_TEST(fault(given) != "");
}

BOOST_AUTO_TEST_CASE(an_erased_personal_part_leaves_the_chain_valid) {
    Export given;
    given.entries[1]["personal"] = nullptr;
    given.entries[1]["salt"] = nullptr;
    BOOST_TEST(fault(given) == "");
}

BOOST_AUTO_TEST_CASE(a_missing_or_moved_entry_is_found) {
    Export missing;
    missing.entries.erase(missing.entries.begin() + 1);
    BOOST_TEST(fault(missing) == "line 2: an entry is missing or out of order");
    Export moved;
    std::swap(moved.entries[1], moved.entries[2]);
    BOOST_TEST(fault(moved) == "line 2: an entry is missing or out of order");
    std::swap(moved.entries[1]["position"], moved.entries[2]["position"]);
    BOOST_TEST(fault(moved) == "line 2: it was changed, or one before it");
}

BOOST_AUTO_TEST_CASE(entries_cut_off_at_the_end_do_not_fit_the_signed_head) {
    const Export given;
    std::string text = given.text();
    const std::size_t head = text.rfind("\n", text.size() - 2) + 1, last = text.rfind("\n", head - 2) + 1;
    text.erase(last, head - last);
    BOOST_TEST(fault(text, given.key) == "line 5: the signed head does not belong to these entries");
    BOOST_TEST(fault(given.text().substr(0, last), given.key) == "the signed head is missing at the end");
}

BOOST_AUTO_TEST_CASE(a_chain_rebuilt_by_somebody_without_the_key_is_found) {
    const Export given;
    BOOST_TEST(fault(given.text(), SigningKey::generate()) == "line 6: the head's signature is not good under this key");
}

BOOST_AUTO_TEST_CASE(what_is_no_audit_is_not_valid) {
    const Export given;
    for (const char* text : {"", "\n", "{}", "[]\n", "null\n", "{\"kind\":\"margelle-audit-head\"}\n"}) BOOST_TEST(fault(text, given.key) != "", text);
    BOOST_TEST(fault(given.text() + "{}", given.key) == "line 7: there is something after the signed head");
}

BOOST_AUTO_TEST_SUITE_END()
