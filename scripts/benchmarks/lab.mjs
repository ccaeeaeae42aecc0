// What the lines work with: databases, the server, the load generator, pgbench, and what processes used.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const here = import.meta.dirname
const { BENCH_SOCKET: socket, BENCH_SCRATCH: scratch, BENCH_BUILD: build, BENCH_WEB_ROOT: webRoot } = process.env
const children = new Set()

export const beside = (name) => join(here, name)
export const inScratch = (name) => join(scratch, name)
export const margelle = join(build, "server/margelle")

// ---- processes -------------------------------------------------------------------------------------------

// The kernel asks it to end with this process, however that ends.
export function start(program, args, { env = {}, ...options } = {}) {
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", program, ...args], { env: { ...process.env, ...env }, ...options })
    children.add(child)
    child.once("exit", () => children.delete(child))
    return child
}

// Runs to the end; the text on standard output. `heard` sees each piece of standard error.
export async function run(program, args, { input = "", heard = () => {}, ...options } = {}) {
    const child = start(program, args, options)
    let output = ""
    let errors = ""
    child.stdout.on("data", (text) => (output += text))
    child.stderr.on("data", (text) => {
        errors += text
        heard(String(text))
    })
    child.stdin.on("error", () => {}) // it ended without reading
    child.stdin.end(input)
    const [code] = await once(child, "close")
    if (code !== 0) throw new Error(`${program} ${args[0]}: ${errors.trim().split("\n").slice(-3).join("; ")}`)
    return output
}

export async function stop(child) {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGTERM") // nginx leaves its workers behind when it is killed
    await ended
}

export async function stopAll() {
    for (const child of children) await stop(child)
}

const ticksASecond = 100 // USER_HZ, as Linux counts in /proc on every architecture of ours

// CPU time of a process so far, in µs.
export function cpuOf(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")
    return ((Number(fields[11]) + Number(fields[12])) / ticksASecond) * 1e6
}

export function residentOf(pid) {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024
}

export async function freePort() {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address()
    server.close()
    return port
}

// Asks until it answers.
export async function answers(url, child, { status = 200, every = 2 } = {}) {
    for (let deadline = Date.now() + 30000; Date.now() < deadline; await sleep(every)) {
        if (child.exitCode !== null) throw new Error(`it ended before it answered ${url}`)
        const response = await fetch(url).catch(() => null)
        await response?.arrayBuffer()
        if (response?.status === status) return
    }
    throw new Error(`${url} does not answer`)
}

// ---- PostgreSQL ------------------------------------------------------------------------------------------

const connection = ["--host", socket, "--port", "5432", "--username", "postgres"]
const address = (database, user) => `postgresql:///${database}?host=${socket}&port=5432&user=${user}`

