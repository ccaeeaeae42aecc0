// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id } from '../fake/world';
import { visit, type Visit } from './visit';

const desk = `/groupes/${id(101)}/animation#accord`;

let browser: BrowserContext;
let opened: Visit;

describe('whoever facilitates a group', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('publishes a version with its day, its length of secrecy and a translation, after reading what follows', async () => {
    opened = await visit(browser, desk);
    const { page, world } = opened;
    await page.click('text=Le texte actuel');
    const months = page.getByLabel('Mois de secret après le départ');
    await expect.poll(() => months.inputValue()).toBe('36');
    await months.fill('60');
    await page.getByLabel('Vaut à partir du').fill('2030-04-01');
    await page.click('text=Ajouter une traduction');
    await page.getByLabel('Traduction du texte').fill('Purpose');
    await page.reload();
    expect(await months.inputValue()).toBe('60');
    await page.click('main >> text=Publier cette version');
    const dialog = page.locator('dialog[open]');
    expect(await dialog.innerText()).toMatch(/5 ans après le départ[^]*À partir du 1er avril 2030/);
    await dialog.getByRole('button', { name: 'Publier cette version' }).click();
    await page.waitForURL(/\/accord$/);
    expect(world.published).toMatchObject([
      { kind: 'material', language: 'fr', translation: 'Purpose', holds_from: '2030-04-01', secrecy_months: 60, text: world.nda.current!.text }
    ]);
  });

  test('starts from an English model, whose language then counts, or adds it as the translation of the French one', async () => {
    opened = await visit(browser, desk);
    const { page } = opened;
    await page.click('text=One-page agreement');
    expect(await page.getByLabel('Le texte en entier').inputValue()).toContain('## Purpose');
    expect(await page.getByLabel('Langue du texte').inputValue()).toBe('en');
    await page.click('text=Accord en une page');
    expect(await page.getByLabel('Langue du texte').inputValue()).toBe('fr');
    await page.click('text=Ajouter une traduction');
    await page.click('details >> text=One-page agreement');
    expect(await page.getByLabel('Traduction du texte').inputValue()).toContain('## Purpose');
    expect(await page.getByLabel('Le texte en entier').inputValue()).toContain('## Objet');
  });

  test('sees who has not accepted, reminds all in one act, and learns who was left out', async () => {
    opened = await visit(browser, desk);
    const { page } = opened;
    const pending = page.getByRole('region', { name: 'Qui n’a pas encore accepté' });
    await pending.locator('li').first().waitFor();
    expect(await pending.locator('li').nth(0).innerText()).toMatch(/Yves Lacaze[^]*N’a pas accepté[^]*Début de l’attente[^]*Dernier rappel/);
    expect(await pending.locator('li').nth(1).innerText()).toMatch(/Inès Morel[^]*A accepté la version 1[^]*Aucun rappel envoyé/);
    await pending.getByText('Rappeler à tous').click();
    await pending.getByText('Un rappel part par courriel.').waitFor();
    await pending.getByText(/moins d’un jour, et non renvoyé, à.: Yves Lacaze\./).waitFor();
  });

  test('says whom an acceptance binds', async () => {
    opened = await visit(browser, desk);
    const { page, world } = opened;
    const bound = page.getByRole('region', { name: 'Qui s’engage' });
    await bound.getByRole('radio', { name: /^La structure/ }).check();
    await bound.getByText('Enregistrer').click();
    await bound.getByText('C’est enregistré.').waitFor();
    expect(world.group.acceptance_for).toBe('organisation');
  });

  test('reads in the register who answered, in what capacity, and whether the organisation is bound', async () => {
    opened = await visit(browser, desk);
    const register = opened.page.getByRole('region', { name: 'Registre de l’accord' });
    const [refused, accepted] = [register.locator('li').nth(0), register.locator('li').nth(1)];
    await accepted.waitFor();
    expect(await refused.innerText()).toMatch(/Yves Lacaze · version 2 non acceptée/);
    expect(await accepted.innerText()).toMatch(/La Scierie coopérative, SIRET 21030023400017[^]*Gérante[^]*La structure est engagée[^]*Hugo Petit, Président/);
    expect(await accepted.getByRole('link').getAttribute('href')).toContain('/receipt');
  });
});
