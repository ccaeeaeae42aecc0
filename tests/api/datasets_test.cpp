// Datasets: posted again and again, and only what changed makes a noise.
#include <boost/test/unit_test.hpp>

#include <set>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct World {
    Instance instance;
    Cast cast{instance};
    Client bot = cast.bot();
    const std::string path = cast.path + "/datasets";

    Answer post(const std::string& source_id, const Json& more = Json::object()) { return bot.post(path, dataset_of(source_id, more)); }
    std::string events() { return instance.sql("SELECT coalesce(string_agg(kind, ' ' ORDER BY seq), '') FROM margelle.events WHERE kind LIKE 'dataset.%'"); }
    std::string revisions() { return instance.sql("SELECT count(*) FROM margelle.dataset_revisions"); }
};

std::string pointer(const Answer& answer) { return answer.json()["errors"][0]["pointer"]; }

std::set<std::string> titles(const Answer& answer) {
    std::set<std::string> all;
    for (const Json& one : answer.items()) all.insert(one["title"].get<std::string>());
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets)

BOOST_AUTO_TEST_CASE(what_is_new_is_created_and_told) {
    World w;
    const Answer posted = w.post("silos");
    BOOST_TEST(posted.status == 201);
    const Json dataset = posted.json();
    BOOST_TEST(dataset["outcome"] == "created");
    BOOST_TEST(dataset["revision"] == 1);
    BOOST_TEST(dataset["description_html"] == "<p>Les <strong>silos</strong>.</p>\n");
    BOOST_TEST(dataset["license"] == Json({{"title", "Licence Ouverte 2.0"}, {"url", nullptr}}));
    BOOST_TEST(dataset["has_preview"] == Json({{"table", true}, {"geojson", false}, {"chart", false}}));
    BOOST_TEST(w.events() == "dataset.created");
}

BOOST_AUTO_TEST_CASE(what_is_unchanged_makes_no_noise) {
    World w;
    const Json first = w.post("silos").json();
    const Answer again = w.post("silos");
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.json()["outcome"] == "unchanged");
    BOOST_TEST(again.json()["id"] == first["id"]);
    BOOST_TEST(again.json()["changed_at"] == first["changed_at"]);
    // Absent and empty are the same, and so is another order of the members.
    BOOST_TEST(w.post("silos", {{"issued", nullptr}, {"keywords", Json::array()}, {"same_as", nullptr}}).json()["outcome"] == "unchanged");
    BOOST_TEST(w.events() == "dataset.created");
    BOOST_TEST(w.revisions() == "1");
}

BOOST_AUTO_TEST_CASE(what_has_changed_makes_one_revision_and_one_event_that_says_what) {
    World w;
    w.post("silos");
    const Answer changed = w.post("silos", {{"title", "Silos de Tarbes et d’Aureilhan"}, {"modified", "2026-11-01T08:00:00Z"}});
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.json()["outcome"] == "changed");
    BOOST_TEST(changed.json()["changed"] == Json({"modified", "title"}));
    BOOST_TEST(changed.json()["revision"] == 2);
    BOOST_TEST(w.events() == "dataset.created dataset.changed");
    BOOST_TEST(Json::parse(w.instance.sql("SELECT data FROM margelle.events WHERE kind = 'dataset.changed'")) ==
               Json({{"dataset_id", changed.json()["id"]}, {"revision", 2}, {"changed", {"modified", "title"}}}));
    const Json revisions = w.cast.member.get(w.path + "/" + changed.json()["id"].get<std::string>() + "/revisions").items();
    BOOST_TEST(revisions.size() == 2u);
    BOOST_TEST(revisions[0]["changed"] == Json({"modified", "title"}));
    BOOST_TEST(revisions[1]["changed"] == Json::array());
}

BOOST_AUTO_TEST_CASE(other_data_in_the_preview_are_a_change) {
    World w;
    w.post("silos");
    Json preview = dataset_of("silos")["preview"];
    preview["table"]["rows"][1][1] = 8;
    const Json changed = w.post("silos", {{"preview", preview}}).json();
    BOOST_TEST(changed["changed"] == Json::array({"preview"}));
    BOOST_TEST(changed["preview"] == preview);
}

