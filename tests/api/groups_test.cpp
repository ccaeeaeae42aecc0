// Groups: who creates, sees and changes them, and which actor categories they lack.
#include <boost/test/unit_test.hpp>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

bool lists(const Answer& answer, const std::string& group) {
    for (const Json& card : answer.items())
        if (card["id"] == group) return true;
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(groups)

BOOST_AUTO_TEST_CASE(whoever_creates_a_group_moderates_it) {
    Instance instance;
    Client account = instance.person("Anne");
    const Answer created = account.post("/groups", {{"name", "Chaleur du bois"}, {"confidentiality", "light"}, {"category", "authority"}});
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.json()["role"] == "moderator");
    BOOST_TEST(created.json()["standing"] == "in");
    BOOST_TEST(created.json()["listing"] == "hidden");
    BOOST_TEST(lists(account.get("/groups"), created.json()["id"]));
}

BOOST_AUTO_TEST_CASE(a_group_with_an_agreement_to_come_waits_for_it) {
    Instance instance;
    Client account = instance.person("Anne");
    const Answer created = account.post("/groups", {{"name", "Chaleur du bois"}, {"confidentiality", "nda"}});
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.json()["standing"] == "lobby");
    BOOST_TEST(created.json()["nda_version"].is_null());
    BOOST_TEST(account.get("/groups/" + created.json()["id"].get<std::string>() + "/threads").problem() == "nda-required");
}

BOOST_AUTO_TEST_CASE(an_instance_may_keep_the_creation_of_groups_to_administrators) {
    Instance instance([](Config& config) { config.group_creation = "administrators"; });
    Client account = instance.person("Anne");
    const Json group = {{"name", "Chaleur du bois"}, {"confidentiality", "light"}};
    BOOST_TEST(account.post("/groups", group).problem() == "administrators-only");
    instance.sql("UPDATE margelle.accounts SET administrator = true");
    BOOST_TEST(account.post("/groups", group).status == 201);
    BOOST_TEST(account.get("/reference").json()["group_creation"] == "administrators");
}

BOOST_AUTO_TEST_CASE(an_administrator_sees_no_content) {
    Instance instance;
    Cast cast(instance);
    instance.sql("UPDATE margelle.accounts SET administrator = true WHERE member_id = '" + cast.outsider.member + "'");
    BOOST_TEST(cast.outsider.get("/me").json()["administrator"] == true);
    BOOST_TEST(cast.outsider.get(cast.path).status == 404);
    BOOST_TEST(cast.outsider.get(cast.path + "/threads").status == 404);
}

BOOST_AUTO_TEST_CASE(a_listed_group_shows_its_card_and_a_hidden_one_nothing) {
    Instance instance;
    Cast listed(instance, "nda", "listed"), hidden(instance, "nda", "hidden");
    Client account = instance.person("Anne");
    const Answer discovered = account.get("/groups?scope=listed");
    BOOST_TEST(lists(discovered, listed.group));
    BOOST_TEST(!lists(discovered, hidden.group));
    const Json card = account.get(listed.path).json();
    BOOST_TEST(card["name"] == "Chaleur du bois");
    BOOST_TEST(card["purpose"] == "Chauffer l’école");
    BOOST_TEST(card["standing"] == "stranger");
    BOOST_TEST(card["news"].is_null());
    for (const char* inside : {"charter", "charter_html", "head", "readers", "thread_count", "milestones", "needed_categories"}) BOOST_TEST(!card.contains(inside), inside);
    BOOST_TEST(account.get(hidden.path).status == 404);
}

BOOST_AUTO_TEST_CASE(everything_said_of_a_group_comes_back) {
    Instance instance;
    Client account = instance.person("Anne");
    const Json said = {{"name", "Chaleur du bois"}, {"purpose", "Chauffer"}, {"charter", "**Ensemble**"}, {"themes", {"energie", "dechets"}}, {"territory", "65440"}, {"phase", "need"},
                       {"starts_on", "2026-01-31"}, {"ends_on", "2026-12-31"}, {"milestones", {{{"title", "Mesure"}, {"date", "2026-06-01"}}}}, {"listing", "listed"},
                       {"needed_categories", {"authority", "resident"}}};
    Json body = said;
    body["confidentiality"] = "light";
    body["category"] = "authority";
    const Json shown = account.post("/groups", body).json();
    for (const auto& [name, value] : said.items()) BOOST_TEST(shown[name] == value, name << ": " << shown[name].dump());
    BOOST_TEST(shown["charter_html"] == "<p><strong>Ensemble</strong></p>\n");
    BOOST_TEST(shown["missing_categories"] == Json({"resident"}));
}

