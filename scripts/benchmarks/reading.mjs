// A page of 50 posts, authorised and made from the tables each time, against the bare SELECT of its rows; one that the reader has
// already, against nginx with the same bytes as a file; and what row-level security costs in the database alone.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"

import { cookies, range, threadPath } from "./ids.mjs"
import { answers, beside, createWorld, freePort, inScratch, lines, load, pgbench, serve, start, stop, wrk } from "./lab.mjs"

const sizes = { members: 128, groups: 20, members_per_group: 128, threads: 20, posts: 20000 }
const threads = sizes.groups * sizes.threads

export default async function reading(bench) {
    const { seconds } = bench.scope
    const database = await createWorld("reading", sizes)
    const server = await serve(database)
    const pages = range(threads).map((thread) => `${threadPath(thread, sizes.threads)}/posts?limit=50`)
    const file = await startNginx(await fetchPage(server, pages[0]))

    const members = lines("cookies", cookies(sizes.members))
    const paths = lines("pages", pages)
    const one = lines("page", pages.slice(0, 1))
    const read = (options) => load("get", server, { seconds, clients: 64, cookies: members, paths, ...options })
    const readFile = async (options) => {
        const report = await load("get", file, { seconds, clients: 64, paths: lines("file", ["/page.json"]), ...options })
        return { ...report, server_cpu_us: null } // nginx works in processes that we do not count
    }
    const select = (script, options) => async () =>
        (await pgbench(database, script, { seconds, variables: { threads, threads_per_group: sizes.threads }, ...options })).per_second
    await read() // the server's connections prepare their statements

    const unit = "pages/s"
    await bench.duel({
        name: "50 posts, 64 clients", unit, goal: 0.35,
        ours: () => read().then(rate), against: "pgbench, bare SELECT", peer: select("reading_bare.pgbench"),
    })
    await bench.duel({
        name: "If-None-Match, 64 clients", unit, goal: 0.7,
        ours: () => read({ paths: one, "if-none-match": true }).then(rate), against: "nginx, the page as a file", peer: () => readFile().then(rate),
    })
    await bench.duel({
        name: "median at 1 client", unit: "ms", lessIsBetter: true,
        ours: async () => median(await read({ clients: 1 })), against: "nginx, the page as a file", peer: async () => median(await readFile({ clients: 1 })),
    })
    await bench.duel({
        name: "row-level security on the page's SELECT", unit, goal: 0.9,
        ours: select("reading_entered.pgbench", { user: "margelle_app" }), against: "bypassed", peer: select("reading_entered.pgbench"),
    })
    await bench.duel({
        name: "entering and row-level security", unit,
        ours: select("reading_entered.pgbench", { user: "margelle_app" }), against: "the SELECT alone", peer: select("reading_page.pgbench"),
    })
    await bench.duel({
        name: "the generator itself, on nginx", unit,
        ours: () => readFile().then(rate), against: "wrk", peer: () => wrk(file, "/page.json", { clients: 64, seconds }),
    })
    await stop(file.child)
    await stop(server.child)
}

async function fetchPage(server, path) {
    const response = await fetch(`http://${server.target}${path}`, { headers: { cookie: cookies(1)[0] } })
    const text = await response.text()
    const { items } = JSON.parse(text)
    if (items.length !== 50) throw new Error(`the page has ${items.length} posts`)
    return text
}

async function startNginx(page) {
    const folder = inScratch("nginx")
    const port = await freePort()
    mkdirSync(`${folder}/html`, { recursive: true })
    writeFileSync(`${folder}/html/page.json`, page)
    writeFileSync(`${folder}/nginx.conf`, readFileSync(beside("peers/nginx.conf"), "utf8").replace("$port", port))
    const globals = `daemon off; ${process.getuid() === 0 ? "user root;" : ""}`
    const child = start(process.env.BENCH_NGINX, ["-p", folder, "-e", "stderr", "-c", "nginx.conf", "-g", globals], { stdio: ["ignore", "inherit", "inherit"] })
    await answers(`http://127.0.0.1:${port}/page.json`, child)
    return { child, pid: child.pid, target: `127.0.0.1:${port}` }
}

const rate = (report) => ({ ...report, value: report.per_second })
const median = (report) => ({ ...report, value: report.p50_ms })
