// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, record, write, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;
const thread = `${group}/discussions/${id(201)}`;

let browser: BrowserContext;
let opened: Visit;

async function open(address: string, prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, address, prepare);
  return opened;
}

const suspended = (world: World) => {
  Object.assign(world.group, { frozen: true, frozen_reason: 'Le temps de relire l’accord' });
};

describe('who reads, and who writes', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('a discussion changes readers with a reason, after the numbers before and after', async () => {
    const { page, world, server } = await open(thread);
    await page.click('text=Qui peut lire…');
    await page.waitForSelector('dialog >> text=Aujourd’hui, 23 personnes peuvent lire cette discussion');
    await page.getByRole('radio', { name: /Financement/ }).check();
    await page.waitForSelector('dialog >> text=Après ce changement, 2 personnes le pourront.');
    await page.click('dialog button[type=submit]');
    expect(world.threads[0]!.label).toBe('group');
    await page.fill('dialog textarea', 'Il y est question d’argent');
    await page.click('dialog button[type=submit]');
    await expect.poll(() => world.threads[0]!.circle?.name).toBe('Financement');
    expect(world.reasons).toEqual(['Il y est question d’argent']);
    server.push(record(world, 'thread.withdrawn', world.me.id, { thread_id: id(201) }));
    await page.waitForSelector('aside >> text=Cercle : Financement');
  });

  test('members who moderate nothing change no readers and look up none', async () => {
    const { page } = await open(thread, (world) => {
      world.group.role = 'member';
    });
    await page.waitForSelector('#message-7');
    expect(await page.locator('text=/Qui (peut|pouvait) lire/').count()).toBe(0);
  });

  test('who could read is asked of this moment, then of another', async () => {
    const { page } = await open(thread);
    await page.click('text=Qui pouvait lire ?');
    await page.waitForSelector('dialog >> text=3 personnes pouvaient la lire');
    await page.waitForSelector('dialog >> text=Leïla Benhamou');
    await page.fill('dialog input', '2025-06-01T09:00');
    await page.locator('dialog input').blur();
    await page.waitForSelector('dialog >> text=Personne ne pouvait la lire');
  });

  test('where reading is recorded everybody is told, and who received a message is said of each', async () => {
    const { page, world } = await open(thread, (world) => {
      world.group.records_reading = true;
    });
    await page.waitForSelector('aside >> text=On enregistre qui lit quoi, et quand');
    await page.click('#message-2 >> text=Plus');
    await page.click('#message-2 >> text=Qui pouvait lire ?');
    await page.waitForSelector('dialog h2 >> text=Qui pouvait lire ce message ?');
    expect(await page.locator('dialog li', { hasText: 'Inès Morel' }).innerText()).toMatch(/, reçu\s/);
    expect(await page.locator('dialog li', { hasText: 'Leïla Benhamou' }).innerText()).toMatch(/, rien reçu$/);
    expect(world.readersAsked).toBe(id(1002));
    await page.fill('dialog input', '2025-06-01T09:00');
    await page.locator('dialog input').blur();
    await page.waitForSelector('dialog >> text=Personne ne pouvait le lire');
  });

  test('where nothing is recorded, nothing is said of what was received', async () => {
    const { page, world } = await open(thread);
    await page.click('text=Qui pouvait lire ?');
    await page.waitForSelector('dialog >> text=Leïla Benhamou');
    expect(await page.locator('dialog').innerText()).not.toContain('reçu');
    expect(await page.getByText('On enregistre').count()).toBe(0);
    expect(world.readersAsked).toBeNull();
  });

  test('a message that comes without its text, where reading is recorded, is fetched', async () => {
    const { page, world, server } = await open(thread, (world) => {
      world.group.records_reading = true;
    });
    await page.waitForSelector('#message-7');
    const { data, ...event } = write(world, world.people.yves, '<p>Un nouveau message</p>');
    server.push({ ...event, data: { ...data, post: undefined } });
    await page.waitForSelector('#message-8 >> text=Un nouveau message');
  });

  test('reading is recorded when the facilitation says so', async () => {
    const { page, world } = await open(`${group}/animation#groupe`);
    await page.getByRole('checkbox', { name: /Enregistrer qui lit quoi/ }).check();
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.waitForSelector('aside >> text=On enregistre qui lit quoi, et quand');
    expect(world.group.records_reading).toBe(true);
  });

  test('a suspension says why on every page, and takes the place of writing', async () => {
    const { page } = await open(thread, suspended);
    await page.waitForSelector('text=Motif : Le temps de relire l’accord');
    await page.waitForSelector('#reply >> text=tout reste lisible, rien ne peut être écrit');
    expect(await page.locator('textarea').count()).toBe(0);
    await page.goto(new URL(group, page.url()).href);
    await page.waitForSelector('text=Motif : Le temps de relire l’accord');
  });

  test('exchanges are suspended and reopened by the facilitation, with a reason', async () => {
    const { page, world } = await open(`${group}/animation#groupe`);
    await page.click('button >> text=Suspendre les échanges');
    await page.waitForSelector('dialog >> text=23 personnes pourront lire, sans plus rien écrire');
    await page.fill('dialog textarea', 'Une question de fond');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('text=Motif : Une question de fond');
    await page.click('button >> text=Rouvrir les échanges');
    await page.fill('dialog textarea', 'C’est réglé');
    await page.click('dialog button[type=submit]');
    await expect.poll(() => world.group.frozen).toBe(false);
    expect(world.reasons).toEqual(['Une question de fond', 'C’est réglé']);
  });
});
