#include "persistence/rows.hpp"

#include <string_view>

#include "protocol/json_text.hpp"

namespace margelle::persistence {
namespace {

// Type OIDs (PostgreSQL's pg_type.dat).
enum : pqxx::oid { bool_type = 16, bytea_type = 17, int8_type = 20, int2_type = 21, int4_type = 23, json_type = 114, jsonb_type = 3802, timestamptz_type = 1184 };

void append_value(std::string& out, const pqxx::field& field) {
    if (field.is_null()) {
        out += "null";
        return;
    }
    const std::string_view text(field.c_str(), field.size());
    switch (field.type()) {
        case bool_type: out += text == "t" ? "true" : "false"; break;
        case int8_type: case int2_type: case int4_type: case json_type: case jsonb_type: out += text; break;
        case bytea_type: append_json_string(out, text.substr(2)); break;        // "\x…" without its mark
        case timestamptz_type: {                                                // "2026-11-24 06:50:26.12+00"
            std::string time(text.substr(0, text.rfind('+')));
            time[10] = 'T';
            out.append(1, '"').append(time).append("Z\"");
            break;
        }
        default: append_json_string(out, text);
    }
}

}  // namespace

void append_json(std::string& out, const pqxx::row& row) {
    out += '{';
    std::string_view open;          // prefix of the nested object being written
    bool skipping = false;          // that object is null
    for (pqxx::row::size_type i = 0; i < row.size(); ++i) {
        std::string_view name = row[i].name();
        if (name.starts_with('_')) continue;
        const std::size_t dot = name.find('.');
        const std::string_view prefix = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
        const bool first = prefix != open;
        if (first && !open.empty() && !skipping) out += '}';
        if (first) {
            open = prefix;
            skipping = false;
        }
        if (skipping) continue;
        if (out.back() != '{') out += ',';
        if (!prefix.empty()) {
            if (first) {
                append_json_string(out, prefix);
                out += ':';
                if (row[i].is_null()) {
                    out += "null";
                    skipping = true;
                    continue;
                }
                out += '{';
            }
            name.remove_prefix(dot + 1);
        }
        append_json_string(out, name);
        out += ':';
        append_value(out, row[i]);
    }
    if (!open.empty() && !skipping) out += '}';
    out += '}';
}

std::string json_object(const pqxx::row& row) {
    std::string out;
    append_json(out, row);
    return out;
}

std::string json_array(const pqxx::result& rows) {
    std::string out = "[";
    for (const pqxx::row& row : rows) {
        if (out.size() > 1) out += ',';
        append_json(out, row);
    }
    return out + "]";
}

std::string json_whole_list(const pqxx::result& rows) { return json_list(json_array(rows)); }

}  // namespace margelle::persistence
