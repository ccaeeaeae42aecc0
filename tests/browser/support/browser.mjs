// Debian's Chromium, quiet: it speaks to the server under test and to nobody else.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { patience } from './eventually.mjs';

const fromClient = createRequire(new URL('../../../clients/web/package.json', import.meta.url));
const { chromium } = fromClient('playwright-core');
const axeSource = fromClient('axe-core').source;

export class Browser {
  #chromium;
  #windows = [];

  static async start() {
    const browser = new Browser();
    browser.#chromium = await chromium.launch({
      executablePath: '/usr/bin/chromium-headless-shell',
      headless: true,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    });
    return browser;
  }

  /** A window with a memory of its own, on a server (or a proxy before it); signed in when a person is given. */
  async open({ url }, person = null, options = {}) {
    const context = await this.#chromium.newContext({ baseURL: url, locale: 'fr-FR', timezoneId: 'Europe/Paris', ...options });
    if (person) await context.addCookies([{ ...person.cookie, url, httpOnly: true, sameSite: 'Lax' }]);
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const faults = [];
    const host = new URL(url).host;
    const stays = (address) => /^(data|blob|about):/.test(address) || new URL(address).host === host;
    context.on('request', (request) => stays(request.url()) || faults.push(`request to ${request.url()}`));
    context.on('console', (message) => message.text().includes('Content Security Policy') && faults.push(message.text()));
    context.on('weberror', (error) => faults.push(String(error.error().stack)));
    page.on('websocket', (socket) => stays(socket.url()) || faults.push(`WebSocket to ${socket.url()}`));
    this.#windows.push({ context, faults });
    return page;
  }

  /** Closes every window; fails when one of them broke the policy, spoke to another server, or met an error nobody caught. */
  async closeWindows() {
    const windows = this.#windows.splice(0);
    for (const { context } of windows) await context.close();
    assert.deepEqual(windows.flatMap(({ faults }) => faults), []);
  }

  async close() {
    await this.#chromium.close();
  }
}

/** What axe-core finds in the way of people on a page, as rule and place. */
export async function barriers(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** How far a page can be pushed sideways. */
export const sidewaysScroll = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
