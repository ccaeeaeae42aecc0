#include "persistence/documents.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::documents {
namespace {

#define DOCUMENT_COLUMNS                                                                                                                  \
    "d.document_id AS id, d.name, d.author_id AS \"author.id\", m.name AS \"author.name\","                                               \
    " CASE WHEN d.feed_id = d.group_id THEN 'group' ELSE 'circle' END AS label, c.circle_id AS \"circle.id\", c.name AS \"circle.name\"," \
    " to_jsonb(d.tags) AS tags, v.number AS version, v.media_type, v.size, v.sha256, v.note, va.member_id AS \"version_author.id\","      \
    " va.name AS \"version_author.name\", h.member_id AS \"checked_out_by.id\", h.name AS \"checked_out_by.name\","                       \
    " CASE WHEN h.member_id IS NOT NULL THEN d.checked_out_until END AS checked_out_until, d.created_at, d.changed_at, d.deleted_at IS NOT NULL AS deleted, d.revision"
#define DOCUMENT_TABLES                                                                                                            \
    " FROM margelle.documents d JOIN margelle.members m ON m.member_id = d.author_id"                                              \
    " LEFT JOIN margelle.circles c ON c.group_id = d.group_id AND c.circle_id = d.feed_id"                                         \
    " LEFT JOIN margelle.document_versions v ON v.group_id = d.group_id AND v.document_id = d.document_id AND v.number = d.latest" \
    " LEFT JOIN margelle.members va ON va.member_id = v.author_id"                                                                 \
    " LEFT JOIN margelle.members h ON h.member_id = d.checked_out_by AND d.checked_out_until > now()"

std::string ids(const std::string& document) { return R"({"document_id":")" + document + R"("})"; }

}  // namespace

Page list(Transaction& t, const Wanted& wanted, const std::optional<Position>& after, int limit) {
    const auto rows = run(t,
        "SELECT " DOCUMENT_COLUMNS ", (extract(epoch FROM d.changed_at) * 1000000)::bigint AS _changed_at" DOCUMENT_TABLES
        " WHERE d.group_id = $1 AND d.deleted_at IS NULL AND ($2::text IS NULL OR strpos(lower(d.name), lower($2)) > 0)"
        "   AND ($3::uuid IS NULL OR $3 = d.author_id OR $3 = v.author_id) AND ($4::text IS NULL OR starts_with(v.media_type, $4))"
        "   AND ($5::text IS NULL OR $5 = ANY (d.tags))"
        "   AND ($6::bigint IS NULL OR (d.changed_at, d.document_id) < (timestamptz 'epoch' + $6 * interval '1 microsecond', $7::uuid))"
        " ORDER BY d.changed_at DESC, d.document_id DESC LIMIT $8",
        t.who().group, wanted.words, wanted.author, wanted.type, wanted.tag,
        after ? std::optional<std::int64_t>(after->changed_at) : std::nullopt,
        after ? std::optional<std::string>(after->document) : std::nullopt, limit + 1);
    Page page{"[", std::nullopt};
    int count = 0;
    for (const auto& row : rows) {
        if (++count > limit) {
            const auto last = rows[static_cast<pqxx::result::size_type>(limit - 1)];
            page.next = Position{last["_changed_at"].as<std::int64_t>(), last["id"].as<std::string>()};
            break;
        }
        if (count > 1) page.items += ',';
        append_json(page.items, row);
    }
    page.items += ']';
    return page;
}

std::optional<Shown> show(Transaction& t, const std::string& document) {
    const auto rows = run(t,
        "SELECT " DOCUMENT_COLUMNS ", d.feed_id AS _feed_id, d.latest AS _latest" DOCUMENT_TABLES
        " WHERE d.group_id = $1 AND d.document_id = $2",
        t.who().group, document);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Shown{json_object(row), row["revision"].as<int>(), row["_latest"].as<int>(), row["name"].as<std::string>(),
        row["author.id"].as<std::string>(), row["_feed_id"].as<std::string>(), row["deleted"].as<bool>(),
        text_or_null(row["checked_out_by.id"])};
}

void create(
    Transaction& t, const std::string& document, const std::string& feed, const std::string& name, const std::vector<std::string>& tags) {
    run(t, "INSERT INTO margelle.documents (group_id, document_id, feed_id, name, tags, author_id) VALUES ($1, $2, $3, $4, $5::text[], $6)",
        t.who().group, document, feed, name, array_literal(tags), t.who().member);
}

