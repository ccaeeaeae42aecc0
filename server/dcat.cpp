#include "server/dcat.hpp"

#include <map>
#include <nlohmann/json.hpp>

namespace margelle::dcat {
namespace {

using nlohmann::json;

constexpr const char* authority = "http://publications.europa.eu/resource/authority/";

// Our themes among the EU's (EU Vocabularies, "Data theme").
const std::map<std::string, const char*> themes{{"energie", "ENER"}, {"mobilite", "TRAN"}, {"dechets", "ENVI"}, {"construction", "REGI"}, {"eau", "ENVI"},
    {"alimentation", "AGRI"}, {"numerique", "TECH"}, {"logement", "SOCI"}, {"sante", "HEAL"}, {"commerce", "ECON"}, {"gouvernance", "GOVE"}};

json node(const std::string& id) { return {{"@id", id}}; }
json typed(const json& value, const char* type) { return {{"@type", type}, {"@value", value}}; }

// Adds a property that the dataset has.
void put(json& into, const char* property, json value) {
    if (!value.is_null() && value != "" && value != json::array()) into[property] = std::move(value);
}

json moment(const json& value) { return value.is_null() ? json() : typed(value, "xsd:dateTime"); }
json day(const json& value) { return value.is_null() ? json() : typed(value, "xsd:date"); }
json place(const json& url) { return url.is_null() ? json() : node(url); }

json license(const json& value) {
    if (value.is_null()) return json();
    json document = {{"@type", "dct:LicenseDocument"}, {"dct:title", value["title"]}};
    if (!value["url"].is_null()) document["@id"] = value["url"];
    return document;
}

// Communes, départements and régions have a name of INSEE's; others have their code.
json location(const std::string& territory) {
    const std::string kind = territory.substr(0, territory.find(':')), code = territory.substr(kind.size() + 1);
    json where = {{"@type", "dct:Location"}, {"dct:identifier", territory}};
    if (kind == "commune" || kind == "departement" || kind == "region") where["@id"] = "http://id.insee.fr/geo/" + kind + '/' + code;
    if (kind == "pays" && code == "FR") where["@id"] = std::string(authority) + "country/FRA";
    return where;
}

json spatial(const json& dataset) {
    json all = json::array();
    for (const json& territory : dataset["territories"]) all.push_back(location(territory));
    if (const json& box = dataset["bbox"]; !box.is_null()) {
        const std::string west = box[0].dump(), south = box[1].dump(), east = box[2].dump(), north = box[3].dump();
        all.push_back({{"@type", "dct:Location"}, {"dcat:bbox", typed("POLYGON((" + west + ' ' + south + ',' + east + ' ' + south + ',' + east + ' ' + north + ',' + west + ' ' +
                                                                          north + ',' + west + ' ' + south + "))", "geo:wktLiteral")}});
    }
    return all;
}

json temporal(const json& value) {
    if (value.is_null()) return json();
    json period = {{"@type", "dct:PeriodOfTime"}};
    put(period, "dcat:startDate", day(value["start"]));
    put(period, "dcat:endDate", day(value["end"]));
    return period;
}

json distribution(const json& value) {
    json one = {{"@type", "dcat:Distribution"}, {"dcat:accessURL", node(value["url"])}};
    put(one, "dct:title", value["title"]);
    put(one, "dct:format", value["format"]);
    put(one, "dcat:mediaType", value["media_type"]);
    if (!value["byte_size"].is_null()) one["dcat:byteSize"] = typed(std::to_string(value["byte_size"].get<std::int64_t>()), "xsd:nonNegativeInteger");
    put(one, "dct:modified", moment(value["modified"]));
    return one;
}

json described(const std::string& address, const json& dataset) {
    json one = {{"@id", address + "/datasets/" + dataset["id"].get<std::string>()}, {"@type", "dcat:Dataset"}, {"dct:title", dataset["title"]}, {"dct:identifier", dataset["source_id"]}};
    put(one, "dct:description", dataset["description"]);
    if (!dataset["publisher"].is_null()) one["dct:publisher"] = {{"@type", "foaf:Agent"}, {"foaf:name", dataset["publisher"]}};
    put(one, "dct:license", license(dataset["license"]));
    put(one, "dcat:landingPage", place(dataset["landing_page"]));
    put(one, "dcat:keyword", dataset["keywords"]);
    json about = json::array();
    for (const json& theme : dataset["themes"])
        if (const auto known = themes.find(theme.get<std::string>()); known != themes.end()) about.push_back(node(std::string(authority) + "data-theme/" + known->second));
    put(one, "dcat:theme", about);
    put(one, "dct:spatial", spatial(dataset));
    put(one, "dct:temporal", temporal(dataset["temporal"]));
    if (const json& frequency = dataset["accrual_periodicity"]; !frequency.is_null()) one["dct:accrualPeriodicity"] = node(std::string(authority) + "frequency/" + frequency.get<std::string>());
    put(one, "dct:issued", moment(dataset["issued"]));
    put(one, "dct:modified", moment(dataset["modified"]));
    json distributions = json::array();
    for (const json& each : dataset["distributions"]) distributions.push_back(distribution(each));
    put(one, "dcat:distribution", distributions);
    return one;
}

}  // namespace

json catalog(const std::string& address, const json& datasets) {
    json all = json::array();
    for (const json& dataset : datasets) all.push_back(described(address, dataset));
    return {{"@context", {{"dcat", "http://www.w3.org/ns/dcat#"}, {"dct", "http://purl.org/dc/terms/"}, {"foaf", "http://xmlns.com/foaf/0.1/"},
                             {"geo", "http://www.opengis.net/ont/geosparql#"}, {"xsd", "http://www.w3.org/2001/XMLSchema#"}}},
        {"@id", address + "/datasets"}, {"@type", "dcat:Catalog"}, {"dcat:dataset", all}};
}

}  // namespace margelle::dcat
