#include "persistence/datasets.hpp"

#include "persistence/events.hpp"
#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::datasets {
namespace {

#define FIELD(name) "d.content -> '" name "' AS " name ", "
#define DATASET_COLUMNS                                                                                                                           \
    "d.dataset_id AS id, d.source, d.source_id, " FIELD("title") FIELD("description") "d.description_html, " FIELD("publisher") FIELD("license") \
    FIELD("landing_page") FIELD("keywords") FIELD("themes") FIELD("territories") FIELD("bbox") FIELD("temporal") FIELD("accrual_periodicity")     \
    FIELD("issued") FIELD("modified") FIELD("distributions")                                                                                      \
    "jsonb_build_object('table', coalesce(d.preview ? 'table', false), 'geojson', coalesce(d.preview ? 'geojson', false),"                        \
    " 'chart', coalesce(d.preview ? 'chart', false)) AS has_preview,"                                                                             \
    " d.author_id AS \"author.id\", m.name AS \"author.name\", m.kind = 'bot' AS \"author.bot\", d.same_as,"                                      \
    " (SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.dataset_id, 'source', x.source, 'source_id', x.source_id,"                            \
    "   'landing_page', x.content -> 'landing_page') ORDER BY x.created_at, x.dataset_id), '[]')"                                                 \
    "   FROM margelle.datasets x WHERE x.group_id = d.group_id AND x.same_as = d.dataset_id AND x.deleted_at IS NULL) AS also,"                   \
    " jsonb_build_object('state', CASE WHEN due.at IS NULL THEN 'unknown' WHEN due.at < now() THEN 'stale' ELSE 'fresh' END,"                     \
    "   'stale_days', CASE WHEN due.at IS NOT NULL THEN greatest(0, floor(extract(epoch FROM now() - due.at) / 86400))::int END,"                 \
    "   'due_at', " UTC_TEXT("due.at") ") AS freshness,"                                                                                          \
    " d.created_at, d.changed_at, d.hidden_at IS NOT NULL AS hidden, d.revision"
#define DATASET_TABLES                                                                                                                            \
    " FROM margelle.datasets d JOIN margelle.members m ON m.member_id = d.author_id"                                                              \
    " CROSS JOIN LATERAL (SELECT (d.content ->> 'modified')::timestamptz + margelle.period_of(d.content ->> 'accrual_periodicity')) due(at)"

std::string ids(const std::string& dataset) { return R"({"dataset_id":")" + dataset + R"("})"; }

}  // namespace

Page list(Transaction& t, const Wanted& wanted, const std::optional<Position>& after, int limit) {
    const auto rows = run(t,
        "SELECT " DATASET_COLUMNS ", (extract(epoch FROM d.changed_at) * 1000000)::bigint AS _changed_at" DATASET_TABLES
        " WHERE d.group_id = $1 AND d.deleted_at IS NULL AND d.same_as IS NULL"
        "   AND ($2::text IS NULL OR strpos(lower(concat_ws(' ', d.content ->> 'title', d.content ->> 'publisher', d.content ->> 'description', d.content ->> 'keywords')), lower($2)) > 0)"
        "   AND ($3::text IS NULL OR d.content -> 'themes' ? $3) AND ($4::text IS NULL OR d.content ->> 'publisher' = $4)"
        "   AND ($5::text IS NULL OR d.content -> 'distributions' @> jsonb_build_array(jsonb_build_object('format', $5::text))) AND ($6::text IS NULL OR d.source = $6)"
        "   AND ($7::bigint IS NULL OR (d.changed_at, d.dataset_id) < (timestamptz 'epoch' + $7 * interval '1 microsecond', $8::uuid))"
        " ORDER BY d.changed_at DESC, d.dataset_id DESC LIMIT $9",
        t.who().group, wanted.words, wanted.theme, wanted.publisher, wanted.format, wanted.source,
        after ? std::optional<std::int64_t>(after->changed_at) : std::nullopt, after ? std::optional<std::string>(after->dataset) : std::nullopt, limit + 1);
    const auto count = json_count(rows, limit);
    Page page{json_array(rows, count), std::nullopt};
    if (count < rows.size()) page.next = Position{rows[count - 1]["_changed_at"].as<std::int64_t>(), rows[count - 1]["id"].as<std::string>()};
    return page;
}

