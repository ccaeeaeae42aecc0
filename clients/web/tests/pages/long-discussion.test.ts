// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, write, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const thread = `/groupes/${id(101)}/discussions/${id(201)}`;
const length = 900;

let browser: BrowserContext;
let opened: Visit;

const long = (upTo: number, read: number) => (world: World) => {
  while (world.posts.length < upTo) write(world, world.people.leila, `<p>Propos numéro ${world.posts.length + 1}.</p>`);
  Object.assign(world.threads[0]!, { post_count: upTo, read_count: read, unread_count: upTo - read });
};

async function open(upTo: number, read: number, hash = ''): Promise<Visit> {
  opened = await visit(browser, thread + hash, long(upTo, read));
  return opened;
}

const onPage = ({ page }: Visit) => page.locator('article[data-number]').count();

/** Scrolls a little with every frame until a message is on screen. */
function scrollTo({ page }: Visit, number: number, step: number): Promise<void> {
  return page.evaluate(
    async ([wanted, by]) => {
      const isOnScreen = () => {
        const box = document.getElementById(`message-${wanted}`)?.getBoundingClientRect();
        return box !== undefined && box.top < innerHeight && box.bottom > 0;
      };
      while (!isOnScreen()) {
        scrollBy({ top: by, behavior: 'instant' });
        await new Promise(requestAnimationFrame);
      }
    },
    [number, step] as const
  );
}

describe('a very long discussion', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('opens at the first message not read yet, with little around it', async () => {
    await open(length, 450);
    await opened.page.waitForSelector('#first-new + #message-451');
    await expect.poll(() => opened.page.locator('#first-new').boundingBox().then((box) => box!.y)).toBeLessThan(300);
    expect(opened.world.asked.filter(({ path }) => path.endsWith('/posts')).length).toBeLessThan(length / 50);
  });

  test('is scrolled to its end and to its beginning, with never more than 200 messages on the page', async () => {
    await open(length, 450);
    await opened.page.waitForSelector('#message-451');
    await scrollTo(opened, length, 400);
    expect(await onPage(opened)).toBeLessThanOrEqual(200);
    await scrollTo(opened, 1, -400);
    expect(await onPage(opened)).toBeLessThanOrEqual(200);
  });

  test('keeps what one reads in its place while messages come and leave around it', async () => {
    await open(length, 450);
    const { page } = opened;
    await page.waitForSelector('#message-451');
    await scrollTo(opened, 750, 400);
    await page.waitForTimeout(500);
    await page.evaluate(() => document.getElementById('message-750')!.scrollIntoView({ block: 'center', behavior: 'instant' }));
    const before = (await page.locator('#message-750').boundingBox())!.y;
    await page.waitForTimeout(1000);
    expect(Math.abs((await page.locator('#message-750').boundingBox())!.y - before)).toBeLessThan(3);
  });

  test('leads to a message far away, by its address', async () => {
    await open(length, 450, '#message-30');
    await opened.page.waitForFunction(() => document.activeElement?.id === 'message-30');
    expect(await opened.page.locator('#message-30').innerText()).toContain('Propos numéro 30.');
  });

  test('shows one’s own message, sent from far above its place', async () => {
    await open(length, 450);
    const { page } = opened;
    await page.waitForSelector('#message-451');
    await page.fill('#reply textarea', 'Ma réponse à tout cela.');
    await page.click('#reply >> text=Envoyer');
    await page.waitForSelector(`#message-${length + 1} >> text=Ma réponse à tout cela.`);
  });

  test('comes to the page whole when it is not that long', async () => {
    await open(150, 0);
    await expect.poll(() => onPage(opened), { timeout: 20_000 }).toBe(150);
  });
});
