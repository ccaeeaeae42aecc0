// @vitest-environment node
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;
const thread = `${group}/discussions/${id(201)}`;
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

const acts = (page: Page) => page.locator('summary', { hasText: 'Actions' });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim());

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
});
