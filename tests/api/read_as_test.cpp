// Reading as somebody else: the real gate under both identities, nothing written, everything on record.
#include <boost/test/unit_test.hpp>

#include <set>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Headers as(const std::string& whom) { return {{"read-as", whom}}; }
Headers as(const Client& whom) { return as("member:" + whom.member); }

std::set<std::string> ids(const Answer& answer) {
    std::set<std::string> found;
    for (const Json& item : answer.items()) found.insert(item.contains("id") ? item["id"].get<std::string>() : item["member"]["id"].get<std::string>());
    return found;
}

constexpr Client Cast::*everybody[] = {&Cast::moderator, &Cast::member, &Cast::observer, &Cast::newcomer, &Cast::outdated,
                                       &Cast::invited,   &Cast::requester, &Cast::revoked, &Cast::outsider};

}  // namespace

BOOST_AUTO_TEST_SUITE(read_as)

BOOST_AUTO_TEST_CASE(one_sees_what_both_may_see_whoever_the_two_are) {
    for (const char* listing : {"hidden", "listed"}) {
        Instance instance;
        Cast cast(instance, "nda", listing);
        for (const std::string& path : {cast.path + "/threads", cast.path + "/threads/" + cast.thread + "/posts", cast.path + "/members"})
            for (const auto reader : everybody)
                for (const auto other : everybody) {
                    const Answer mine = (cast.*reader).get(path), theirs = (cast.*other).get(path), both = (cast.*reader).get(path, as(cast.*other));
                    BOOST_TEST_CONTEXT(path << " " << (cast.*reader).email << " as " << (cast.*other).email) {
                        if (mine.status != 200) BOOST_TEST(both.status == mine.status);
                        else BOOST_TEST(both.status == theirs.status);
                        if (both.status == 200) BOOST_TEST((ids(both) == ids(theirs)));
                    }
                }
    }
}

BOOST_AUTO_TEST_CASE(a_moderator_reading_as_a_member_moderates_nothing) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.moderator.get(cast.path + "/audit", as(cast.member)).problem() == "moderators-only");
    BOOST_TEST(cast.moderator.get(cast.path + "/audit").status == 200);
    BOOST_TEST(cast.member.get(cast.path + "/audit", as(cast.moderator)).problem() == "moderators-only");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_as_somebody_else) {
    Instance instance;
    Cast cast(instance);
    const Answer refused = cast.moderator.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Bonjour"}}, as(cast.member));
    BOOST_TEST(refused.problem() == "read-only");
    BOOST_TEST(cast.moderator.get(cast.path + "/threads/" + cast.thread + "/posts").items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_public_sees_the_card_of_a_listed_group_and_nothing_of_a_hidden_one) {
    Instance instance;
    Cast listed(instance, "nda", "listed"), hidden(instance);
    Json card = listed.moderator.get(listed.path, as("public")).json(), seen = listed.outsider.get(listed.path).json();
    for (const char* own : {"my_member_id", "my_category", "my_organisation"}) card.erase(own), seen.erase(own);
    BOOST_TEST(card == seen, card.dump() << " instead of " << seen.dump());
    BOOST_TEST(listed.moderator.get(listed.path + "/threads", as("public")).status == 404);
    BOOST_TEST(hidden.moderator.get(hidden.path, as("public")).status == 404);
}

BOOST_AUTO_TEST_CASE(a_category_reads_as_a_member_of_it) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(cast.moderator.get(cast.path + "/threads", as("category:resident")).items().size() == 1u);
    BOOST_TEST(cast.moderator.get(cast.path + "/audit", as("category:resident")).problem() == "moderators-only");
}

BOOST_AUTO_TEST_CASE(it_is_recorded_once_an_hour_for_each_pair) {
    Instance instance;
    Cast cast(instance);
    for (int i = 0; i < 3; ++i) {
        cast.member.get(cast.path + "/threads", as(cast.observer));
        cast.member.get(cast.path + "/threads", as("public"));
    }
    const Json entries = cast.moderator.get(cast.path + "/audit?kind=read.as").items();
    BOOST_REQUIRE(entries.size() == 2u);
    BOOST_TEST(entries[0]["data"]["as"] == "public");
    BOOST_TEST(entries[1]["actor"]["id"] == cast.member.member);
    BOOST_TEST(entries[1]["subject"]["id"] == cast.observer.member);
}

BOOST_AUTO_TEST_CASE(who_is_invented_is_not_recorded) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    for (int i = 0; i < 3; ++i) {
        cast.member.get(cast.path, as("member:01a20c84-b96f-7529-8ef6-00000000000" + std::to_string(i)));
        cast.member.get(cast.path, as("category:made_up_" + std::string(1, static_cast<char>('a' + i))));
    }
    cast.member.get(cast.path, as(cast.outsider));
    BOOST_TEST(cast.moderator.get(cast.path + "/audit?kind=read.as").items().empty());
    cast.member.get(cast.path, as(cast.revoked));
    cast.member.get(cast.path, as("category:resident"));
    BOOST_TEST(cast.moderator.get(cast.path + "/audit?kind=read.as").items().size() == 2u);
}

BOOST_AUTO_TEST_CASE(whom_one_reads_as_has_to_be_said_properly) {
    Instance instance;
    Cast cast(instance);
    for (const char* whom : {"member", "member:", "member:x", "moderator", "category:", "PUBLIC", "member:' OR true"})
        BOOST_TEST(cast.moderator.get(cast.path + "/threads", as(whom)).status == 422, whom);
    BOOST_TEST(cast.moderator.get(cast.path + "/threads", as("member:01a20c84-b96f-7529-8ef6-c9f7baf62008")).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
