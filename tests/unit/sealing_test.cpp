#include "protocol/sealing.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/digest.hpp"
#include "protocol/ids.hpp"

using namespace margelle;

BOOST_AUTO_TEST_SUITE(sealing)

BOOST_AUTO_TEST_CASE(a_chunk_opens_in_its_place_and_nowhere_else) {
    const DataKey key = DataKey::generate(), other = DataKey::generate();
    const std::string group = new_id(), blob = new_id(), elsewhere = new_id();
    const ChunkPlace place{group, blob, 1, 3, false};
    const std::string sealed = key.seal(place, "le silo");
    BOOST_TEST(sealed.find("silo") == std::string::npos);
    BOOST_TEST(key.open(place, sealed) == "le silo");
    for (const ChunkPlace& wrong : {ChunkPlace{elsewhere, blob, 1, 3, false}, ChunkPlace{group, elsewhere, 1, 3, false},
             ChunkPlace{group, blob, 2, 3, false}, ChunkPlace{group, blob, 1, 2, false}, ChunkPlace{group, blob, 1, 3, true}})
        BOOST_CHECK_THROW(key.open(wrong, sealed), BrokenSeal);
    BOOST_CHECK_THROW(other.open(place, sealed), BrokenSeal);
    for (std::size_t at : {std::size_t{0}, sealed.size() - 1}) {
        std::string changed = sealed;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        BOOST_CHECK_THROW(key.open(place, changed), BrokenSeal);
    }
    BOOST_CHECK_THROW(key.open(place, sealed.substr(0, sealed.size() - 1)), BrokenSeal);
    BOOST_CHECK_THROW(key.open(place, ""), BrokenSeal);
}

BOOST_AUTO_TEST_CASE(no_two_parts_seal_under_the_same_key) {
    const DataKey key = DataKey::generate();
    const std::string group = new_id(), blob = new_id();
    BOOST_TEST(key.seal({group, blob, 1, 0, true}, "le silo") != key.seal({group, blob, 2, 0, true}, "le silo"));
}

BOOST_AUTO_TEST_CASE(what_is_sealed_twice_as_a_tail_looks_different_each_time) {
    const DataKey key = DataKey::generate();
    const std::string upload = new_id(), first = key.seal_tail(upload, 7, "le silo");
    BOOST_TEST(first != key.seal_tail(upload, 7, "le silo"));
    BOOST_TEST(key.open_tail(upload, 7, first) == "le silo");
    BOOST_CHECK_THROW(key.open_tail(upload, 8, first), BrokenSeal);
}

BOOST_AUTO_TEST_CASE(a_group_key_opens_under_the_master_key_and_for_the_group_that_it_was_wrapped_for) {
    const MasterKey master = MasterKey::generate(), other = MasterKey::generate();
    const std::string group = new_id(), key = DataKey::generate().bytes(), wrapped = master.wrap(group, key);
    BOOST_TEST(wrapped.find(key) == std::string::npos);
    BOOST_TEST(master.unwrap(group, wrapped) == key);
    BOOST_CHECK_THROW(master.unwrap(new_id(), wrapped), BrokenSeal);
    BOOST_CHECK_THROW(other.unwrap(group, wrapped), BrokenSeal);
    BOOST_TEST(MasterKey::from_text("  " + master.text() + "\n").key_id() == master.key_id());
    BOOST_TEST(master.key_id() != other.key_id());
    for (const char* text : {"", "abc", "-----BEGIN PRIVATE KEY-----"}) BOOST_CHECK_THROW(MasterKey::from_text(text), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_version_is_bound_to_its_number_its_content_and_its_document) {
    const DataKey key = DataKey::generate();
    const VersionFacts facts{"d", 2, "b", 10, "aa"};
    const std::string seal = key.seal(facts);
    BOOST_TEST(key.holds(facts, seal));
    for (const VersionFacts& wrong : {VersionFacts{"e", 2, "b", 10, "aa"}, VersionFacts{"d", 1, "b", 10, "aa"},
             VersionFacts{"d", 2, "c", 10, "aa"}, VersionFacts{"d", 2, "b", 11, "aa"}, VersionFacts{"d", 2, "b", 10, "ab"}})
        BOOST_TEST(!key.holds(wrong, seal));
    BOOST_TEST(!DataKey::generate().holds(facts, seal));
}

BOOST_AUTO_TEST_CASE(a_digest_that_is_put_down_and_taken_up_again_is_that_of_the_whole) {
    const std::string text(1000, 'a');
    RunningSha256 first;
    first.add(std::string_view(text).substr(0, 100));
    BOOST_CHECK_THROW(first.state(), std::logic_error);
    first.add(std::string_view(text).substr(100, 28));
    RunningSha256 second(first.state());
    second.add(std::string_view(text).substr(128));
    BOOST_TEST(to_hex(second.digest()) == to_hex(sha256(text)));
    BOOST_TEST(to_hex(RunningSha256().digest()) == to_hex(sha256("")));
    BOOST_CHECK_THROW(RunningSha256("short"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(digests_in_one_go_know_sha1_and_sha256) {
    PieceDigest sha1("sha1");
    sha1.add("ab");
    sha1.add("c");
    BOOST_TEST(to_hex(sha1.digest()) == "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180-4's example
    BOOST_CHECK_THROW(PieceDigest("md5"), std::invalid_argument);
    BOOST_TEST(from_base64("YWI=") == "ab");
    for (const char* text : {"YWI", "Y===", "?!.,"}) BOOST_CHECK_THROW(from_base64(text), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