BOOST_AUTO_TEST_CASE(revisions_come_in_pages) {
    World w;
    const std::string id = w.post("silos").json()["id"];
    for (int i = 0; i < 4; ++i) w.post("silos", {{"title", "Silos " + std::to_string(i)}});
    const Answer first = w.bot.get(w.path + "/" + id + "/revisions?limit=3");
    BOOST_TEST(first.items()[0]["revision"] == 5);
    const Answer second = w.bot.get(w.path + "/" + id + "/revisions?limit=3&cursor=" + first.json()["next_cursor"].get<std::string>());
    BOOST_TEST(second.items().size() == 2u);
    BOOST_TEST(second.items()[1]["revision"] == 1);
    BOOST_TEST(second.json()["next_cursor"].is_null());
    BOOST_TEST(w.bot.get(w.path + "/" + id + "/revisions?cursor=x").status == 422);
}

BOOST_AUTO_TEST_CASE(the_list_is_searched_filtered_and_read_page_by_page) {
    World w;
    w.post("silos");
    w.post("arrets", {{"title", "Arrêts de bus"}, {"description", ""}, {"publisher", "TLP Mobilités"}, {"themes", {"mobilite"}}, {"keywords", {"transport"}},
                         {"distributions", {{{"url", "https://data.example.org/arrets.geojson"}, {"format", "geojson"}}}}});
    w.post("arbres", {{"title", "Arbres"}, {"description", ""}, {"source", "data.tarbes.fr"}});
    const auto found = [&](const std::string& query) { return titles(w.bot.get(w.path + query)); };
    BOOST_TEST((found("") == std::set<std::string>{"Silos de Tarbes", "Arrêts de bus", "Arbres"}));
    BOOST_TEST((found("?q=silo") == std::set<std::string>{"Silos de Tarbes"}));
    BOOST_TEST((found("?q=TRANSPORT") == std::set<std::string>{"Arrêts de bus"}));
    BOOST_TEST((found("?q=tarbes") == std::set<std::string>{"Silos de Tarbes", "Arbres"}));
    BOOST_TEST((found("?theme=mobilite") == std::set<std::string>{"Arrêts de bus"}));
    BOOST_TEST((found("?publisher=TLP+Mobilit%C3%A9s") == std::set<std::string>{"Arrêts de bus"}));
    BOOST_TEST((found("?format=geojson") == std::set<std::string>{"Arrêts de bus"}));
    BOOST_TEST((found("?source=data.tarbes.fr") == std::set<std::string>{"Arbres"}));
    BOOST_TEST(found("?q=rien").empty());
    const Answer first = w.bot.get(w.path + "?limit=2");
    BOOST_TEST(first.items()[0]["title"] == "Arbres");
    BOOST_TEST(!first.items()[0].contains("preview"));
    const Answer second = w.bot.get(w.path + "?limit=2&cursor=" + first.json()["next_cursor"].get<std::string>());
    BOOST_TEST((titles(second) == std::set<std::string>{"Silos de Tarbes"}));
    BOOST_TEST(second.json()["next_cursor"].is_null());
}

