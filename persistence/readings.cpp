#include "persistence/readings.hpp"

#include <algorithm>
#include <tuple>

#include "persistence/sql.hpp"

namespace margelle::persistence::readings {

bool keep(Transaction& t, const Sent& sent) {
    return !run(t,
        "WITH thread AS (SELECT t.feed_id FROM margelle.threads t WHERE t.group_id = $1 AND t.thread_id = $2),"
        "     kept AS (INSERT INTO margelle.readings (group_id, thread_id, number, member_id, feed_id)"
        "              SELECT $1, $2, n, $3, thread.feed_id FROM thread, generate_series($4::int, $5::int) n ORDER BY n ON CONFLICT DO NOTHING)"
        " SELECT 1 FROM thread", t.who().group, sent.thread, t.who().member, sent.first, sent.last).empty();
}

bool keep(Transaction& t, std::vector<Sent> sent) {
    std::sort(sent.begin(), sent.end(), [](const Sent& a, const Sent& b) { return std::tie(a.thread, a.first, a.last) < std::tie(b.thread, b.first, b.last); });
    return std::all_of(sent.begin(), sent.end(), [&](const Sent& one) { return keep(t, one); });
}

}  // namespace margelle::persistence::readings
