// @vitest-environment node
import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id } from '../fake/world';
import { visit, type Visit } from './visit';

const record = `/groupes/${id(101)}/animation#registre`;

let browser: BrowserContext;
let opened: Visit;

describe('the record of access', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('says each entry in a sentence, page after page', async () => {
    opened = await visit(browser, record);
    const { page } = opened;
    await page.click('text=Traces plus anciennes');
    for (const sentence of [
      'Leïla Benhamou a lu le groupe comme Yves Lacaze.',
      'Camille Durand ne souhaite pas que le passage 1 de « Ce que consomment nos bâtiments » soit publié.',
      'Quelqu’un, sans être connecté, a demandé ce qui ne lui est pas ouvert.',
      'Leïla Benhamou a changé qui peut lire la discussion « Compte rendu » : tout le groupe, puis le cercle « Financement ».',
      'Motif : Il y est question d’argent',
      'Camille Durand fait maintenant partie du cercle « (non visible) ».',
      'Leïla Benhamou a changé le rôle de Yves Lacaze : Membre, puis Observe.',
      'Leïla Benhamou a invité nadia.roche@asso.example.',
      'Yves Lacaze a accepté la version 2 de l’accord.',
      'Leïla Benhamou a retiré l’accès de Inès Morel.',
      'Leïla Benhamou : autre trace (dataset.archived).'
    ])
      await page.waitForSelector(`ol >> text=${sentence}`);
  });

  test('is filtered by person, kind and days, the last one included', async () => {
    opened = await visit(browser, record);
    const { page, world } = opened;
    await page.waitForSelector('ol li');
    await page.selectOption('select >> nth=0', { label: 'Yves Lacaze' });
    await page.selectOption('select >> nth=1', { label: 'Rôles' });
    await expect.poll(() => page.locator('ol li').count()).toBe(1);
    await page.fill('input[type=date] >> nth=0', '2026-03-01');
    await page.fill('input[type=date] >> nth=1', '2026-03-02');
    await page.locator('input[type=date] >> nth=1').blur();
    await expect
      .poll(() => world.auditAsked)
      .toEqual({ person: id(3), kind: 'role', from: '2026-02-28T23:00:00.000Z', until: '2026-03-02T23:00:00.000Z' });
  });

  test('is filtered by whoever left, was removed or stands in it, members first', async () => {
    const paul = { id: id(9), name: 'Paul Vidal' };
    const zoe = { id: id(10), name: 'Zoé Marin' };
    opened = await visit(browser, record, (world) => {
      world.members = world.members.filter(({ member }) => member.id !== world.people.ines.id);
      const [, , , , , role, invited] = world.audit;
      // Neither stands on the first page of the record.
      world.audit.push({ ...invited!, kind: 'member.left', actor: paul, subject: paul }, { ...role!, kind: 'member.left', subject: { id: id(11), name: '—' } });
      world.audit.unshift({ ...invited!, kind: 'invitation.accepted', actor: zoe, subject: null });
    });
    const { page, world } = opened;
    const outside = page.locator('select >> nth=0 >> optgroup');
    await expect.poll(() => outside.locator('option').allInnerTexts()).toEqual(['Inès Morel', 'Paul Vidal', 'Zoé Marin']);
    expect(await outside.getAttribute('label')).toBe('Hors du groupe aujourd’hui');
    await page.selectOption('select >> nth=0', { label: 'Inès Morel' });
    await page.waitForSelector('ol >> text=Leïla Benhamou a retiré l’accès de Inès Morel.');
    expect(world.auditAsked).toEqual({ person: world.people.ines.id });
  });

  test('is exported to a file, with how to check it', async () => {
    opened = await visit(browser, record);
    const { page } = opened;
    await page.waitForSelector('text=margelle verify-audit');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Exporter tout le registre')]);
    expect(download.suggestedFilename()).toMatch(/^registre-des-acces-\d{4}-\d\d-\d\d\.jsonl$/);
    expect(readFileSync((await download.path())!, 'utf8')).toContain('margelle-audit-head');
    await page.waitForSelector('text=Le registre est enregistré sur cet appareil.');
  });
});
