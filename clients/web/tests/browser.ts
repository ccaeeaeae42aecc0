import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

/** Debian's Chromium, quiet: it speaks to the server under test and to nobody else. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const folder = mkdtempSync(join(tmpdir(), 'margelle-browser-'));
  const browser = await chromium.launchPersistentContext(folder, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ],
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    ...options
  });
  browser.on('close', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return browser;
}
