// What the audit costs. Eight connections act in ONE group, each act appending an event under the lock of the log's head: recorded in
// the audit (as Margelle does) or chained in front (as it does not), each against bare.
import { beside, createDatabase, pgbench, psql } from "./lab.mjs"

export default async function audit(bench) {
    const database = await createDatabase("audit")
    await psql(database, ["--file", beside("audit.sql")])
    const acts = (way) => async () => (await pgbench(database, `audit_${way}.pgbench`, { seconds: bench.scope.seconds })).per_second
    for (const way of ["recorded", "chained"])
        await bench.duel({ name: way, unit: "acts/s", ours: acts(way), against: "bare", peer: acts("bare") })
}
