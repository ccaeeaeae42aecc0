// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../browser';
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

test('whom the agreement binds is chosen with a new group', async () => {
  opened = await visit(browser, '/groupes/nouveau');
  const { page, world } = opened;
  await page.getByLabel('Nom du groupe').fill('Halle de la gare');
  const bound = page.getByRole('group', { name: 'Qui s’engage en acceptant l’accord' });
  expect(await bound.getByRole('radio', { name: /^La personne ou sa structure/ }).isChecked()).toBe(true);
  await bound.getByRole('radio', { name: /^La structure/ }).check();
  await page.click('button >> text=Créer le groupe');
  await page.waitForURL(/\/animation#accord$/);
  expect(world.made).toMatchObject([{ name: 'Halle de la gare', confidentiality: 'nda', acceptance_for: 'organisation' }]);
});

test('a group without an agreement asks nothing of it, and sends nothing of it', async () => {
  opened = await visit(browser, '/groupes/nouveau');
  const { page, world } = opened;
  await page.getByLabel('Nom du groupe').fill('Club de lecture');
  await page.getByRole('radio', { name: /^La structure/ }).check();
  await page.getByRole('radio', { name: /^Sans accord de confidentialité/ }).check();
  expect(await page.getByText('Qui s’engage en acceptant l’accord').count()).toBe(0);
  await page.click('button >> text=Créer le groupe');
  await expect.poll(() => world.made).toMatchObject([{ confidentiality: 'light' }]);
  expect(world.made[0]).not.toHaveProperty('acceptance_for');
});