BOOST_AUTO_TEST_CASE(freshness_is_told_against_the_frequency_that_is_announced) {
    World w;
    const auto freshness = [&](const char* ago, const char* frequency) {
        const std::string modified = w.instance.sql(std::string("SELECT to_char((now() - interval '") + ago + "') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
        return w.post("silos", {{"modified", modified}, {"accrual_periodicity", frequency ? Json(frequency) : Json()}}).json()["freshness"];
    };
    BOOST_TEST(freshness("20 days", "MONTHLY")["state"] == "fresh");
    BOOST_TEST(freshness("20 days", "MONTHLY")["stale_days"] == 0);
    BOOST_TEST(freshness("10 days", "WEEKLY")["state"] == "stale");
    BOOST_TEST(freshness("10 days", "WEEKLY")["stale_days"] == 3);
    BOOST_TEST(freshness("3 days", "DAILY")["stale_days"] == 2);
    for (const char* never : {"IRREG", "UNKNOWN", "NEVER"}) BOOST_TEST(freshness("900 days", never) == Json({{"state", "unknown"}, {"stale_days", nullptr}, {"due_at", nullptr}}));
    BOOST_TEST(freshness("900 days", nullptr)["state"] == "unknown");
    BOOST_TEST(w.post("silos", {{"modified", nullptr}}).json()["freshness"]["state"] == "unknown");
}

BOOST_AUTO_TEST_CASE(the_same_dataset_of_two_portals_is_shown_once) {
    World w;
    const Json first = w.post("silos").json();
    const Json same = {{"source", "www.data.gouv.fr"}, {"source_id", "silos"}};
    const Json mirror = w.post("miroir", {{"source", "data.tarbes.fr"}, {"landing_page", "https://data.tarbes.fr/silos"}, {"same_as", same}}).json();
    BOOST_TEST(mirror["same_as"] == first["id"]);
    const Json listed = w.cast.member.get(w.path).items();
    BOOST_TEST(listed.size() == 1u);
    BOOST_TEST(listed[0]["id"] == first["id"]);
    BOOST_TEST(listed[0]["also"] == Json::array({{{"id", mirror["id"]}, {"source", "data.tarbes.fr"}, {"source_id", "miroir"}, {"landing_page", "https://data.tarbes.fr/silos"}}}));
    BOOST_TEST(w.cast.member.get(w.path + "/" + mirror["id"].get<std::string>()).status == 200);
    // A third one, the same as the mirror, stands beside the first as well; itself, none.
    const Json third = w.post("copie", {{"source", "data.occitanie.fr"}, {"same_as", {{"source", "data.tarbes.fr"}, {"source_id", "miroir"}}}}).json();
    BOOST_TEST(third["same_as"] == first["id"]);
    BOOST_TEST(w.post("silos", {{"same_as", same}}).json()["outcome"] == "unchanged");
    // Once the first is said to be another's, all of them are.
    const Json other = w.post("silos-65").json();
    w.post("silos", {{"same_as", {{"source", "www.data.gouv.fr"}, {"source_id", "silos-65"}}}});
    const Json now = w.cast.member.get(w.path).items();
    BOOST_TEST(now.size() == 1u);
    BOOST_TEST(now[0]["id"] == other["id"]);
    BOOST_TEST(now[0]["also"].size() == 3u);
    BOOST_TEST(pointer(w.post("autre", {{"same_as", {{"source", "nowhere.example"}, {"source_id", "x"}}}})) == "/same_as");
}

BOOST_AUTO_TEST_CASE(what_a_moderator_hid_is_not_shown_and_not_posted) {
    World w;
    const std::string dataset = w.path + "/" + w.post("silos").json()["id"].get<std::string>();
    w.post("miroir", {{"source", "data.tarbes.fr"}, {"same_as", {{"source", "www.data.gouv.fr"}, {"source_id", "silos"}}}});
    BOOST_TEST(w.cast.moderator.put(dataset + "/hiding", {{"hidden", true}, {"reason", "Périmé"}}).json()["hidden"] == true);
    BOOST_TEST(w.cast.member.get(dataset).status == 404);
    BOOST_TEST(w.bot.get(dataset).status == 404);
    BOOST_TEST(w.cast.member.get(w.path).items().size() == 1u);      // the mirror stands by itself now
    BOOST_TEST(w.cast.moderator.get(w.path).items().size() == 2u);
    BOOST_TEST(w.post("silos", {{"title", "Autre"}}).problem() == "dataset-withdrawn");
    BOOST_TEST(w.post("miroir", {{"source", "data.tarbes.fr"}, {"same_as", {{"source", "www.data.gouv.fr"}, {"source_id", "silos"}}}}).status == 200);
    BOOST_TEST(w.cast.moderator.put(dataset + "/hiding", {{"hidden", false}, {"reason", "Relu"}}).json()["hidden"] == false);
    BOOST_TEST(w.cast.member.get(dataset).status == 200);
    BOOST_TEST(w.post("silos").status == 200);
    BOOST_TEST(w.events() == "dataset.created dataset.created dataset.hidden dataset.shown");
    BOOST_TEST(w.instance.sql("SELECT string_agg(kind || ' ' || (data ->> 'reason'), ', ' ORDER BY entry) FROM margelle.audit_entries WHERE kind LIKE 'dataset.%'") ==
               "dataset.hidden Périmé, dataset.shown Relu");
}

BOOST_AUTO_TEST_CASE(what_a_moderator_deleted_leaves_nothing_and_does_not_come_back) {
    World w;
    const std::string dataset = w.path + "/" + w.post("silos").json()["id"].get<std::string>();
    BOOST_TEST(w.cast.moderator.remove(dataset).status == 204);
    BOOST_TEST(w.cast.moderator.get(dataset).status == 404);
    BOOST_TEST(w.cast.moderator.remove(dataset).status == 404);
    BOOST_TEST(w.cast.moderator.get(w.path).items().empty());
    BOOST_TEST(w.post("silos").problem() == "dataset-withdrawn");
    BOOST_TEST(w.revisions() == "0");
    BOOST_TEST(w.instance.sql("SELECT content || coalesce(preview, '{}') FROM margelle.datasets") == "{}");
    BOOST_TEST(w.events() == "dataset.created dataset.deleted");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    World w;
    const std::vector<std::pair<Json, std::string>> wrong{{{{"title", ""}}, "/title"}, {{{"landing_page", "javascript:alert(1)"}}, "/landing_page"},
        {{{"landing_page", "https://user:secret@example.org/"}}, "/landing_page"}, {{{"themes", {"chasse"}}}, "/themes/0"}, {{{"territories", {"65440"}}}, "/territories/0"},
        {{{"bbox", {1, 2, 3}}}, "/bbox"}, {{{"temporal", {{"start", "2026-02-30"}}}}, "/temporal/start"},
        {{{"temporal", {{"start", "2026-02-02"}, {"end", "2026-02-01"}}}}, "/temporal/end"}, {{{"modified", "2026-02-30T10:00:00Z"}}, "/modified"},
        {{{"modified", "2026-02-03T25:00:00Z"}}, "/modified"}, {{{"accrual_periodicity", "SOMETIMES"}}, "/accrual_periodicity"},
        {{{"distributions", {{{"url", "ftp://example.org/a"}}}}}, "/distributions/0/url"}, {{{"group_id", w.cast.group}}, "/group_id"},
        {{{"preview", {{"table", {{"columns", {{{"name", "a"}, {"type", "string"}}}}, {"rows", Json::array({Json::array({"a", "b"})})}}}}}}, "/preview/table/rows/0"},
        {{{"preview", {{"table", {{"columns", {{{"name", "a"}, {"type", "string"}}}}, {"rows", Json::array()}}}, {"chart", {{"kind", "bar"}, {"x", "a"}, {"y", {"b"}}}}}}}, "/preview/chart/y/0"},
        {{{"preview", {{"table", {{"columns", {{{"name", "a"}, {"type", "string"}}}}, {"rows", Json::array({Json::array({Json::object()})})}}}}}}, "/preview/table/rows/0/0"}};
    for (const auto& [more, at] : wrong) {
        const Answer refused = w.post("silos", more);
        BOOST_TEST(refused.status == 422, more.dump() << " " << refused.body);
        if (refused.status == 422) BOOST_TEST(pointer(refused) == at, refused.body);
    }
    BOOST_TEST(w.events() == "");
}

BOOST_AUTO_TEST_CASE(a_preview_is_bounded) {
    World w;
    Json rows = Json::array();
    for (int i = 0; i < 300; ++i) rows.push_back(Json::array({std::string(1000, 'x')}));
    const Answer refused = w.post("silos", {{"preview", {{"table", {{"columns", {{{"name", "a"}, {"type", "string"}}}}, {"rows", rows}}}}}});
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(pointer(refused) == "/preview");
}

BOOST_AUTO_TEST_CASE(a_map_may_say_anything_of_its_places) {
    World w;
    const Json geojson = {{"type", "FeatureCollection"}, {"features", {{{"type", "Feature"}, {"geometry", {{"type", "Point"}, {"coordinates", {0.07, 43.23}}}},
        {"properties", {{"category", "no category of ours"}, {"date", "hier"}, {"themes", "x"}, {"nested", {{"a", {1, 2}}}}}}}}}};
    const Answer posted = w.post("silos", {{"preview", {{"geojson", geojson}}}});
    BOOST_TEST(posted.status == 201, posted.body);
    BOOST_TEST(posted.json()["preview"]["geojson"] == geojson);
}

BOOST_AUTO_TEST_CASE(the_catalogue_is_exported_in_dcat_ap) {
    World w;
    const Json posted = w.post("silos", {{"bbox", {-0.1, 43.1, 0.2, 43.3}}, {"temporal", {{"start", "2025-01-01"}}}, {"license", {{"title", "ODbL"}, {"url", "https://opendatacommons.org/licenses/odbl/1-0/"}}},
        {"landing_page", "https://www.data.gouv.fr/silos"}, {"keywords", {"silo"}}}).json();
    w.post("rien", {{"title", "Rien"}, {"description", ""}, {"publisher", nullptr}, {"license", nullptr}, {"themes", Json::array()}, {"territories", Json::array()},
        {"accrual_periodicity", nullptr}, {"modified", nullptr}, {"distributions", Json::array()}, {"preview", nullptr}});
    const Answer exported = w.bot.get(w.cast.path + "/catalog");
    BOOST_TEST(exported.status == 200);
    const Json datasets = exported.json()["dcat:dataset"];
    BOOST_TEST(datasets.size() == 2u);
    BOOST_TEST(datasets[0].size() == 4u);       // what is empty is left out
    const Json& silos = datasets[1];
    BOOST_TEST(silos["@id"] == w.instance.config.public_url + "/g/" + w.cast.group + "/datasets/" + posted["id"].get<std::string>());
    BOOST_TEST(silos["@type"] == "dcat:Dataset");
    BOOST_TEST(silos["dct:title"] == "Silos de Tarbes");
    BOOST_TEST(silos["dct:publisher"]["foaf:name"] == "Ville de Tarbes");
    BOOST_TEST(silos["dct:license"]["@id"] == "https://opendatacommons.org/licenses/odbl/1-0/");
    BOOST_TEST(silos["dcat:theme"][0]["@id"] == "http://publications.europa.eu/resource/authority/data-theme/ENER");
    BOOST_TEST(silos["dct:accrualPeriodicity"]["@id"] == "http://publications.europa.eu/resource/authority/frequency/ANNUAL");
    BOOST_TEST(silos["dct:spatial"][0]["@id"] == "http://id.insee.fr/geo/commune/65440");
    BOOST_TEST(silos["dct:spatial"][1]["dcat:bbox"]["@value"] == "POLYGON((-0.1 43.1,0.2 43.1,0.2 43.3,-0.1 43.3,-0.1 43.1))");
    BOOST_TEST(silos["dct:temporal"] == Json({{"@type", "dct:PeriodOfTime"}, {"dcat:startDate", {{"@type", "xsd:date"}, {"@value", "2025-01-01"}}}}));
    BOOST_TEST(silos["dct:modified"]["@value"] == "2026-01-31T10:00:00Z");
    BOOST_TEST(silos["dcat:distribution"][0]["dcat:accessURL"]["@id"] == "https://www.data.gouv.fr/silos.csv");
    const Answer first = w.bot.get(w.cast.path + "/catalog?limit=1");
    const std::string link = first.headers.at("Link"), next = link.substr(1, link.find('>') - 1);
    BOOST_TEST(w.bot.get(next.substr((w.instance.config.public_url + "/api/v1").size())).json()["dcat:dataset"][0]["dct:title"] == "Silos de Tarbes");
}

BOOST_AUTO_TEST_CASE(another_bot_of_the_group_goes_on_where_one_stopped) {
    World w;
    w.post("silos");
    Client next = w.cast.bot({"datasets:write"});
    const Json changed = next.post(w.path, dataset_of("silos", {{"title", "Silos"}})).json();
    BOOST_TEST(changed["outcome"] == "changed");
    BOOST_TEST(changed["author"]["id"] == next.member);
}

BOOST_AUTO_TEST_CASE(a_group_keeps_two_thousand_datasets_and_of_each_the_last_hundred_revisions) {
    World w;
    w.post("silos");
    w.instance.sql("INSERT INTO margelle.datasets (group_id, dataset_id, source, source_id, author_id, content, description_html)"
                   " SELECT group_id, gen_random_uuid(), source, n::text, author_id, content, '' FROM margelle.datasets, generate_series(2, 2000) n");
    BOOST_TEST(w.post("arrets").problem() == "quota-reached");
    BOOST_TEST(w.post("silos", {{"title", "Silos"}}).status == 200);
    w.instance.sql("UPDATE margelle.datasets SET revision = 150 WHERE source_id = 'silos'");
    w.instance.sql("UPDATE margelle.dataset_revisions SET revision = 149 + revision - 2 WHERE dataset_id = (SELECT dataset_id FROM margelle.datasets WHERE source_id = 'silos')");
    w.instance.sql("UPDATE margelle.dataset_revisions SET revision = 51 WHERE revision = 148");
    w.post("silos", {{"title", "Silos encore"}});
    BOOST_TEST(w.instance.sql("SELECT string_agg(revision::text, ' ' ORDER BY revision) FROM margelle.dataset_revisions") == "149 151");
}

BOOST_AUTO_TEST_CASE(each_group_has_its_own) {
    World w;
    Cast other(w.instance);
    w.post("silos");
    BOOST_TEST(other.bot().post(other.path + "/datasets", dataset_of("silos")).status == 201);
    BOOST_TEST(other.member.get(other.path + "/datasets").items().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
