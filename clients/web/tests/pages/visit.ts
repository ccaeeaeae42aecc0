import type { BrowserContext, Page } from 'playwright-core';
import { builtClient } from '../dist';
import { serve, type FakeServer } from '../fake/server';
import { makeWorld, type World } from '../fake/world';

export interface Visit {
  page: Page;
  world: World;
  server: FakeServer;
  /** Requests to anywhere else than the server itself. */
  outside: string[];
  /** Breaches of the content security policy, and errors nobody caught. */
  faults: string[];
  end(): Promise<void>;
}

/** Opens a page of the built client on a world of its own. */
export async function visit(browser: BrowserContext, address: string, prepare: (world: World) => void = () => {}): Promise<Visit> {
  const world = makeWorld();
  prepare(world);
  const server = await serve(builtClient(), world);
  const page = await browser.newPage();
  page.setDefaultTimeout(90_000);
  const outside: string[] = [];
  const faults: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.origin)) outside.push(request.url());
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(server.origin + address);
  await page.waitForSelector('h1');
  return {
    page,
    world,
    server,
    outside,
    faults,
    async end() {
      await page.close();
      await server.close();
    }
  };
}
