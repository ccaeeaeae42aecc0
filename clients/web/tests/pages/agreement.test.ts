// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { accepted, id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const agreement = `/groupes/${id(101)}/accord`;

let browser: BrowserContext;
let opened: Visit;

const before = (world: World) => {
  world.group.standing = 'lobby';
  world.nda.gate = 'closed';
  world.nda.mine = null;
};

describe('the agreement', () => {
  beforeAll(async () => {
    browser = await openBrowser({ viewport: { width: 390, height: 844 } });
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('shows what changed since the version accepted before, word by word, in marks and in words', async () => {
    opened = await visit(browser, agreement, (world) => {
      before(world);
      world.nda.mine = accepted(1, '2026-01-01T00:00:00Z');
      world.versions[1]!.secrecy_months = null;
    });
    const changes = opened.page.getByRole('region', { name: 'Ce qui a changé depuis la version 1' });
    await changes.locator('del', { hasText: 'Trois' }).waitFor();
    expect(await changes.locator('del').allTextContents()).toEqual(['retiré\u00a0: sans limite, même après le départ du groupe', 'retiré\u00a0: Trois']);
    expect(await changes.locator('ins').allTextContents()).toEqual(['ajouté\u00a0: 3 ans après le départ du groupe', 'ajouté\u00a0: Cinq']);
    expect(await changes.locator('del').first().evaluate((mark) => getComputedStyle(mark).textDecorationLine)).toBe('line-through');
  });

  test('says from when it holds, how long secrecy lasts, and that a translation has no value', async () => {
    opened = await visit(browser, agreement, (world) => {
      before(world);
      Object.assign(world.nda.current!, { translation: 'Purpose', translation_html: '<p>Purpose</p>', secrecy_months: 18 });
    });
    const { page } = opened;
    await page.waitForSelector('text=5 janvier 2026');
    await page.waitForSelector('text=18 mois après le départ du groupe');
    expect(await page.locator('text=Purpose').isVisible()).toBe(false);
    await page.click('text=Lire la traduction');
    await page.waitForSelector('text=/Traduction, sans valeur.: le texte français fait foi/');
    expect(await page.locator('text=Purpose').evaluate((text) => text.closest('[lang]')!.getAttribute('lang'))).toBe('en');
  });

  test('is accepted in a capacity known from the profile, and a named signatory is told what happens', async () => {
    opened = await visit(browser, agreement, before);
    const { page, world } = opened;
    await page.waitForSelector('text=/En qualité de.: Adjointe à l’énergie/');
    await page.click('text=Changer');
    await page.getByLabel('En qualité de').fill('Première adjointe');
    await page.click('text=Nommer qui confirmera');
    await page.getByLabel('Ses prénom et nom').fill('Marie Maire');
    await page.getByLabel('Son adresse électronique').fill('maire@bellerive.example');
    await page.getByLabel('Sa fonction').fill('Maire');
    await page.waitForSelector('text=Marie Maire recevra un lien pour confirmer. En attendant, votre acceptation vous engage personnellement.');
    await page.fill('[autocomplete=name]', 'Camille Durand');
    await page.check('[type=checkbox]');
    await page.click('text=J’accepte l’accord et j’entre');
    await page.waitForSelector('text=Bienvenue dans le groupe');
    expect(world.answers).toEqual([
      {
        version: 2,
        sha256: world.nda.current!.sha256,
        full_name: 'Camille Durand',
        agreed: true,
        organisation_id: id(51),
        capacity: 'Première adjointe',
        signatory: { name: 'Marie Maire', email: 'maire@bellerive.example', capacity: 'Maire' }
      }
    ]);
  });

  test.each([
    ['member', 'chaque personne s’engage en son nom', undefined],
    ['organisation', 'l’accord engage la structure que vous représentez', id(51)]
  ] as const)('binds whom the group requires: %s', async (bound, said, organisation) => {
    opened = await visit(browser, agreement, (world) => {
      before(world);
      world.group.my_organisation = null;
      world.nda.acceptance_for = bound;
    });
    const { page, world } = opened;
    await page.waitForSelector(`text=${said}`);
    await page.fill('[autocomplete=name]', 'Camille Durand');
    await page.check('[type=checkbox]');
    await page.click('text=J’accepte l’accord et j’entre');
    await page.waitForSelector('text=Bienvenue dans le groupe');
    expect(world.answers[0]!.organisation_id).toBe(organisation);
  });

  test('ahead of its day leaves the gate open and says until when to accept', async () => {
    opened = await visit(browser, agreement, (world) => {
      world.nda.mine = accepted(1, '2026-01-01T00:00:00Z');
      world.nda.current!.holds_from = '2027-06-01';
    });
    const { page } = opened;
    await page.waitForSelector('text=Une nouvelle version vaudra à partir du 1er juin 2027');
    await page.waitForSelector('text=J’accepte cette version');
    expect(await page.locator('text=Je n’accepte pas').count()).toBe(0);
  });

  test('accepted on behalf of an organisation: who may confirm can be named later', async () => {
    opened = await visit(browser, agreement);
    const { page, world } = opened;
    await page.waitForSelector('text=L’acceptation engage la personne seule.');
    await page.click('text=Demander une confirmation');
    await page.getByLabel('Ses prénom et nom').fill('Marie Maire');
    await page.getByLabel('Son adresse électronique').fill('maire@bellerive.example');
    await page.click('text=Envoyer le lien');
    await page.waitForSelector('text=Un lien part vers Marie Maire');
    await page.waitForSelector('text=La structure n’a pas encore confirmé');
    expect(world.answers).toEqual([{ name: 'Marie Maire', email: 'maire@bellerive.example', capacity: '' }]);
  });

  test('may be taken back, after saying what follows', async () => {
    opened = await visit(browser, agreement);
    const { page, world } = opened;
    await page.click('text=Retirer mon acceptation');
    await page.waitForSelector('dialog[open] >> text=se ferment aussitôt pour vous');
    expect(world.nda.gate).toBe('open');
    await page.click('dialog[open] >> role=button[name="Retirer mon acceptation"]');
    await page.waitForSelector('text=Vous avez retiré votre acceptation');
    await page.waitForSelector('text=J’accepte l’accord et j’entre');
  });
});
