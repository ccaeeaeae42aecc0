// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

let browser: BrowserContext;
let opened: Visit;

async function open(prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, `/groupes/${id(101)}/animation#membres`, prepare);
  await opened.page.waitForSelector('text=4 personnes affichées');
  return opened;
}

const names = (world: World) => world.members.map(({ member }) => member.name);

describe('the members, for those who facilitate', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('several lose access by one confirmation that names them and what follows', async () => {
    const { page, world } = await open();
    await page.getByRole('checkbox', { name: 'Choisir Inès Morel' }).check();
    await page.getByRole('checkbox', { name: 'Choisir Yves Lacaze' }).check();
    await page.click('[role=group] >> text=Retirer l’accès');
    await page.waitForSelector('text=Inès Morel et 1 autre personne perdront l’accès maintenant, sur tous leurs appareils ; leurs messages restent.');
    await page.fill('dialog textarea', 'Fin de leur mission');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('text=L’accès de 2 personnes est retiré.');
    expect(names(world)).toEqual(['Camille Durand', 'Leïla Benhamou']);
    expect(world.reasons).toEqual(['Fin de leur mission']);
  });

  test('who is filtered out is not chosen any more, and nobody chooses themself', async () => {
    const { page } = await open((world) => {
      world.members[3]!.accepted = false;
    });
    await page.getByRole('checkbox', { name: 'Choisir toutes les personnes affichées' }).check();
    await page.waitForSelector('[role=group] >> text=3 personnes choisies');
    await page.selectOption('select >> nth=2', 'awaited');
    await page.waitForSelector('[role=group] >> text=1 personne choisie');
    await page.selectOption('select >> nth=1', 'authority');
    await page.waitForSelector('text=0 personne affichée');
    expect(await page.locator('main [role=group]').count()).toBe(0);
  });

  test('a whole organisation loses access at once', async () => {
    const { page, world } = await open();
    await page.selectOption('select >> nth=0', { label: 'La Scierie coopérative' });
    await page.click('text=Retirer l’accès de toute la structure');
    await page.waitForSelector('text=Leïla Benhamou perdra l’accès maintenant, sur tous ses appareils ; ses messages restent.');
    await page.fill('dialog textarea', 'La convention a pris fin');
    await page.click('dialog button[type=submit]');
    await expect.poll(() => names(world)).not.toContain('Leïla Benhamou');
  });

  test('a role changes when it is confirmed, not with the arrow keys', async () => {
    const { page, world } = await open();
    await page.click('[aria-label="Changer le rôle de Yves Lacaze"]');
    await page.getByRole('radio', { name: 'Observe' }).focus();
    await page.keyboard.press('ArrowUp');
    expect(world.members[3]!.role).toBe('observer');
    await page.click('dialog button >> text=Changer le rôle');
    await expect.poll(() => world.members[3]!.role).toBe('member');
  });
});