export const psql = (database, args, input) =>
    run("psql", ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", ...connection, ...args, database], { input })
export const ask = async (database, sql) => (await psql(database, ["--command", sql])).trim()

let migrated = false

// A database with this version's tables, empty.
export async function createDatabase(name, template = "migrated") {
    if (!migrated) {
        migrated = true
        await psql("postgres", ["--command", "CREATE ROLE margelle_owner LOGIN CREATEROLE", "--command", "CREATE DATABASE migrated OWNER margelle_owner"])
        await run(margelle, ["migrate"], { env: { MARGELLE_MIGRATION_URL: address("migrated", "margelle_owner") } })
    }
    await psql("postgres", ["--command", `CREATE DATABASE ${name} TEMPLATE ${template} OWNER margelle_owner STRATEGY file_copy`])
    return name
}

// One with members, groups, threads and posts (world.sql): sizes as that file names them.
export async function createWorld(name, sizes) {
    await createDatabase(name)
    const variables = Object.entries(sizes).flatMap(([key, value]) => ["--set", `${key}=${value}`])
    await psql(name, [...variables, "--file", beside("world.sql")])
    return name
}

// Transactions a second, and `sampled` (which costs a log) their median time in ms. Not counted is the first second, in which each
// connection plans its statements and fills its caches: the server's have done so long before.
export async function pgbench(database, script, { clients = 8, seconds, variables = {}, user = "postgres", sampled = false }) {
    const prefix = inScratch("pgbench-log")
    const time = Math.max(1, Math.round(seconds)) + 1
    const args = ["--host", socket, "--port", "5432", "--username", user, "--no-vacuum", "--client", clients, "--jobs", Math.min(clients, 2)]
    args.push("--time", time, "--progress", 1, "--protocol", "prepared", "--file", beside(script))
    for (const [key, value] of Object.entries(variables)) args.push("--define", `${key}=${value}`)
    if (sampled) args.push("--log", "--log-prefix", prefix)
    let progress = ""
    const output = await run("pgbench", [...args.map(String), database], { cwd: scratch, heard: (text) => (progress += text) })
    const [, begun, rate] = /^progress: ([\d.]+) s, ([\d.]+) tps/m.exec(progress).map(Number)
    const all = Number(/^number of transactions actually processed: (\d+)/m.exec(output)[1])
    const result = { per_second: (all - begun * rate) / (time - begun) }
    if (sampled) result.p50_ms = await medianOfLogs(prefix)
    return result
}

async function medianOfLogs(prefix) {
    const logs = (await run("sh", ["-c", 'cat "$0".* && rm "$0".*', prefix])).trim().split("\n")
    return median(logs.map((line) => Number(line.split(" ")[2]) / 1000))
}

// ---- the server ------------------------------------------------------------------------------------------

// Settings that a server of the bench runs with: those of production, but for the addresses.
async function settings(database, port) {
    const key = inScratch("signing-key.pem")
    writeFileSync(key, await run(margelle, ["key", "new"]), { mode: 0o600 })
    return {
        DATABASE_URL: address(database, "margelle_app"),
        MARGELLE_LISTEN: `127.0.0.1:${port}`,
        MARGELLE_PUBLIC_URL: `http://127.0.0.1:${port}`,
        MARGELLE_SIGNING_KEY: key,
        MARGELLE_MAIL_DIR: scratch,
        MARGELLE_WEB_ROOT: webRoot,
        MARGELLE_LOG_LEVEL: "error",
    }
}

export async function serve(database) {
    const port = await freePort()
    const env = await settings(database, port)
    const begun = performance.now()
    const child = start(margelle, ["serve"], { env, stdio: ["ignore", "inherit", "inherit"] })
    await answers(`http://127.0.0.1:${port}/readyz`, child)
    return { child, pid: child.pid, target: `127.0.0.1:${port}`, readyMs: performance.now() - begun }
}

// ---- the load generator ----------------------------------------------------------------------------------

// A file that holds these lines, for the generator.
export function lines(name, values) {
    writeFileSync(inScratch(name), values.join("\n") + "\n")
    return inScratch(name)
}

// One run against a server. Beside the generator's own report: the server's CPU µs a unit. In mode live both count
// from the moment that all subscribers listen, which `ready` is told.
export async function load(mode, server, options, { ready = () => {} } = {}) {
    const args = Object.entries({ target: server.target, ...options })
        .filter(([, value]) => value !== false)
        .flatMap(([key, value]) => (value === true ? [`--${key}`] : [`--${key}`, String(value)]))
    let before = cpuOf(server.pid)
    const heard = (text) => {
        if (text.trim() !== "ready") return
        before = cpuOf(server.pid)
        ready()
    }
    const report = JSON.parse(await run(join(build, "tests/load/margelle_load"), [mode, ...args], { heard }))
    return { ...report, server_cpu_us: report.units ? (cpuOf(server.pid) - before) / report.units : null }
}

// Requests a second, as wrk counts them: a check on the generator.
export async function wrk(server, path, { clients, seconds }) {
    const args = ["--threads", "1", "--connections", clients, "--duration", `${Math.max(1, Math.round(seconds))}s`, `http://${server.target}${path}`]
    return Number(/^Requests\/sec:\s+([\d.]+)/m.exec(await run("wrk", args.map(String)))[1])
}

// ---- figures ---------------------------------------------------------------------------------------------

export function median(values) {
    const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
    return sorted.length ? sorted[Math.floor((sorted.length - 1) / 2)] : null
}
