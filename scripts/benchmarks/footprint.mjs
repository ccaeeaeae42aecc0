// Starting, and what the server takes: at rest, after a load of each kind, on disk.
import { statSync } from "node:fs"

import { cookies, id, threadPath } from "./ids.mjs"
import { createWorld, inScratch, lines, load, margelle, residentOf, run, serve, stop } from "./lab.mjs"

const sizes = { members: 128, groups: 1, members_per_group: 128, threads: 20, posts: 1000 }
const megabyte = 1024 * 1024

export default async function footprint(bench) {
    const database = await createWorld("footprint", sizes)
    const once = async (use) => {
        const server = await serve(database)
        const value = await use(server)
        await stop(server.child)
        return value
    }
    await bench.measure({ name: "ready on a migrated database", unit: "ms", goal: 300, run: () => once(({ readyMs }) => readyMs) })
    await bench.measure({ name: "memory at rest", unit: "MB", goal: 30, run: () => once(({ pid }) => residentOf(pid) / megabyte) })
    await bench.measure({ name: "memory after load", unit: "MB", goal: 80, rounds: 1, run: () => once((server) => afterLoad(server, bench.scope.seconds)) })
    await run("strip", ["-o", inScratch("stripped"), margelle])
    await bench.measure({ name: "stripped program", unit: "MB", goal: 15, rounds: 1, run: () => statSync(inScratch("stripped")).size / megabyte })
}

async function afterLoad(server, seconds) {
    const threads = lines("thread", [threadPath(0, sizes.threads)])
    const paths = lines("page", [`${threadPath(0, sizes.threads)}/posts?limit=50`])
    const common = { seconds, cookies: lines("cookies", cookies(sizes.members)) }
    await load("post", server, { ...common, threads, clients: 64 })
    await load("get", server, { ...common, paths, clients: 64 })
    await load("live", server, { ...common, threads, subscribers: 500, "in-flight": 8, dialect: "margelle", group: id("group", 0) })
    return residentOf(server.pid) / megabyte
}
