// @vitest-environment node
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;
const thread = `${group}/discussions/${id(201)}`;

let browser: BrowserContext;
let opened: Visit;

async function open(address: string, prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, address, prepare);
  return opened;
}

async function readAs(page: Page, label: string) {
  await page.click('button >> text=Lire comme…');
  await page.waitForSelector('dialog select option >> nth=3', { state: 'attached' });
  await page.selectOption('dialog select', { label });
  await page.click('dialog button >> text=Lire');
}

describe('reading as somebody else', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('asks as them, lets nothing be written, marks nothing as read, and ends by its button', async () => {
    const { page, world } = await open(thread);
    await readAs(page, 'Leïla Benhamou');
    await page.waitForSelector('text=Vous lisez comme Leïla Benhamou. Rien ne peut être écrit ici.');
    await page.waitForSelector('#message-7');
    expect(await page.locator('textarea').count()).toBe(0);
    expect(await page.locator('text=/^(Répondre|Plus|Réagir|Épingler)$/').count()).toBe(0);
    expect(await page.locator('nav >> text=Animation du groupe').count()).toBe(0);
    // What was seen before is still marked, as oneself; nothing is from here on.
    const before = world.asked.length;
    await page.locator('#message-7').scrollIntoViewIfNeeded();
    await page.waitForTimeout(2500);
    const inGroup = world.asked.filter(({ path }) => path.startsWith(`/api/v1${group.replace('groupes', 'groups')}`));
    const asThem = inGroup.filter(({ readAs: as }) => as !== undefined);
    expect(asThem.length).toBeGreaterThan(1);
    expect(asThem.filter(({ method, readAs: as }) => method !== 'GET' || as !== `member:${id(2)}`)).toEqual([]);
    expect(world.asked.slice(before).filter(({ readAs: as }) => as === undefined)).toEqual([]);
    await page.click('text=Revenir à ma lecture');
    await page.waitForSelector('#reply textarea');
    expect(world.asked.at(-1)!.readAs).toBeUndefined();
  });

  test('ends with Escape, and on leaving the group', async () => {
    const { page, world } = await open(group);
    await readAs(page, 'Yves Lacaze');
    await page.waitForSelector('text=Vous lisez comme Yves Lacaze');
    await page.keyboard.press('Escape');
    await page.waitForSelector('nav >> text=Animation du groupe');
    await readAs(page, 'Yves Lacaze');
    await page.waitForSelector('text=Vous lisez comme Yves Lacaze');
    await page.click('header a >> nth=0');
    await page.waitForSelector('text=Compost de quartier');
    await page.goBack();
    await page.waitForSelector('nav >> text=Animation du groupe');
    expect(world.asked.at(-1)!.readAs).toBeUndefined();
    expect(await page.locator('text=Vous lisez comme').count()).toBe(0);
  });

  test('says in words why somebody sees nothing', async () => {
    const { page } = await open(group, (world) => {
      world.members[1]!.accepted = false;
    });
    await readAs(page, 'Inès Morel');
    await page.waitForSelector('text=Inès Morel n’a pas encore accepté l’accord : cette personne ne voit rien du groupe.');
    await page.click('text=Revenir à ma lecture');
    await page.waitForSelector('nav >> text=Discussions');
    await readAs(page, 'Le public');
    await page.waitForSelector('text=Seule la présentation du groupe est visible');
    expect(await page.locator('nav >> text=Discussions').count()).toBe(0);
  });
});
