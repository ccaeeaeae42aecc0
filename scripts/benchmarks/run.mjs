// node run.mjs OPTIONS (scripts/bench prepares what it needs): runs the lines, prints the table, writes the JSON.
import { cpus } from "node:os"
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { setTimeout as sleep } from "node:timers/promises"

import { Bench } from "./duel.mjs"
import { stopAll } from "./lab.mjs"
import { table } from "./table.mjs"

// How much a run takes on: rounds, the seconds of each turn, how long it waits for a quiet machine, numbers of live subscribers, and
// of posts among which to find a page (in a world of the size that the line says, or a small one), and of posts in a long conversation.
const scopes = {
    full: { rounds: 5, seconds: 4, patience: 120, audiences: [500, 2000], posts: [1000, 100000, 3000000], conversation: 5000, small: false },
    quick: { rounds: 1, seconds: 1, patience: 3, audiences: [500], posts: [1000, 100000], conversation: 1000, small: false },
    smoke: { rounds: 1, seconds: 0.3, patience: 0, audiences: [50], posts: [1000, 2000], conversation: 400, small: true },
}
const names = ["writing", "reading", "live", "scale", "footprint", "audit", "browser"]
const quiet = 0.1 // of all cores, busy with something else

function arguments_() {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { quick: { type: "boolean" }, smoke: { type: "boolean" }, rounds: { type: "string" }, json: { type: "string" } },
    })
    const unknown = positionals.find((name) => !names.includes(name))
    if (unknown) throw new Error(`${unknown} is none of the lines: ${names.join(", ")}`)
    const kind = values.smoke ? "smoke" : values.quick ? "quick" : "full"
    const scope = { kind, ...scopes[kind], ...(values.rounds && { rounds: Number(values.rounds) }) }
    // Lighthouse takes minutes, however little it looks at: in a smoke test only when it is named.
    const usual = names.filter((name) => kind !== "smoke" || name !== "browser")
    return { scope, json: values.json, lines: positionals.length ? positionals : usual }
}

// The share of all cores that was busy during a second.
async function busyShare() {
    const read = () => {
        const [, , ...ticks] = readFileSync("/proc/stat", "utf8").split("\n")[0].split(" ").map(Number)
        return { idle: ticks[3] + ticks[4], all: ticks.reduce((a, b) => a + b) }
    }
    const before = read()
    await sleep(1000)
    const after = read()
    return 1 - (after.idle - before.idle) / (after.all - before.all)
}

async function waitForQuiet(patience) {
    for (const deadline = Date.now() + patience * 1000; ; ) {
        const busy = await busyShare()
        if (busy <= quiet || Date.now() >= deadline) return { quiet: busy <= quiet, busy_before: Number(busy.toFixed(2)) }
    }
}

// A figure that is missing would pass for one that nobody asked for.
function checkComplete(name, measures) {
    const broken = measures.find(({ value, ratio = 0, rounds }) => ![value, ratio, ...rounds].every(Number.isFinite))
    if (broken || !measures.length) throw new Error(`${name}: no figure for "${broken?.name}"`)
}

const { scope, json, lines } = arguments_()
const result = { kind: scope.kind, at: new Date().toISOString(), cores: cpus().length, rounds: scope.rounds, lines: {} }
try {
    for (const name of lines) {
        const bench = new Bench(scope)
        const machine = await waitForQuiet(scope.patience)
        if (!machine.quiet) console.error(`margelle: the machine is not quiet: ${Math.round(machine.busy_before * 100)} % busy before ${name}`)
        const begun = performance.now()
        await (await import(`./${name}.mjs`)).default(bench)
        checkComplete(name, bench.measures)
        result.lines[name] = { ...machine, seconds: Math.round((performance.now() - begun) / 1000), measures: bench.measures }
        console.log(table(name, bench.measures))
        if (json) writeFileSync(json, JSON.stringify(result, null, 1) + "\n")
    }
} finally {
    await stopAll()
}
