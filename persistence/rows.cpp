#include "persistence/rows.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "protocol/json_text.hpp"

namespace margelle::persistence {
namespace {

constexpr std::size_t bytes_an_answer = 1024 * 1024;

// Type OIDs (PostgreSQL's pg_type.dat).
enum : pqxx::oid { bool_type = 16, bytea_type = 17, int8_type = 20, int2_type = 21, int4_type = 23, json_type = 114, jsonb_type = 3802, timestamptz_type = 1184 };

void append_value(std::string& out, const pqxx::field& field, pqxx::oid type) {
    if (field.is_null()) {
        out += "null";
        return;
    }
    const std::string_view text(field.c_str(), field.size());
    switch (type) {
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

// How the rows of one result are written: found out once, not for each row.
class Form {
public:
    explicit Form(const pqxx::result& rows) {
        for (pqxx::row::size_type i = 0; i < rows.columns(); ++i) add(i, rows.column_name(i), rows.column_type(i));
        end_object();
    }
    explicit Form(const pqxx::row& row) {
        for (pqxx::row::size_type i = 0; i < row.size(); ++i) add(i, row[i].name(), row[i].type());
        end_object();
    }

    void append(std::string& out, const pqxx::row& row) const {
        out += '{';
        bool skipping = false;          // the object that is open is null
        for (const Member& member : members_) {
            const pqxx::field field = row[member.place];
            if (!member.opens.empty()) {
                if (out.back() != '{') out += ',';
                out += member.opens;
                skipping = field.is_null();
                out += skipping ? "null" : "{";
            }
            if (member.nested && skipping) continue;
            if (out.back() != '{') out += ',';
            out += member.label;
            append_value(out, field, member.type);
            if (member.closes) out += '}';
        }
        out += '}';
    }

private:
    struct Member {
        pqxx::row::size_type place;
        pqxx::oid type;
        std::string label;              // "name":
        std::string opens;              // the label of the nested object that begins here
        bool nested;
        bool closes;                    // it ends here
    };

    void add(pqxx::row::size_type place, std::string_view name, pqxx::oid type) {
        if (name.starts_with('_')) return;
        const std::size_t dot = name.find('.');
        const std::string object(dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot));
        const bool opens = object != object_ && !object.empty();
        if (object != object_) end_object();
        object_ = object;
        members_.push_back({place, type, label(name.substr(dot == std::string_view::npos ? 0 : dot + 1)), opens ? label(object) : "", !object.empty(), false});
    }

    void end_object() {
        if (!object_.empty()) members_.back().closes = true;
        object_.clear();
    }

    static std::string label(std::string_view name) { return json_string(name) + ':'; }

    std::vector<Member> members_;
    std::string object_;                // the nested object that the last member belongs to
};

}  // namespace

void append_json(std::string& out, const pqxx::row& row) { Form(row).append(out, row); }

std::string json_object(const pqxx::row& row) {
    std::string out;
    append_json(out, row);
    return out;
}

std::string json_array(const pqxx::result& rows) { return json_array(rows, rows.size()); }

std::string json_array(const pqxx::result& rows, pqxx::result::size_type count) {
    const Form form(rows);
    std::string out = "[";
    for (pqxx::result::size_type i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        form.append(out, rows[i]);
    }
    return out + "]";
}

pqxx::result::size_type json_count(const pqxx::result& rows, pqxx::result::size_type most) {
    std::size_t bytes = 0;
    pqxx::result::size_type count = 0;
    for (; count < std::min(most, rows.size()) && (count == 0 || bytes < bytes_an_answer); ++count)
        for (const pqxx::field& field : rows[count]) bytes += field.size();
    return count;
}

std::string json_whole_list(const pqxx::result& rows) { return json_list(json_array(rows)); }

}  // namespace margelle::persistence
