// What every file of journeys begins and ends with: a server, a browser, and the windows of each test closed after it.
import { after, afterEach } from 'node:test';
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';

export async function house(options) {
  const server = await Server.start(options);
  after(() => server.stop());
  const browser = await Browser.start();
  after(() => browser.close());
  afterEach(() => browser.closeWindows());
  return { server, browser };
}
