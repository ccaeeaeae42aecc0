// Measures side by side: ours and what it is held against take turns, so that a machine whose speed wanders slows both.
import { median } from "./lab.mjs"

export class Bench {
    measures = []

    constructor(scope) {
        this.scope = scope
    }

    // `ours` and `peer` each do one run and answer with a number, or with a report whose `value` that is. `goal` is the least
    // that the ratio ours/peer should be or, where less is better, the most. `also` are further figures of the same runs.
    async duel({ name, unit, ours, against, peer, goal, lessIsBetter = false, also = [] }) {
        const reports = { ours: [], peer: [] }
        for (let round = 0; round < this.scope.rounds; ++round) {
            const turns = [["ours", ours], ["peer", peer]]
            for (const [who, run] of round % 2 ? turns.reverse() : turns) reports[who].push(asReport(await run()))
            process.stderr.write(`  ${name}: ${reports.ours.at(-1).value.toFixed(1)} and ${reports.peer.at(-1).value.toFixed(1)} ${unit}\n`)
        }
        for (const figure of [{ name, goal, value: ({ value }) => value }, ...also]) {
            const [a, b] = [reports.ours, reports.peer].map((all) => all.map((report) => ({ ...report, value: figure.value(report) })))
            const ratio = median(a.map(({ value }, round) => value / b[round].value))
            const met = figure.goal === undefined ? null : lessIsBetter ? ratio <= figure.goal : ratio >= figure.goal
            this.measures.push({
                name: figure.name, unit, ...summary(a), against, peer: summary(b), ratio, goal: figure.goal, less_is_better: lessIsBetter, met,
            })
        }
    }

    // A figure without a peer; its goal is the most that it should be or, where less is not better, the least.
    async measure({ name, unit, run, goal, lessIsBetter = true, rounds = this.scope.rounds }) {
        const reports = []
        for (let round = 0; round < rounds; ++round) reports.push(asReport(await run()))
        const all = summary(reports)
        process.stderr.write(`  ${name}: ${all.value.toPrecision(3)} ${unit}\n`)
        const met = goal === undefined ? null : lessIsBetter ? all.value <= goal : all.value >= goal
        this.measures.push({ name, unit, ...all, goal, less_is_better: lessIsBetter, met })
    }
}

const asReport = (result) => (typeof result === "number" ? { value: result } : result)

function summary(reports) {
    return {
        value: median(reports.map(({ value }) => value)),
        rounds: reports.map(({ value }) => value),
        server_cpu_us: median(reports.map(({ server_cpu_us }) => server_cpu_us ?? null)),
        limited_by_generator: reports.some(({ limited_by_generator }) => limited_by_generator),
        troubles: [...new Set(reports.flatMap(troubles))],
    }
}

// What a reader has to know before believing a figure.
function troubles({ statuses = {}, failures = 0, behind = 0, lost = 0 }) {
    const refused = Object.entries(statuses).filter(([status]) => status >= 400)
    return [
        ...refused.map(([status]) => `answers ${status}`),
        ...(failures ? ["broken connections"] : []),
        ...(behind ? ["subscribers behind"] : []),
        ...(lost ? ["subscribers lost"] : []),
    ]
}
