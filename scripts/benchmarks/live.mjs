// Messages to everybody who follows a group: posted by HTTP, committed and authorised here; merely passed on by npm's ws and
// socket.io, which know neither a database nor rights. The same generator listens to all, to messages of one size.
import { setTimeout as sleep } from "node:timers/promises"

import { cookies, id, range, threadPath } from "./ids.mjs"
import { answers, beside, createWorld, freePort, lines, load, residentOf, serve, start, stop } from "./lab.mjs"

const sizes = { members: 128, groups: 1, members_per_group: 128, threads: 20, posts: 100 }
const inFlight = 8
const large = 4000 // bytes a post, so that whoever does not read is soon told so

export default async function live(bench) {
    const { seconds, audiences } = bench.scope
    const database = await createWorld("live", sizes)
    const server = await serve(database)
    const ws = await startPeer("ws", 426) // what it answers to a plain request
    const io = await startPeer("socket.io", 404)
    const group = id("group", 0)
    const files = { cookies: lines("cookies", cookies(sizes.members)), threads: lines("group", range(sizes.threads).map((t) => threadPath(t, sizes.threads))) }

    let bytes = 0
    const ours = async (options) => {
        const report = await load("live", server, { seconds, dialect: "margelle", group, ...files, ...options })
        if (!options.bytes) bytes = report.message_bytes
        return report
    }
    const theirs = (peer, options) => load("live", peer, { seconds, dialect: peer.dialect, bytes, ...options })
    await ours({ subscribers: 10, "in-flight": 1 })

    for (const subscribers of audiences) {
        const burst = { subscribers, "in-flight": inFlight }
        const single = { subscribers, "in-flight": 1 }
        await bench.duel({
            name: `burst to ${subscribers}`, unit: "deliveries/s", goal: 3,
            ours: () => ours(burst).then(rate), against: "ws", peer: () => theirs(ws, burst).then(rate),
        })
        await bench.duel({
            name: `burst to ${subscribers}`, unit: "deliveries/s",
            ours: () => ours(burst).then(rate), against: "socket.io", peer: () => theirs(io, burst).then(rate),
        })
        await bench.duel({
            name: `one message to the last of ${subscribers}, p99`, unit: "ms", lessIsBetter: true, goal: 1,
            ours: () => ours(single).then(slowest), against: "ws", peer: () => theirs(ws, single).then(slowest),
            also: [
                { name: `one message to the last of ${subscribers}, p50`, value: (report) => report.acknowledged_to_last_receipt.p50_ms, goal: 1 },
                { name: "the same from before it was posted, p50", value: (report) => report.published_to_last_receipt.p50_ms },
            ],
        })
    }
    const listening = { subscribers: audiences[0], "in-flight": 1, bytes: large }
    await bench.duel({
        name: "one of them stalled, p99", unit: "ms", lessIsBetter: true, goal: 1.1,
        ours: () => ours({ ...listening, stalled: 1 }).then(slowest), against: "none stalled", peer: () => ours(listening).then(slowest),
    })
    for (const peer of [server, ws, io]) await stop(peer.child)

    // On fresh processes: what earlier subscribers left behind would be used again.
    const idle = { seconds: 2, subscribers: audiences.at(-1) }
    await bench.measure({
        name: "memory of an idle subscriber", unit: "kB", goal: 8,
        run: async () => memory(await serve(database), { dialect: "margelle", group, ...files, ...idle }),
    })
    await bench.measure({ name: "the same in ws", unit: "kB", run: async () => memory(await startPeer("ws", 426), { dialect: "ws", ...idle }) })
}

// User-space kB more for each subscriber, once they have all been quiet for a moment.
async function memory(server, options) {
    await load("live", server, { ...options, seconds: 0.1, subscribers: 32 }) // what the first ones cost once for all
    const before = residentOf(server.pid)
    let during
    await load("live", server, options, { ready: () => (during = sleep(1000).then(() => residentOf(server.pid))) })
    const value = ((await during) - before) / options.subscribers / 1024
    await stop(server.child)
    return value
}

async function startPeer(dialect, status) {
    const port = await freePort()
    const child = start("node", [beside(`peers/${dialect}.mjs`), process.env.BENCH_MODULES, port], { stdio: ["ignore", "inherit", "inherit"] })
    await answers(`http://127.0.0.1:${port}/`, child, { status })
    return { child, pid: child.pid, dialect, target: `127.0.0.1:${port}` }
}

const rate = (report) => ({ ...report, value: report.per_second })
const slowest = (report) => ({ ...report, value: report.acknowledged_to_last_receipt.p99_ms })