std::optional<Shown> show(Transaction& t, const std::string& dataset, const Posted* posted) {
    const auto rows = posted
        ? run(t, "SELECT " DATASET_COLUMNS ", d.preview, $3::text AS outcome, $4::jsonb AS changed" DATASET_TABLES
              " WHERE d.group_id = $1 AND d.dataset_id = $2 AND d.deleted_at IS NULL", t.who().group, dataset, posted->outcome, posted->changed)
        : run(t, "SELECT " DATASET_COLUMNS ", d.preview" DATASET_TABLES " WHERE d.group_id = $1 AND d.dataset_id = $2 AND d.deleted_at IS NULL",
              t.who().group, dataset);
    if (rows.empty()) return std::nullopt;
    return Shown{json_object(rows[0]), rows[0]["revision"].as<int>(), rows[0]["hidden"].as<bool>()};
}

Posted post(Transaction& t, const New& dataset) {
    const auto row = run(t,
        "SELECT outcome, dataset_id, revision, to_jsonb(changed) AS changed FROM margelle.post_dataset($1, $2, $3, $4::jsonb, $5, $6::jsonb, $7, $8)",
        dataset.dataset, dataset.source, dataset.source_id, dataset.content, dataset.description_html, dataset.preview, dataset.same_source,
        dataset.same_source_id).at(0);
    const Posted posted{row["outcome"].as<std::string>(), row["dataset_id"].as<std::string>(""), row["changed"].as<std::string>("[]")};
    if (posted.outcome == "created") events::append(t, "dataset.created", ids(posted.dataset));
    if (posted.outcome == "changed")
        events::append(t, "dataset.changed", R"({"dataset_id":")" + posted.dataset + R"(","revision":)" + row["revision"].as<std::string>() +
                                                 R"(,"changed":)" + posted.changed + "}");
    return posted;
}

Revisions revisions(Transaction& t, const std::string& dataset, int before, int limit) {
    const auto rows = run(t,
        "SELECT r.revision, to_jsonb(r.changed) AS changed, r.author_id AS \"author.id\", m.name AS \"author.name\", m.kind = 'bot' AS \"author.bot\","
        "       r.content ->> 'title' AS title, r.content -> 'modified' AS modified, r.at"
        "  FROM margelle.dataset_revisions r JOIN margelle.members m ON m.member_id = r.author_id"
        " WHERE r.group_id = $1 AND r.dataset_id = $2 AND r.revision < $3 ORDER BY r.revision DESC LIMIT $4",
        t.who().group, dataset, before, limit + 1);
    const auto count = json_count(rows, limit);
    Revisions revisions{json_array(rows, count), std::nullopt};
    if (count < rows.size()) revisions.next = rows[count - 1]["revision"].as<int>();
    return revisions;
}

void hide(Transaction& t, const std::string& dataset, bool hidden, const std::string& reason) {
    run(t, "UPDATE margelle.datasets SET hidden_at = CASE WHEN $3 THEN now() END, withdrawn_reason = $4 WHERE group_id = $1 AND dataset_id = $2", t.who().group,
        dataset, hidden, reason);
    events::append(t, hidden ? "dataset.hidden" : "dataset.shown", ids(dataset));
}

void remove(Transaction& t, const std::string& dataset) {
    run(t, "UPDATE margelle.datasets SET deleted_at = now() WHERE group_id = $1 AND dataset_id = $2", t.who().group, dataset);
    events::append(t, "dataset.deleted", ids(dataset));
}

}  // namespace margelle::persistence::datasets