BOOST_AUTO_TEST_CASE(a_change_is_shown_and_null_clears) {
    Instance instance;
    Cast cast(instance);
    Answer shown = cast.moderator.patch(cast.path, {{"starts_on", "2026-01-31"}, {"name", "Chaleur"}}, {{"if-match", cast.moderator.get(cast.path).etag()}});
    BOOST_TEST(shown.status == 200);
    BOOST_TEST(shown.json()["starts_on"] == "2026-01-31");
    shown = cast.moderator.patch(cast.path, {{"starts_on", nullptr}}, {{"if-match", shown.etag()}});
    BOOST_TEST(shown.json()["starts_on"].is_null());
    BOOST_TEST(shown.json()["name"] == "Chaleur");
    BOOST_TEST(cast.member.get(cast.path + "/events").json()["items"].back()["kind"] == "group.changed");
}

BOOST_AUTO_TEST_CASE(a_stale_change_gets_412_and_one_without_its_etag_428) {
    Instance instance;
    Cast cast(instance);
    const std::string etag = cast.moderator.get(cast.path).etag();
    BOOST_REQUIRE(cast.moderator.patch(cast.path, {{"purpose", "a"}}, {{"if-match", etag}}).status == 200);
    BOOST_TEST(cast.moderator.patch(cast.path, {{"purpose", "b"}}, {{"if-match", etag}}).status == 412);
    BOOST_TEST(cast.moderator.patch(cast.path, {{"purpose", "b"}}).status == 428);
    BOOST_TEST(cast.moderator.get(cast.path).json()["purpose"] == "a");
}

BOOST_AUTO_TEST_CASE(an_unlisted_group_disappears_for_strangers) {
    Instance instance;
    Cast cast(instance, "nda", "listed");
    BOOST_TEST(cast.outsider.get(cast.path).status == 200);
    BOOST_REQUIRE(cast.moderator.patch(cast.path, {{"listing", "hidden"}}, {{"if-match", cast.moderator.get(cast.path).etag()}}).status == 200);
    BOOST_TEST(cast.outsider.get(cast.path).status == 404);
    BOOST_TEST(!lists(cast.outsider.get("/groups?scope=listed"), cast.group));
    BOOST_TEST(cast.requester.get(cast.path).json()["standing"] == "requested");
}

BOOST_AUTO_TEST_CASE(values_that_the_instance_does_not_know_are_named) {
    Instance instance;
    Client account = instance.person("Anne");
    const std::vector<std::pair<Json, std::string>> wrong{
        {{{"category", "kings"}}, "/category"}, {{{"phase", "never"}}, "/phase"}, {{{"themes", {"energie", "magie"}}}, "/themes/1"},
        {{{"needed_categories", {"kings"}}}, "/needed_categories/0"}, {{{"starts_on", "2026-02-30"}}, "/starts_on"}, {{{"ends_on", "2026-13-01"}}, "/ends_on"},
        {{{"milestones", {{{"title", "a"}, {"date", "2026-00-10"}}}}}, "/milestones/0/date"}};
    for (const auto& [fields, pointer] : wrong) {
        Json body = fields;
        body["name"] = "Chaleur";
        body["confidentiality"] = "light";
        const Answer refused = account.post("/groups", body);
        BOOST_TEST(refused.status == 422, pointer);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == pointer, refused.body);
    }
    BOOST_TEST(account.get("/groups").json()["items"].empty());
}

BOOST_AUTO_TEST_CASE(a_group_does_not_end_before_it_starts) {
    Instance instance;
    Client account = instance.person("Anne");
    const Answer refused = account.post("/groups", {{"name", "Chaleur"}, {"confidentiality", "light"}, {"starts_on", "2026-02-01"}, {"ends_on", "2026-01-01"}});
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/ends_on");
    Cast cast(instance);
    const auto change = [&](const Json& days) { return cast.moderator.patch(cast.path, days, {{"if-match", cast.moderator.get(cast.path).etag()}}); };
    BOOST_REQUIRE(change({{"starts_on", "2026-02-01"}}).status == 200);
    const Answer too_early = change({{"ends_on", "2026-01-01"}});
    BOOST_TEST(too_early.status == 422);
    BOOST_TEST(too_early.json()["errors"][0]["pointer"] == "/ends_on");
    BOOST_REQUIRE(change({{"ends_on", "2026-02-01"}}).status == 200);
    BOOST_TEST(change({{"starts_on", "2026-02-02"}}).json()["errors"][0]["pointer"] == "/starts_on");
    BOOST_TEST(change({{"starts_on", "2026-02-02"}, {"ends_on", nullptr}}).status == 200);
}

