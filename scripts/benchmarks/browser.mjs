// What somebody on a telephone meets: how long until a discussion can be read over a slow line, Lighthouse's scores, and whether a
// very long discussion still scrolls.
import { readFileSync } from "node:fs"
import { join } from "node:path"

import { scores, slowDown, visit } from "./chromium.mjs"
import { cookies, groupPath, id } from "./ids.mjs"
import { ask, beside, createWorld, serve, stop } from "./lab.mjs"

const members = 128
const threads = 4
const pageLength = 200 // posts
const town = { members, groups: 5, members_per_group: members, threads, posts: 50 + (pageLength - 50) * 5 * threads }
const slowLine = { bits: 1e6, latency: 300, cpu: 4 }
const categories = ["performance", "accessibility", "best-practices"]
const [reader] = cookies(1)
const moderator = 8 // of group 1, as world.sql counts

const group = (number) => `/groupes/${id("group", number)}`
const thread = (number) => `${group(Math.floor(number / threads))}/discussions/${id("thread", number)}`

export default async function browser(bench) {
    const database = await createWorld("browser", town)
    const server = await serve(database)
    await publishAgreement(server)
    await bench.measure({
        name: `first post of ${pageLength} readable, 1 Mbit/s, 300 ms, CPU ÷ 4`, unit: "s", goal: 3,
        run: async () => {
            await ask(database, "DELETE FROM margelle.read_marks") // of the round before
            return visit(server, reader, firstText(server))
        },
    })
    const pages = { "home page": "/", [`thread of ${pageLength} posts`]: thread(0), agreement: `${group(1)}/accord` }
    for (const [name, path] of Object.entries(pages)) {
        const rounds = []
        while (rounds.length < bench.scope.rounds) rounds.push(await scores(server, reader, path, categories))
        process.stderr.write(`  ${name}: ${rounds.at(-1).lost.join("; ")}\n`)
        for (const category of categories) {
            const values = rounds.map((round) => round.scores[category])
            await bench.measure({
                name: `Lighthouse, ${name}: ${category}`, unit: "of 1", goal: 0.95, lessIsBetter: false, rounds: values.length,
                run: () => values.shift(),
            })
        }
    }
    await stop(server.child)
    await longThread(bench)
}

// A text of the length that such texts have; whoever has accepted the one before stands before it.
async function publishAgreement(server) {
    const model = readFileSync(join(beside("../.."), "docs/nda-models/fr/full.md"), "utf8")
    const response = await fetch(`http://${server.target}${groupPath(1)}/nda/versions`, {
        method: "POST",
        headers: { cookie: cookies(moderator).at(-1), origin: `http://${server.target}`, "content-type": "application/json", "idempotency-key": id("key", 1) },
        body: JSON.stringify({ kind: "material", text: model, summary: "Ce qui se dit ici reste ici.", language: "fr" }),
    })
    if (response.status !== 201) throw new Error(`the agreement: ${response.status} ${await response.text()}`)
}

const firstText = (server) => async (page) => {
    await slowDown(page, slowLine)
    await page.evaluateOnNewDocument(() => {
        const look = () => {
            const text = document.querySelector("article[data-number] .rendered p")?.getBoundingClientRect()
            // The next frame is the one in which it has been painted.
            if (text?.height > 0 && text.top < innerHeight && text.bottom > 0) requestAnimationFrame(() => (window.readableAt = performance.now()))
            else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
    })
    await page.goto(`http://${server.target}${thread(0)}`, { waitUntil: "domcontentloaded" })
    const readable = await page.waitForFunction(() => window.readableAt, { timeout: 60000 })
    return (await readable.jsonValue()) / 1000
}

// Opened in its midst, where the reader has stopped, then read to its end and back to its beginning.
async function longThread(bench) {
    const { conversation: posts } = bench.scope
    const database = await createWorld("browser_long", { members, groups: 1, members_per_group: members, threads: 1, posts })
    const mark = `INSERT INTO margelle.read_marks (group_id, member_id, thread_id, number) VALUES ('${id("group", 0)}', '${id("member", 1)}', '${id("thread", 0)}', ${posts / 2})`
    await ask(database, mark)
    const server = await serve(database)
    const address = `http://${server.target}${group(0)}/discussions/${id("thread", 0)}`
    const reports = []
    const rounds = Math.min(bench.scope.rounds, 2) // a round takes minutes
    while (reports.length < rounds) {
        await ask(database, `UPDATE margelle.read_marks SET number = ${posts / 2}`)
        reports.push(await visit(server, reader, scrollThrough(address, posts)))
    }
    for (const [name, unit, goal, figure] of figures) {
        const values = reports.map(figure)
        await bench.measure({ name: `${name}, ${posts} posts`, unit, goal, rounds: values.length, run: () => values.shift() })
    }
    await stop(server.child)
}

const figures = [
    ["longest task, opening and scrolling", "ms", 100, ({ longest }) => longest],
    ["DOM nodes kept", "nodes", undefined, ({ nodes }) => nodes],
]

const scrollThrough = (address, posts) => async (page) => {
    await page.evaluateOnNewDocument(() => {
        window.longest = 0
        new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration)
        }).observe({ type: "longtask", buffered: true })
    })
    await page.goto(address)
    await page.waitForSelector("#first-new")
    const report = await page.evaluate(async (last) => {
        let nodes = 0
        const frame = () => new Promise(requestAnimationFrame)
        const onScreen = (number) => {
            const box = document.getElementById(`message-${number}`)?.getBoundingClientRect()
            return box !== undefined && box.top < innerHeight && box.bottom > 0
        }
        const scrollTo = async (number, step) => {
            for (const until = performance.now() + 300000; !onScreen(number); ) {
                if (performance.now() > until) throw new Error(`message ${number} is never on screen`)
                window.scrollBy({ top: step, behavior: "instant" })
                await frame()
                nodes = Math.max(nodes, document.getElementsByTagName("*").length)
            }
        }
        await scrollTo(last, 500)
        await scrollTo(1, -500)
        return { longest: window.longest, nodes }
    }, posts)
    return report
}
