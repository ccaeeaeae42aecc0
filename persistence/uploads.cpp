#include "persistence/uploads.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"
#include "protocol/sealing.hpp"

namespace margelle::persistence::uploads {
namespace {

std::optional<std::string> bytes_or_null(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional(pqxx::binarystring(field).str());
}

}  // namespace

Outcome create(Transaction& t, const std::string& upload, std::int64_t length) {
    const std::string outcome = run(t, "SELECT margelle.create_upload($1, $2)", upload, length)[0][0].as<std::string>();
    return outcome == "created" ? Outcome::created : outcome == "quota" ? Outcome::quota_reached : Outcome::too_large;
}

std::optional<Shown> show(Transaction& t, const std::string& upload) {
    const auto rows = run(t,
        "SELECT u.upload_id AS id, u.received AS \"offset\", u.length, u.blob_id IS NOT NULL AS whole, u.media_type, c.sha256, u.expires_at,"
        "       to_char(u.expires_at AT TIME ZONE 'UTC', 'Dy, DD Mon YYYY HH24:MI:SS \"GMT\"') AS _expires"
        "  FROM margelle.uploads u LEFT JOIN LATERAL margelle.uploaded(u.upload_id) c ON true"
        " WHERE u.group_id = $1 AND u.upload_id = $2 AND u.expires_at > now()",
        t.who().group, upload);
    if (rows.empty()) return std::nullopt;
    return Shown{json_object(rows[0]), rows[0]["offset"].as<std::int64_t>(), rows[0]["length"].as<std::int64_t>(),
        rows[0]["_expires"].as<std::string>()};
}

std::optional<Part> begin_part(Transaction& t, const std::string& upload, std::int64_t offset) {
    const auto rows = run(t, "SELECT * FROM margelle.begin_part($1, $2, $3)", upload, offset, static_cast<int>(chunk_size));
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Part{row["part"].as<int>(), row["length"].as<std::int64_t>(), bytes_or_null(row["digest"]), bytes_or_null(row["tail"]),
        text_or_null(row["media_type"])};
}

bool keep_part(Transaction& t, const std::string& upload, int part, const std::optional<Chunk>& chunk,
    const std::optional<Progress>& progress, const std::optional<std::string>& media_type) {
    const auto sealed = chunk ? std::optional(bytes(chunk->sealed)) : std::nullopt;
    const auto number = chunk ? std::optional(chunk->number) : std::nullopt,
               received = progress ? std::optional(progress->received) : std::nullopt;
    const auto digest = progress ? std::optional(bytes(progress->digest)) : std::nullopt,
               tail = progress ? bytes(progress->tail) : std::nullopt;
    return run(t, "SELECT margelle.keep_part($1, $2, $3, $4, $5, $6, $7, $8)", upload, part, number, sealed, received, digest, tail,
        media_type)[0][0]
        .as<bool>();
}

bool finish(Transaction& t, const std::string& upload, int part, const std::string& sha256) {
    return !run(t, "SELECT margelle.finish_upload($1, $2, $3)", upload, part, bytes(sha256))[0][0].is_null();
}

std::optional<Content> content(Transaction& t, const std::string& upload) {
    const auto rows = run(t, "SELECT * FROM margelle.uploaded($1)", upload);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Content{row["blob_id"].as<std::string>(), row["size"].as<std::int64_t>(), pqxx::binarystring(row["sha256"]).str(),
        row["media_type"].as<std::string>()};
}

bool end(Transaction& t, const std::string& upload) { return run(t, "SELECT margelle.end_upload($1)", upload)[0][0].as<bool>(); }

}  // namespace margelle::persistence::uploads
