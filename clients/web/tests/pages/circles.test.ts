// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, record, recordIn, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;

let browser: BrowserContext;
let opened: Visit;

async function open(address: string, prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, group + address, prepare);
  return opened;
}

const asMember = (world: World) => {
  world.group.role = 'member';
};

/** The discussion of the fake world, kept for the circle. */
const inCircle = (world: World) => Object.assign(world.threads[0]!, { label: 'circle', circle: { id: id(301), name: 'Financement' } });

describe('circles', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('are made of a name and members, the maker among them or not', async () => {
    const { page, world } = await open('/cercles');
    await page.click('text=Former un cercle');
    await page.fill('form input', 'Stockage');
    await page.click('form button[type=submit]');
    await page.waitForSelector('text=Choisissez au moins une personne.');
    await page.getByRole('checkbox', { name: 'Yves Lacaze' }).check();
    await page.click('form button[type=submit]');
    await page.waitForSelector('h2 >> text=Stockage');
    expect(world.circles.at(-1)).toMatchObject({ name: 'Stockage', mine: false, members: [{ name: 'Yves Lacaze' }] });
  });

  test('are renamed, added to and left by confirmations that say what follows', async () => {
    const { page, world } = await open('/cercles');
    await page.click('[aria-label="Changer le nom du cercle Financement"]');
    await page.fill('form input', 'Argent');
    await page.click('form button[type=submit]');
    await page.waitForSelector('h2 >> text=Argent');
    await page.click('[aria-label="Ajouter une personne au cercle Argent"]');
    await page.waitForSelector('dialog >> text=y compris ce qui y est déjà écrit');
    await page.selectOption('dialog select', { label: 'Yves Lacaze' });
    await page.click('dialog >> text=Ajouter >> nth=-1');
    await page.click('[aria-label="Retirer du cercle Argent : Yves Lacaze"]');
    expect(world.circles[0]!.members).toHaveLength(3);
    await page.waitForSelector('dialog >> text=Yves Lacaze ne lira plus rien du cercle');
    await page.click('dialog button >> text=Retirer du cercle');
    await expect.poll(() => world.circles[0]!.members.length).toBe(2);
  });

  test('are entered by announcing it, or let somebody in by agreeing', async () => {
    const { page, world } = await open('/cercles');
    await page.click('[aria-label="Demander à entrer dans le cercle Transport"]');
    await page.waitForSelector('text=Les 2 membres du cercle en seront prévenus ; sans accord de l’un d’eux, vous pourrez entrer dans 24 heures.');
    await page.click('dialog button >> text=Demander à entrer');
    await page.waitForSelector('text=Votre demande est annoncée au cercle. Sans accord d’ici là, vous pourrez entrer : demain');
    await page.click('text=Donner mon accord');
    await page.click('dialog button >> text=Donner mon accord');
    await expect.poll(() => world.circles[0]!.members.map(({ name }) => name)).toContain('Inès Morel');
  });

  test('are shown to members who belong to one, and to nobody else', async () => {
    await open('/cercles', asMember);
    await opened.page.waitForSelector('h2 >> text=Financement');
    expect(await opened.page.locator('h2 >> text=Transport').count()).toBe(0);
    expect(await opened.page.locator('text=Former un cercle').count()).toBe(0);
    await opened.end();
    await open('', (world) => {
      asMember(world);
      world.circles = [];
    });
    await opened.page.waitForLoadState('networkidle');
    expect(await opened.page.locator('nav >> text=Cercles').count()).toBe(0);
  });

  test('may be the readers of a new discussion, with their number', async () => {
    const { page, world } = await open('/discussions/nouvelle');
    await page.waitForSelector('text=Tout le groupe : 23 personnes');
    await page.getByRole('radio', { name: 'Cercle « Financement » : 2 personnes' }).check();
    await page.getByRole('textbox', { name: 'Titre' }).fill('Quel prêt ?');
    await page.getByRole('textbox', { name: 'Premier message' }).fill('À voir.');
    await page.click('button >> text=Ouvrir la discussion');
    await expect.poll(() => world.threads.at(-1)?.circle?.name).toBe('Financement');
  });

  test('show who reads, and what is written there arrives at once', async () => {
    const { page, world, server } = await open(`/discussions/${id(201)}`, inCircle);
    await page.waitForSelector('aside >> text=2 personnes de ce cercle peuvent lire cette page');
    const written = { ...world.posts[0]!, id: id(1008), number: 8, body_html: '<p>Réservé au cercle</p>' };
    world.posts.push(written);
    server.push(recordIn(world, world.circles[0]!, 'post.created', id(2), { thread_id: id(201), post_id: written.id, number: 8, post: written }));
    await page.waitForSelector('article >> text=Réservé au cercle');
  });

  test('take a discussion that is open: its readers are shown anew, or it closes', async () => {
    const { page, world, server } = await open(`/discussions/${id(201)}`);
    await page.waitForSelector('#message-7');
    inCircle(world);
    server.push(record(world, 'thread.withdrawn', id(2), { thread_id: id(201) }));
    await page.waitForSelector('text=Qui peut lire cette discussion vient de changer.');
    await page.waitForSelector('aside >> text=Cercle : Financement');
    world.threads.shift();
    server.push(recordIn(world, world.circles[0]!, 'thread.withdrawn', id(2), { thread_id: id(201) }));
    await page.waitForSelector('h1 >> text=Cette discussion ne vous est plus ouverte');
  });
});