BOOST_AUTO_TEST_CASE(categories_are_present_with_their_first_member_and_missing_after_their_last) {
    Instance instance;
    Cast cast(instance);
    BOOST_REQUIRE(cast.moderator.patch(cast.path, {{"needed_categories", {"authority", "user"}}}, {{"if-match", cast.moderator.get(cast.path).etag()}}).status == 200);
    Json group = cast.moderator.get(cast.path).json();
    BOOST_TEST(group["categories"] == Json({"authority", "resident"}));
    BOOST_TEST(group["missing_categories"] == Json({"user"}));
    BOOST_REQUIRE(cast.member.patch(cast.path + "/membership", {{"category", "user"}}).status == 204);
    BOOST_TEST(cast.moderator.get(cast.path).json()["missing_categories"].empty());
    BOOST_REQUIRE(cast.moderator.patch(cast.path + "/members/" + cast.member.member, {{"state", "removed"}}).status == 200);
    BOOST_TEST(cast.moderator.get(cast.path).json()["missing_categories"] == Json({"user"}));
}

BOOST_AUTO_TEST_CASE(the_page_says_how_many_read_it) {
    Instance instance;
    Cast cast(instance);
    const Json readers = cast.member.get(cast.path).json()["readers"];
    BOOST_TEST(readers["members"] == 3, "whoever has not accepted reads nothing");
    BOOST_TEST(readers["organisations"] == 0);
}

BOOST_AUTO_TEST_CASE(the_list_of_listed_groups_turns_its_pages) {
    Instance instance;
    Client account = instance.person("Anne"), reader = instance.person("Bruno");
    for (const char* name : {"Alpha", "Bravo", "Charlie"}) account.post("/groups", {{"name", name}, {"confidentiality", "light"}, {"listing", "listed"}});
    std::string names, cursor;
    for (int page = 0; page < 3; ++page) {
        const Json answer = reader.get("/groups?scope=listed&limit=1" + cursor).json();
        names += answer["items"][0]["name"].get<std::string>() + " ";
        if (page < 2) cursor = "&cursor=" + answer["next_cursor"].get<std::string>();
        else BOOST_TEST(answer["next_cursor"].is_null());
    }
    BOOST_TEST(names == "Alpha Bravo Charlie ");
    for (const char* odd : {"x", "-1", "1x", "99999999999"}) BOOST_TEST(reader.get(std::string("/groups?scope=listed&cursor=") + odd).json()["errors"][0]["pointer"] == "query/cursor", odd);
}

BOOST_AUTO_TEST_CASE(the_value_lists_are_in_both_languages) {
    Instance instance;
    const Json reference = instance.stranger().get("/reference").json();
    BOOST_TEST(reference["categories"].size() == 9u);
    BOOST_TEST(reference["themes"].size() == 11u);
    BOOST_TEST(reference["phases"].size() == 6u);
    for (const char* list : {"categories", "themes", "phases"})
        for (const Json& entry : reference[list]) BOOST_TEST(entry["label"]["fr"] != "");
    for (const Json& phase : reference["phases"]) BOOST_TEST((phase["steps"].size() == 2u || phase["steps"].size() == 3u));
}

BOOST_AUTO_TEST_CASE(territories_are_found_by_the_beginning_of_their_name_or_their_code) {
    Instance instance;
    instance.sql("INSERT INTO margelle.territories VALUES ('65440', 'commune', 'Tarbes', 'tarbes'), ('65', 'departement', 'Hautes-Pyrénées', 'hautes pyrenees')");
    Client account = instance.person("Anne");
    BOOST_TEST(account.get("/territories?q=TAR").json()["items"][0]["code"] == "65440");
    BOOST_TEST(account.get("/territories?q=hautes-pyr%C3%A9").json()["items"][0]["code"] == "65");
    BOOST_TEST(account.get("/territories?q=65").json()["items"][0]["code"] == "65");
    BOOST_TEST(account.get("/territories?q=%25%25").json()["items"].size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
