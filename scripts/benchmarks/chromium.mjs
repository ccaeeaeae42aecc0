// Debian's Chromium, as the line `browser` looks at pages with it: each visit is a browser of its own, with nothing in its cache.
import { mkdtempSync } from "node:fs"
import { createRequire } from "node:module"
import { createInterface } from "node:readline"

import { inScratch, start, stop } from "./lab.mjs"

const modules = createRequire(`${process.env.BENCH_MODULES}/`)
const { default: lighthouse } = await import(modules.resolve("lighthouse"))
const puppeteer = modules("puppeteer-core")

const phone = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]

// Opens a page that is signed in to the server, for as long as `use` takes; it begins where `use` goes.
export async function visit(server, cookie, use) {
    const folder = mkdtempSync(inScratch("chromium-"))
    const args = [...quiet, "--remote-debugging-port=0", `--user-data-dir=${folder}`, "--accept-lang=fr-FR,fr"]
    const child = start("chromium-headless-shell", args, { stdio: ["ignore", "ignore", "pipe"] })
    try {
        const browser = await puppeteer.connect({ browserWSEndpoint: await listening(child), defaultViewport: phone, protocolTimeout: 600000 })
        const [name, value] = cookie.split("=")
        await browser.setCookie({ name, value, domain: server.target.split(":")[0], path: "/", httpOnly: true })
        const result = await use(await browser.newPage())
        await browser.close() // with the processes that it has started
        return result
    } finally {
        await stop(child)
        child.stderr.destroy()
    }
}

async function listening(child) {
    for await (const line of createInterface(child.stderr)) {
        const found = /^DevTools listening on (\S+)/.exec(line)
        if (found) {
            child.stderr.resume()
            return found[1]
        }
    }
    throw new Error("Chromium does not start")
}

// As on a telephone in the country: bits a second, ms for each request, and how many times slower than this machine.
export async function slowDown(page, { bits, latency, cpu }) {
    const session = await page.createCDPSession()
    const throughput = bits / 8
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput })
    await session.send("Emulation.setCPUThrottlingRate", { rate: cpu })
}

// Lighthouse's scores, from 0 to 1, of its preset for telephones.
export function scores(server, cookie, path, categories) {
    return visit(server, cookie, async (page) => {
        const { lhr } = await lighthouse(`http://${server.target}${path}`, { onlyCategories: categories, logLevel: "error" }, undefined, page)
        if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`)
        return { scores: Object.fromEntries(categories.map((name) => [name, lhr.categories[name].score])), lost: losses(lhr, categories) }
    })
}

// What took from the scores.
function losses({ categories, audits }, names) {
    const asked = names.flatMap((name) => categories[name].auditRefs).filter(({ id, weight }) => weight > 0 && (audits[id].score ?? 1) < 0.9)
    return asked.map(({ id }) => `${id} ${audits[id].displayValue ?? ""}`.trim())
}
