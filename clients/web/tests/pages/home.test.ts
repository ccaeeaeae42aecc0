// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, write } from '../fake/world';
import { visit, type Visit } from './visit';

let browser: BrowserContext;
let opened: Visit;

describe('home', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    await browser.clock.install();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test.each(['Une réponse à vos messages', 'On vous cite'])('leads from “%s” to the message itself', async (said) => {
    opened = await visit(browser, '/');
    await opened.page.click(`a >> text=${said}`);
    await opened.page.waitForURL(`**/groupes/${id(101)}/discussions/${id(201)}#message-6`);
    await opened.page.waitForSelector('#message-6:focus');
  });

  test('shows what is new while it stays open', async () => {
    opened = await visit(browser, '/', (world) => {
      world.group.news = { threads: 0, posts: 0, replies: 0, mentions: 0 };
    });
    const { page, world } = opened;
    await page.waitForSelector('text=Vous êtes à jour');
    write(world, world.people.yves, '<p>Une nouvelle.</p>');
    world.group.news = { threads: 1, posts: 1, replies: 0, mentions: 0 };
    await page.clock.fastForward(61_000);
    await page.waitForSelector('text=Un message à lire');
  });
});
