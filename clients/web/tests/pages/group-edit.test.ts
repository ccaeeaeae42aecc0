// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id } from '../fake/world';
import { visit, type Visit } from './visit';

let browser: BrowserContext;
let opened: Visit;

beforeAll(async () => {
  browser = await openBrowser();
});

afterEach(async () => {
  expect(opened.faults).toEqual([]);
  await opened.end();
});

afterAll(() => browser.close());

test('what two moderators changed at once is shown side by side, and nothing is saved over the other unseen', async () => {
  opened = await visit(browser, `/groupes/${id(101)}/animation#groupe`);
  const { page, world } = opened;
  await page.getByRole('textbox', { name: 'À quoi sert ce groupe' }).fill('Mon but');
  Object.assign(world.group, { purpose: 'Leur but', phase: 'evaluation', revision: 8 });
  await page.click('button >> text=Enregistrer');
  await page.waitForSelector('text=/repris ici.: Phase du projet\\./');
  await page.reload();
  const choice = page.getByRole('group', { name: 'À quoi sert ce groupe' });
  await choice.waitFor();
  expect(await choice.innerText()).toMatch(/Mon but[^]*Leur but/);
  await page.click('button >> text=Enregistrer');
  expect(world.group.purpose).toBe('Leur but');
  await choice.getByText('Garder ce que j’ai écrit').click();
  await page.click('button >> text=Enregistrer');
  await page.waitForSelector('text=C’est enregistré');
  expect(world.group).toMatchObject({ purpose: 'Mon but', phase: 'evaluation' });
});
