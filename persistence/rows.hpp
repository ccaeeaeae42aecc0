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
// All rows as an array, or the first of them.
std::string json_array(const pqxx::result& rows);
std::string json_array(const pqxx::result& rows, pqxx::result::size_type count);
// How many of the first rows one answer should carry: at most `most`, and not many more than a mebibyte; one at least, if there is one.
pqxx::result::size_type json_count(const pqxx::result& rows, pqxx::result::size_type most);
// All rows as {"items": …, "next_cursor": null}.
std::string json_whole_list(const pqxx::result& rows);

}  // namespace margelle::persistence
