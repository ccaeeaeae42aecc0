// Posts through the whole stack, each acknowledged after its commit, against pgbench doing the same to bare tables in one
// statement a transaction: the thread's counter, the post, the event.
import { cookies, id, range, threadPath } from "./ids.mjs"
import { beside, createWorld, lines, load, pgbench, psql, serve, stop } from "./lab.mjs"

const sizes = { members: 128, groups: 50, members_per_group: 128, threads: 20, posts: 2000 }
const subscribers = 500

export default async function writing(bench) {
    const { seconds } = bench.scope
    const database = await createWorld("writing", sizes)
    await psql(database, ["--file", beside("writing.sql")])
    const server = await serve(database)

    const threads = (count) => range(count).map((thread) => threadPath(thread, sizes.threads))
    const members = lines("cookies", cookies(sizes.members))
    const hot = lines("hot", threads(1))
    const group = lines("group", threads(sizes.threads))
    const everywhere = lines("everywhere", threads(sizes.groups * sizes.threads))

    const post = (where, clients) => load("post", server, { seconds, clients, cookies: members, threads: where, idempotency: true })
    const posted = (where) => async () => rate(await post(where, 64))
    const limit = (threads, options) =>
        pgbench(database, "writing.pgbench", { seconds, variables: { threads, threads_per_group: sizes.threads }, ...options })
    const bare = (threads) => async () => (await limit(threads)).per_second

    await post(group, 64) // the server's connections prepare their statements
    const unit = "posts/s"
    await bench.duel({ name: "64 clients, one group", unit, ours: posted(group), against: "pgbench, one statement", peer: bare(sizes.threads), goal: 1.2 })
    await bench.duel({
        name: "64 clients, 50 groups", unit, ours: posted(everywhere), against: "pgbench, one statement", peer: bare(sizes.groups * sizes.threads), goal: 1.2,
    })
    await bench.duel({ name: "64 clients, one hot thread", unit, ours: posted(hot), against: "pgbench, one row", peer: bare(1), goal: 4 })
    await bench.duel({
        name: "median at 1 client", unit: "ms", lessIsBetter: true, goal: 2,
        ours: async () => median(await post(group, 1)),
        against: "pgbench, 1 connection", peer: async () => (await limit(sizes.threads, { clients: 1, sampled: true })).p50_ms,
    })
    await bench.duel({
        name: `with ${subscribers} live subscribers`, unit, goal: 0.6,
        ours: () => withSubscribers(async () => rate(await post(group, 64))),
        against: "without", peer: posted(group),
    })
    await stop(server.child)

    // Posts once everybody listens, and ends before they do.
    async function withSubscribers(run) {
        let posts
        const listening = { seconds: seconds + 3, subscribers, dialect: "margelle", cookies: members, group: id("group", 0) }
        const { behind, lost } = await load("live", server, listening, { ready: () => (posts = run()) })
        return { ...(await posts), behind, lost }
    }
}

const rate = (report) => ({ ...report, value: report.per_second })
const median = (report) => ({ ...report, value: report.p50_ms })
