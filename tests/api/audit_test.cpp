// The record of who was let in and who did what: its entries, its chain, its export.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "protocol/audit.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

Json entries(Cast& cast, const std::string& query = "") { return cast.moderator.get(cast.path + "/audit?limit=100" + query).items(); }

std::vector<std::string> kinds(const Json& items) {
    std::vector<std::string> found;
    for (const Json& item : items) found.push_back(item["kind"]);
    return found;
}

// The newest entry of a kind.
Json last(Cast& cast, const std::string& kind) {
    const Json items = entries(cast, "&kind=" + kind);
    return items.empty() ? Json() : items[0];
}

std::string export_of(Cast& cast) { return cast.moderator.post(cast.path + "/audit-exports").body; }

ChainVerdict verdict(Instance& instance, const std::string& lines) { return verify_audit(lines, {instance.keys.front().public_pem()}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(every_step_from_invitation_to_removal_is_recorded) {
    Instance instance;
    Cast cast(instance);
    const auto found = kinds(entries(cast, "&person=" + cast.revoked.member));
    for (const char* kind : {"invitation.accepted", "member.joined", "nda.accepted", "member.removed"})
        BOOST_TEST(std::count(found.begin(), found.end(), kind) == 1, kind);
    const Json removed = last(cast, "member.removed");
    BOOST_TEST(removed["actor"]["name"] == "Mona Moderator");
    BOOST_TEST(removed["subject"]["name"] == "Rosa Revoked");
    BOOST_TEST(removed["address"] == "192.0.2.1");
    BOOST_TEST(last(cast, "invitation.sent")["email"] == cast.invited.email);
    BOOST_TEST(last(cast, "nda.published")["data"]["version"] == 2);
    BOOST_TEST(last(cast, "group.created")["actor"]["id"] == cast.moderator.member);
}

BOOST_AUTO_TEST_CASE(changes_of_role_and_refusals_of_the_agreement_are_recorded) {
    Instance instance;
    Cast cast(instance);
    cast.moderator.patch(cast.path + "/members/" + cast.observer.member, {{"role", "member"}});
    cast.newcomer.post(cast.path + "/nda/refusal", {{"version", 2}});
    cast.member.remove(cast.path + "/membership");
    BOOST_TEST((last(cast, "role.changed")["data"] == Json{{"from", "observer"}, {"to", "member"}}));
    BOOST_TEST(last(cast, "nda.refused")["actor"]["id"] == cast.newcomer.member);
    BOOST_TEST(last(cast, "member.left")["subject"]["id"] == cast.member.member);
}

BOOST_AUTO_TEST_CASE(the_list_is_filtered_by_person_object_kind_and_time_and_read_page_by_page) {
    Instance instance;
    Cast cast(instance);
    const Json all = entries(cast);
    BOOST_REQUIRE(all.size() > 10u);
    for (const Json& item : entries(cast, "&kind=member.")) BOOST_TEST(item["kind"].get<std::string>().starts_with("member."));
    const std::string invitation = last(cast, "invitation.sent")["object"]["id"];
    BOOST_TEST(entries(cast, "&object=" + invitation).size() == 1u);
    BOOST_TEST(entries(cast, "&until=2020-01-01T00:00:00Z").empty());
    BOOST_TEST(entries(cast, "&from=2020-01-01T00:00:00Z").size() == all.size());
    Json read = Json::array();
    for (std::string cursor; ;) {
        const Json page = cast.moderator.get(cast.path + "/audit?limit=4" + cursor).json();
        read.insert(read.end(), page["items"].begin(), page["items"].end());
        if (page["next_cursor"].is_null()) break;
        cursor = "&cursor=" + page["next_cursor"].get<std::string>();
    }
    BOOST_TEST((read == all));
}

BOOST_AUTO_TEST_CASE(an_export_is_a_chain_that_verifies_offline_and_is_recorded_itself) {
    Instance instance;
    Cast cast(instance);
    BOOST_TEST(verdict(instance, export_of(cast)).entries == 0);      // nothing is chained yet, and the head says so
    instance.settle_audit();
    const std::string exported = export_of(cast);
    const ChainVerdict found = verdict(instance, exported);
    BOOST_TEST(found.fault.value_or("") == "");
    BOOST_TEST(found.entries > 10);
    std::string changed = exported;
    changed.replace(changed.find("member.removed"), 14, "member.left   ");
    BOOST_TEST(verdict(instance, changed).fault.has_value());
    BOOST_TEST(last(cast, "audit.exported")["actor"]["id"] == cast.moderator.member);
    instance.settle_audit();
    const ChainVerdict later = verdict(instance, export_of(cast));
    BOOST_TEST(later.fault.value_or("") == "");
    BOOST_TEST(later.entries == found.entries + 1);
}

BOOST_AUTO_TEST_CASE(each_group_has_a_chain_of_its_own) {
    Instance instance;
    Cast one(instance), other(instance);
    instance.settle_audit();
    for (Cast* cast : {&one, &other}) {
        const std::string exported = export_of(*cast);
        BOOST_TEST(verdict(instance, exported).fault.value_or("") == "");
        BOOST_TEST(exported.find(cast == &one ? other.group : one.group) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(receipts_carry_the_head_of_the_chain) {
    Instance instance;
    Cast cast(instance);
    instance.settle_audit();
    cast.accept(cast.newcomer);
    const Json head = cast.newcomer.get(cast.path + "/nda/acceptances/" + cast.newcomer.member + "/receipt").json()["context"]["audit_head"];
    BOOST_TEST(head["position"].get<int>() > 10);
    BOOST_TEST(export_of(cast).find(head["sha256"].get<std::string>()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_recorded_can_be_changed_not_even_by_the_owner) {
    Instance instance;
    Cast cast(instance);
    instance.settle_audit();
    for (const char* statement : {"DELETE FROM margelle.audit_entries", "UPDATE margelle.audit_entries SET kind = 'x'", "UPDATE margelle.audit_entries SET at = now()",
                                  "UPDATE margelle.audit_entries SET personal = '{}'", "UPDATE margelle.audit_entries SET hash = ''", "UPDATE margelle.audit_entries SET position = position + 100"})
        BOOST_CHECK_THROW(instance.sql(statement), std::exception);
    instance.sql("UPDATE margelle.audit_entries SET personal = NULL, salt = NULL");
    BOOST_TEST(verdict(instance, export_of(cast)).fault.value_or("") == "");
    BOOST_TEST(last(cast, "member.removed")["actor"]["name"] == "—");
}

BOOST_AUTO_TEST_CASE(refused_attempts_are_recorded_once_an_hour_for_each_person) {
    Instance instance;
    Cast cast(instance);
    for (Client Cast::*who : {&Cast::outsider, &Cast::revoked, &Cast::newcomer, &Cast::anonymous})
        for (int i = 0; i < 3; ++i) (cast.*who).get(cast.path + "/threads/" + cast.thread);
    cast.member.get(cast.path + "/threads/" + cast.post);      // no such thing is no refusal
    instance.settle_audit();
    const Json found = entries(cast, "&kind=access.refused");
    BOOST_REQUIRE(found.size() == 4u);
    BOOST_TEST(found[0]["actor"].is_null());
    BOOST_TEST(found[1]["actor"]["id"] == cast.newcomer.member);
    BOOST_TEST(found[3]["actor"]["id"] == cast.outsider.member);
    BOOST_TEST(found[3]["object"]["id"] == cast.thread);
    BOOST_TEST(found[3]["data"]["operation"] == "getThread");
    cast.outsider.get(cast.path + "/members");
    instance.settle_audit();
    BOOST_TEST(entries(cast, "&kind=access.refused").size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_group_that_does_not_exist_records_nothing) {
    Instance instance;
    Cast cast(instance);
    cast.outsider.get("/groups/" + cast.thread + "/threads");
    instance.settle_audit();
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = 'access.refused'") == "0");
}

BOOST_AUTO_TEST_SUITE_END()
