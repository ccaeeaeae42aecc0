#include "persistence/square.hpp"

#include "persistence/rows.hpp"
#include "persistence/sql.hpp"

namespace margelle::persistence::square {

Page list(Transaction& t, const std::optional<Position>& after, int limit) {
    const auto rows = run(t,
        "SELECT id, title, group_name, published_at, (extract(epoch FROM published_at) * 1000000)::bigint AS _published_at"
        "  FROM margelle.square(timestamptz 'epoch' + $1 * interval '1 microsecond', $2, $3)",
        after ? std::optional<std::int64_t>(after->published_at) : std::nullopt, after ? std::optional<std::string>(after->release) : std::nullopt, limit + 1);
    Page page{"[", std::nullopt};
    int count = 0;
    for (const auto& row : rows) {
        if (++count > limit) {
            const auto last = rows[static_cast<pqxx::result::size_type>(limit - 1)];
            page.next = Position{last["_published_at"].as<std::int64_t>(), last["id"].as<std::string>()};
            break;
        }
        if (count > 1) page.items += ',';
        append_json(page.items, row);
    }
    page.items += ']';
    return page;
}

std::optional<std::string> show(Transaction& t, const std::string& release) {
    const auto rows = run(t, "SELECT * FROM margelle.square_entry($1)", release);
    return rows.empty() ? std::nullopt : std::optional<std::string>(json_object(rows[0]));
}

bool take_back(Transaction& t, const std::string& release, int passage) {
    return run(t, "SELECT margelle.take_back_passage($1, $2)", release, passage)[0][0].as<bool>();
}

}  // namespace margelle::persistence::square
