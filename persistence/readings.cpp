#include "persistence/readings.hpp"

#include "persistence/sql.hpp"

namespace margelle::persistence::readings {

void keep(Transaction& t, const Sent& sent) {
    run(t,
        "INSERT INTO margelle.readings (group_id, thread_id, number, member_id, feed_id)"
        " SELECT $1, $2, n, $3, t.feed_id FROM margelle.threads t, generate_series($4::int, $5::int) n WHERE t.group_id = $1 AND t.thread_id = $2"
        " ON CONFLICT DO NOTHING", t.who().group, sent.thread, t.who().member, sent.first, sent.last);
}

}  // namespace margelle::persistence::readings
