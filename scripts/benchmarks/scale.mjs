// What a reader waits for as the data grows, all else equal: the page, the group's page with its unread counts, the home page.
import { cookies, groupPath, threadPath } from "./ids.mjs"
import { createWorld, lines, load, serve, stop } from "./lab.mjs"

const full = { members: 5000, groups: 2000, members_per_group: 25, threads: 10 }
const small = { members: 100, groups: 50, members_per_group: 25, threads: 10 }

export default async function scale(bench) {
    const sizes = bench.scope.small ? small : full
    const steps = bench.scope.posts
    const servers = []
    for (const posts of steps) servers.push(await serve(await createWorld(`scale_${posts}`, { ...sizes, posts })))

    const member = lines("cookies", cookies(1))
    const pages = { "50 posts": `${threadPath(0, sizes.threads)}/posts?limit=50`, "group page": groupPath(0), "home page": "/api/v1/groups" }
    for (const [name, path] of Object.entries(pages)) {
        const paths = lines("path", [path])
        const read = (server) => async () => {
            const report = await load("get", server, { seconds: bench.scope.seconds, clients: 1, cookies: member, paths })
            return { ...report, value: report.p50_ms }
        }
        for (const server of servers) await read(server)() // pages and plans come into memory
        for (let step = 1; step < steps.length; ++step)
            await bench.duel({
                name: `${name}, median with ${steps[step]} posts`, unit: "ms", lessIsBetter: true, goal: 1.5,
                ours: read(servers[step]), against: `with ${steps[0]}`, peer: read(servers[0]),
            })
    }
    for (const { child } of servers) await stop(child)
}
