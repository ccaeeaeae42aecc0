// node run.mjs OPTIONS (scripts/bench prepares what it needs): runs the lines, prints the table, writes the JSON.
import { cpus } from "node:os"
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { setTimeout as sleep } from "node:timers/promises"

import { Bench } from "./duel.mjs"
import { stopAll } from "./lab.mjs"
import { table } from "./table.mjs"

// How much a run takes on. `large` are the sizes that only a full run has the time for.
const scopes = {
    full: { rounds: 5, seconds: 4, patience: 120, large: true },
    quick: { rounds: 2, seconds: 1, patience: 5, large: false },
    smoke: { rounds: 1, seconds: 0.3, patience: 0, large: false },
}
const names = ["writing", "reading", "live", "scale", "footprint", "audit"]
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
    return { scope, json: values.json, lines: positionals.length ? positionals : names }
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

const { scope, json, lines } = arguments_()
const result = { kind: scope.kind, at: new Date().toISOString(), cores: cpus().length, rounds: scope.rounds, lines: {} }
try {
    for (const name of lines) {
        const bench = new Bench(scope)
        const machine = await waitForQuiet(scope.patience)
        if (!machine.quiet) console.error(`margelle: the machine is not quiet: ${Math.round(machine.busy_before * 100)} % busy before ${name}`)
        await (await import(`./${name}.mjs`)).default(bench)
        result.lines[name] = { ...machine, measures: bench.measures }
        console.log(table(name, bench.measures))
        if (json) writeFileSync(json, JSON.stringify(result, null, 1) + "\n")
    }
} finally {
    await stopAll()
}
