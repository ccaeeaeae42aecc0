#include "persistence/audit.hpp"

#include <nlohmann/json.hpp>

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/audit.hpp"

namespace margelle::persistence::audit {
namespace {

// What the hash covers, under the names that an export gives it.
#define HASHED_COLUMNS \
    "e.group_id AS \"group\", e.at, e.kind, e.actor_id AS actor, e.subject_id AS subject, e.object_id AS object, e.data, e.personal, e.salt"

}  // namespace

void record(Transaction& t, const std::string& kind, const std::optional<std::string>& subject, const std::optional<std::string>& object,
            const std::string& data) {
    run(t, "SELECT margelle.record_act($1, $2, $3, $4)", kind, subject, object, data);
}

void record_reading_as(Transaction& t, const std::string& as) { run(t, "SELECT margelle.record_reading_as($1)", as); }

void record_refusal(Transaction& t, const std::string& group, const std::optional<std::string>& object, const std::string& operation) {
    run(t, "SELECT margelle.record_refusal($1, $2, $3)", group, object, operation);
}

Page list(Transaction& t, const Filter& filter, const std::optional<std::int64_t>& before, int limit) {
    // What an object is called shows where the moderator may read it now.
    const auto rows = run(t,
        "SELECT e.entry AS _entry, e.at, e.kind, e.actor_id AS \"actor.id\", coalesce(e.personal ->> 'actor', '—') AS \"actor.name\","
        "       e.subject_id AS \"subject.id\", coalesce(e.personal ->> 'subject', '—') AS \"subject.name\","
        "       e.object_id AS \"object.id\", coalesce(t.title, c.name, r.title, d.content ->> 'title') AS \"object.name\","
        "       e.data, e.personal ->> 'email' AS email, e.personal ->> 'address' AS address, e.position, e.hash"
        "  FROM margelle.audit_entries e"
        "  LEFT JOIN margelle.threads t ON t.group_id = e.group_id AND t.thread_id = e.object_id"
        "  LEFT JOIN margelle.circles c ON c.group_id = e.group_id AND c.circle_id = e.object_id"
        "  LEFT JOIN margelle.releases r ON r.group_id = e.group_id AND r.release_id = e.object_id"
        "  LEFT JOIN margelle.datasets d ON d.group_id = e.group_id AND d.dataset_id = e.object_id"
        " WHERE e.group_id = $1 AND ($2::uuid IS NULL OR e.actor_id = $2 OR e.subject_id = $2) AND ($3::uuid IS NULL OR e.object_id = $3)"
        "   AND ($4::text IS NULL OR starts_with(e.kind, $4)) AND ($5::timestamptz IS NULL OR e.at >= $5) AND ($6::timestamptz IS NULL OR e.at < $6)"
        "   AND ($7::bigint IS NULL OR e.entry < $7)"
        " ORDER BY e.entry DESC LIMIT $8",
        t.who().group, filter.person, filter.object, filter.kind, filter.from, filter.until, before, limit + 1);
    Page page{"[", std::nullopt};
    int count = 0;
    for (const auto& row : rows) {
        if (++count > limit) {
            page.next = rows[static_cast<pqxx::result::size_type>(limit - 1)]["_entry"].as<std::int64_t>();
            break;
        }
        if (count > 1) page.items += ',';
        append_json(page.items, row);
    }
    page.items += ']';
    return page;
}

Head head(Transaction& t) {
    const auto row = run(t,
        "SELECT coalesce(h.position, 0), encode(h.hash, 'hex'), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        "  FROM (SELECT $1::uuid AS group_id) x LEFT JOIN margelle.audit_heads h ON h.group_id = x.group_id", t.who().group).at(0);
    return {row[0].as<std::int64_t>(), row[1].is_null() ? chain_start(*t.who().group) : from_hex(row[1].as<std::string>()), row[2].as<std::string>()};
}

std::string lines(Transaction& t, std::int64_t up_to) {
    const auto rows = run(t,
        "SELECT e.position, " HASHED_COLUMNS ", e.personal_sha256, e.hash FROM margelle.audit_entries e"
        " WHERE e.group_id = $1 AND e.position <= $2 ORDER BY e.position", t.who().group, up_to);
    std::string out;
    for (const auto& row : rows) {
        append_json(out, row);
        out += '\n';
    }
    return out;
}

int seal(Transaction& t, int limit) {
    const auto rows = run(t,
        "SELECT e.entry AS _entry, coalesce(e.head_position, 0) AS _position, encode(e.head_hash, 'hex') AS _hash, " HASHED_COLUMNS
        "  FROM margelle.unsealed_audit($1) e", limit);
    std::string group, hash;
    std::int64_t position = 0;
    for (const auto& row : rows) {
        if (const std::string of = row["group"].as<std::string>(); of != group) {
            group = of;
            position = row["_position"].as<std::int64_t>();
            hash = row["_hash"].is_null() ? chain_start(group) : from_hex(row["_hash"].as<std::string>());
        }
        nlohmann::json entry = nlohmann::json::parse(json_object(row));
        entry["position"] = ++position;
        const std::string personal_sha256 = personal_digest(entry);
        hash = chain_hash(hash, personal_sha256, entry);
        run(t, "SELECT margelle.seal_audit($1, $2, $3, $4, $5)", group, row["_entry"].as<std::int64_t>(), position, bytes(personal_sha256), bytes(hash));
    }
    return static_cast<int>(rows.size());
}

}  // namespace margelle::persistence::audit
