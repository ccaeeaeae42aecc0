#pragma once
// A group's datasets as other catalogues read them: DCAT-AP 3 in JSON-LD 1.1.
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace margelle::dcat {

// A dcat:Catalog of datasets in the form of listDatasets (a JSON array). `address` is that of the group's page: each dataset is named by its own below it.
nlohmann::json catalog(const std::string& address, const nlohmann::json& datasets);

}  // namespace margelle::dcat
