// @vitest-environment node
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;
const thread = `${group}/discussions/${id(201)}`;
const narrow = { width: 320, height: 640 };
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 800 };

let browser: BrowserContext;
let opened: Visit;

async function open(address: string, prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, address, prepare);
  return opened;
}

const readSoFar = (world: World) => {
  Object.assign(world.threads[0]!, { read_count: 7, unread_count: 0 });
};

const longCircle = (world: World) => {
  const circle = world.circles[0]!;
  circle.name = 'Approvisionnement : prix et marges des fournisseurs';
  world.group.records_reading = true;
  Object.assign(world.threads[0]!, { label: 'circle', circle: { id: circle.id, name: circle.name } });
};

const acts = (page: Page) => page.locator('summary', { hasText: 'Actions' });
const places = (page: Page) => page.getByRole('navigation', { name: 'Navigation du groupe' });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim());
const height = async (page: Page, what: string) => (await page.locator(what).boundingBox())!.height;

/** The part of the navigation that is seen, and where a place stands in it. */
async function inSight(page: Page, place: string): Promise<boolean> {
  const list = (await places(page).locator('ul').boundingBox())!;
  const link = (await places(page).getByRole('link', { name: place }).boundingBox())!;
  return link.x >= list.x && link.x + link.width <= list.x + list.width;
}

/** On which sides a fade says that there is more. */
function faded(page: Page): Promise<{ before: boolean; after: boolean }> {
  return places(page)
    .locator('ul')
    .evaluate((list) => {
      const more = (side: string) => parseFloat(list.style.getPropertyValue(side)) > 1;
      return { before: more('--before'), after: more('--after') && getComputedStyle(list).maskImage.includes('gradient') };
    });
}

describe('on a phone', () => {
  beforeAll(async () => {
    browser = await openBrowser({ viewport: phone });
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('what a moderator can do with a discussion is gathered, and the first message is in sight', async () => {
    const { page } = await open(thread, readSoFar);
    await page.waitForSelector('#message-1');
    await page.evaluate(() => scrollTo(0, 0));
    expect(await page.locator('text=Qui pouvait lire ?').first().isVisible()).toBe(false);
    expect((await page.locator('#message-1').boundingBox())!.y).toBeLessThan(phone.height * 0.7);
  });

  test('an act closes what it was chosen from, and a dialog gives the focus back to it', async () => {
    const { page } = await open(thread);
    await acts(page).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Modifier le titre');
    await page.click('text=Qui peut lire…');
    await page.waitForSelector('dialog[open]');
    expect(await page.locator('details[open] >> text=Qui pouvait lire ?').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await focused(page)).toBe('Actions');
    await acts(page).click();
    await page.click('button >> text=Lire comme…');
    await page.waitForSelector('dialog[open] select');
  });

  test('a title is changed from there', async () => {
    const { page, world } = await open(thread);
    await acts(page).click();
    await page.click('text=Modifier le titre');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Et les écorces ?');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1 >> text=Et les écorces ?');
    expect(world.threads[0]!.title).toBe('Et les écorces ?');
    await acts(page).waitFor();
  });

  test('a single act is not gathered, and a desk shows all of them', async () => {
    const { page, world } = await open(thread);
    await page.setViewportSize(desk);
    await page.getByRole('button', { name: 'Qui pouvait lire ?' }).waitFor();
    expect(await acts(page).count()).toBe(0);
    world.group.role = 'observer';
    await page.setViewportSize(phone);
    await page.reload();
    await page.getByRole('button', { name: 'Lire comme…' }).waitFor();
    expect(await acts(page).count()).toBe(0);
  });

  test.each([
    ['the whole group', group, undefined],
    ['a circle with a long name, where reading is recorded', thread, longCircle]
  ])('the band says who reads in two lines: %s', async (_name, address, prepare) => {
    const { page, server } = await open(address, prepare);
    const readers = page.locator('aside .readers');
    await readers.waitFor();
    for (const size of [narrow, phone]) {
      await page.setViewportSize(size);
      expect(await height(page, 'aside')).toBeLessThan(62);
      const link = (await readers.boundingBox())!;
      expect(link.x + link.width).toBeLessThanOrEqual(size.width);
      expect(await readers.innerText()).toMatch(/^\d+\spersonnes/);
    }
    await page.setViewportSize(narrow);
    await server.close();
    await page.waitForSelector('aside >> text=Hors ligne');
    expect(await height(page, 'aside')).toBeLessThan(62);
  });

  test('the places of a group are one line, with the one that is shown in sight and a sign of the others', async () => {
    const { page } = await open(group);
    expect(await height(page, '[aria-label="Navigation du groupe"]')).toBeLessThan(52);
    expect(await faded(page)).toEqual({ before: false, after: true });
    expect(await inSight(page, 'Animation du groupe')).toBe(false);
    await page.goto(new URL(`${group}/animation`, page.url()).href);
    await page.waitForSelector('h1');
    await expect.poll(() => inSight(page, 'Animation du groupe')).toBe(true);
    await expect.poll(() => faded(page)).toEqual({ before: true, after: false });
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  test('the places of a group are reached by the keyboard, and come into sight', async () => {
    const { page } = await open(group);
    await places(page).getByRole('link').first().focus();
    for (const place of ['Discussions', 'Documents', 'Membres', 'Cercles', 'Publications', 'Accord', 'Animation du groupe']) {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe(place);
      await expect.poll(() => inSight(page, place)).toBe(true);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/animation$/);
  });
});
