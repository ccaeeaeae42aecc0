#pragma once
// Rows as JSON. The aliases of a SELECT are the members of the object, so a list's form stands once, in its statement,
// and the contract's tests hold it. "author.id", "author.name" make a nested object, which is null when its first
// column is NULL; "_name" is for the statement's caller and stays out; json and jsonb columns go in as they are; times become RFC 3339.
#include <pqxx/pqxx>
#include <string>

namespace margelle::persistence {

// Appends one row as an object.
void append_json(std::string& out, const pqxx::row& row);
std::string json_object(const pqxx::row& row);
// All rows as an array.
std::string json_array(const pqxx::result& rows);
// All rows as {"items": …, "next_cursor": null}.
std::string json_whole_list(const pqxx::result& rows);

}  // namespace margelle::persistence
