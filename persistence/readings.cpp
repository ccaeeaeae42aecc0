#include "persistence/readings.hpp"

#include "persistence/sql.hpp"

namespace margelle::persistence::readings {

void keep(Transaction& t, const Sent& sent) {
    run(t,
        "INSERT INTO margelle.readings (group_id, thread_id, number, member_id) SELECT $1, $2, n, $3 FROM generate_series($4::int, $5::int) n"
        " ON CONFLICT DO NOTHING", t.who().group, sent.thread, t.who().member, sent.first, sent.last);
}

}  // namespace margelle::persistence::readings