bool add_version(Transaction& t, const std::string& document, const std::string& feed, const NewVersion& version) {
    const auto rows = run(t,
        "UPDATE margelle.documents SET latest = $3, changed_at = now(), revision = CASE $3::int WHEN 1 THEN revision ELSE revision + 1 END"
        " WHERE group_id = $1 AND document_id = $2 AND latest = $3::int - 1 AND deleted_at IS NULL",
        t.who().group, document, version.number);
    if (rows.affected_rows() == 0) return false;
    run(t,
        "INSERT INTO margelle.document_versions (group_id, document_id, number, feed_id, blob_id, size, sha256, media_type, note, author_id, restored_from, seal)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        t.who().group, document, version.number, feed, version.content.blob, version.content.size, bytes(version.content.sha256),
        version.content.media_type, version.note, t.who().member, version.restored_from, bytes(version.seal));
    events::append_to(t, feed, version.number == 1 ? "document.created" : "document.version_added",
        R"({"document_id":")" + document + R"(","version":)" + std::to_string(version.number) + "}");
    return true;
}

bool update(Transaction& t, const std::string& document, const std::string& feed, int revision, const std::optional<std::string>& name,
    const std::optional<std::vector<std::string>>& tags) {
    const auto rows = run(t,
        "UPDATE margelle.documents SET revision = revision + 1, name = coalesce($4, name), tags = coalesce($5::text[], tags)"
        " WHERE group_id = $1 AND document_id = $2 AND revision = $3 AND deleted_at IS NULL",
        t.who().group, document, revision, name, tags ? std::optional(array_literal(*tags)) : std::nullopt);
    if (rows.affected_rows() == 0) return false;
    events::append_to(t, feed, "document.changed", ids(document));
    return true;
}

void remove(Transaction& t, const std::string& document, const std::string& feed) {
    run(t,
        "UPDATE margelle.documents SET name = '', tags = '{}', checked_out_by = NULL, checked_out_until = NULL, deleted_at = now(), revision = revision + 1"
        " WHERE group_id = $1 AND document_id = $2 AND deleted_at IS NULL",
        t.who().group, document);
    events::append_to(t, feed, "document.deleted", ids(document));
}

void relabel(Transaction& t, const std::string& document, const std::string& feed, const std::string& reason) {
    const auto left = run(t, "SELECT margelle.relabel_document($1, $2, $3, $4)", document, feed, t.who().access_epoch, reason);
    if (left[0][0].is_null()) throw RightsChanged();
}

void check_out(Transaction& t, const std::string& document, const std::string& feed, int hours) {
    run(t,
        "UPDATE margelle.documents SET checked_out_by = CASE WHEN $4 > 0 THEN $3::uuid END, checked_out_until = CASE WHEN $4 > 0 THEN now() + make_interval(hours => $4::int) END"
        " WHERE group_id = $1 AND document_id = $2",
        t.who().group, document, t.who().member, hours);
    events::append_to(t, feed, hours > 0 ? "document.checked_out" : "document.returned", ids(document));
}

std::string versions(Transaction& t, const std::string& document, int after) {
    return json_array(run(t,
        "SELECT v.number, m.member_id AS \"author.id\", m.name AS \"author.name\", v.note, v.media_type, v.size, v.sha256, v.restored_from, v.created_at"
        "  FROM margelle.document_versions v JOIN margelle.members m ON m.member_id = v.author_id"
        " WHERE v.group_id = $1 AND v.document_id = $2 AND v.number > $3 ORDER BY v.number DESC",
        t.who().group, document, after));
}

std::optional<Version> version(Transaction& t, const std::string& document, int number) {
    const auto rows = run(t,
        "SELECT blob_id, size, sha256, media_type, seal FROM margelle.document_versions WHERE group_id = $1 AND document_id = $2 AND number = $3",
        t.who().group, document, number);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    return Version{{row["blob_id"].as<std::string>(), row["size"].as<std::int64_t>(), pqxx::binarystring(row["sha256"]).str(),
                       row["media_type"].as<std::string>()},
        pqxx::binarystring(row["seal"]).str()};
}

std::optional<Chunk> chunk(Transaction& t, const std::string& document, int version, std::int64_t number) {
    const auto rows = run(t, "SELECT part, sealed FROM margelle.read_chunk($1, $2, $3)", document, version, number);
    if (rows.empty()) return std::nullopt;
    return Chunk{rows[0]["part"].as<int>(), pqxx::binarystring(rows[0]["sealed"]).str()};
}

void record_download(Transaction& t, const std::string& document, int version, bool goes_on) {
    run(t, "SELECT margelle.record_download($1, $2, $3)", document, version, goes_on);
}

}  // namespace margelle::persistence::documents
