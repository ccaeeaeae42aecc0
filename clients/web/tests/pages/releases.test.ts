// @vitest-environment node
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id, record, recordIn, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;
const releases = `${group}/publications`;

let browser: BrowserContext;
let opened: Visit;

async function open(address: string, prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, address, prepare);
  return opened;
}

const sheet = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });
const proposed = (page: Page) => sheet(page, 'Ce que deviennent les chutes de la scierie');
const published = (page: Page) => sheet(page, 'Ce que consomment nos bâtiments');

const asMember = (world: World) => {
  world.group.role = 'member';
};
const signedOut = (world: World) => {
  world.signedIn = false;
};
const suspended = (world: World) => {
  Object.assign(world.group, { frozen: true, frozen_reason: 'Une pause' });
};

describe('what goes to the public square', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('is proposed from a discussion, agreed to, approved, made public, and read by anybody', async () => {
    const { page, world } = await open(`${group}/discussions/${id(201)}`);
    await page.click('text=Proposer à la place publique…');
    await page.waitForSelector('text=Rien ne sort du groupe pour l’instant.');
    expect(await page.getByLabel('Titre').inputValue()).toBe('Que faire des chutes de la scierie ?');
    // A deleted message is not among those to choose; one that quotes says so.
    expect(await page.getByRole('checkbox').count()).toBe(6);
    expect(await page.locator('label', { hasText: 'Contient une citation' }).innerText()).toContain('La halle vide de la gare');
    await page.click('main button >> text=Proposer');
    await page.waitForSelector('[role=alert] >> text=Écrivez un résumé ou choisissez au moins un message.');
    await page.getByLabel('Titre').fill('');
    await page.getByRole('checkbox', { name: /Camille Durand/ }).first().check();
    await page.getByRole('checkbox', { name: /La scierie produit/ }).check();
    await page.click('main button >> text=Proposer');
    await page.waitForSelector('text=Donnez un titre à la publication.');
    await page.getByLabel('Titre').fill('Les chutes');
    await page.fill('textarea', 'En bref');
    await page.click('main button >> text=Proposer');
    await page.waitForURL(/\/publications$/);
    expect(world.proposed).toMatchObject([{ title: 'Les chutes', summary: 'En bref', thread: id(201), posts: [id(1001), id(1002)] }]);
    expect(world.proposed[0]!.key).toMatch(/^"[0-9a-f-]{36}"$/);

    const mine = sheet(page, 'Les chutes');
    await mine.getByText('Il manque deux approbations').waitFor();
    await mine.getByText('Il manque l’accord de 2 personnes').waitFor();
    await mine.getByRole('checkbox', { name: /Et citer mon nom/ }).check();
    await mine.getByRole('button', { name: 'Donner mon accord' }).click();
    await mine.getByText('Accord donné, nom cité').waitFor();
    await mine.getByText('Il manque l’accord d’une personne').waitFor();
    await mine.getByRole('button', { name: 'Approuver : Les chutes' }).click();
    await mine.getByText('Approuvée par Camille Durand (animation).').waitFor();
    await mine.getByText('Il manque l’approbation d’une autre personne.').waitFor();
    expect(await mine.getByRole('button', { name: 'Rendre publique' }).count()).toBe(0);
    const release = world.releases[0]!;
    release.approvals.push({ member: world.people.leila, moderator: false, at: new Date().toISOString() });
    release.approved = true;
    opened.server.push(record(world, 'release.changed', world.people.leila.id, { release_id: release.id, thread_id: id(201) }));
    await mine.getByRole('button', { name: 'Rendre publique' }).click();
    for (const said of ['Le titre et le résumé sont publiés.', 'Un passage est publié.', 'Noms cités : Camille Durand.', 'Le nom du groupe est indiqué.', 'Un passage reste dans le groupe'])
      await page.waitForSelector(`dialog >> text=${said}`);
    await page.click('dialog button >> text=Rendre publique');
    await mine.getByRole('link', { name: 'Lire sur la place publique' }).click();
    await page.waitForSelector('h1 >> text=Les chutes');
    await page.waitForSelector('article >> text=Camille Durand');
    expect(await page.locator('article').count()).toBe(1);
    expect(await page.locator('main').innerText()).toContain('En bref');
  });

  test('is proposed as a summary alone', async () => {
    const { page, world } = await open(releases);
    await page.click('text=Proposer un résumé');
    await page.getByLabel('Titre').fill('Où nous en sommes');
    await page.click('main button >> text=Proposer');
    await page.waitForSelector('[role=alert] >> text=Écrivez un résumé.');
    await page.fill('textarea', 'Le stockage est trouvé.');
    await page.click('main button >> text=Proposer');
    await sheet(page, 'Où nous en sommes').waitFor();
    expect(world.proposed).toMatchObject([{ title: 'Où nous en sommes', summary: 'Le stockage est trouvé.', thread: null, posts: [] }]);
  });

  test('first shows what its reader is asked for, also on the group’s page', async () => {
    const { page, world } = await open(group);
    await page.waitForSelector('text=On vous demande votre accord pour publier un de vos messages.');
    await page.click('text=Lire et répondre');
    await proposed(page).getByText('On vous demande votre accord pour publier un passage que vous avez écrit.').waitFor();
    expect(await page.locator('main section h2').first().innerText()).toBe('Ce que deviennent les chutes de la scierie');
    await proposed(page).getByRole('button', { name: 'Ne pas publier' }).click();
    await proposed(page).getByText('Pas d’accord : ne sera pas publié').nth(1).waitFor();
    expect(world.releases[1]!.passages[1]).toMatchObject({ agrees: false, named: false });
    // One may change one's mind until it is public.
    await proposed(page).getByRole('button', { name: 'Donner mon accord' }).click();
    await proposed(page).getByText('Accord donné, nom non cité').waitFor();
  });

  test('is followed live, in the reader’s circles too', async () => {
    const { page, world, server } = await open(releases, asMember);
    await published(page).waitFor();
    Object.assign(world.releases[2]!, { state: 'withdrawn', withdrawn_reason: 'Une erreur de relevé' });
    server.push(recordIn(world, world.circles[0]!, 'release.changed', id(2), { release_id: id(702) }));
    await published(page).getByText('Motif du retrait : Une erreur de relevé').waitFor();
  });

  test('once public, loses an author’s name and then their passage when they take these back', async () => {
    const { page, world } = await open(releases, asMember);
    await published(page).getByText('3 passages').click();
    expect(await published(page).getByRole('button', { name: 'Donner mon accord' }).count()).toBe(0);
    await published(page).getByRole('button', { name: 'Retirer mon nom' }).click();
    await page.waitForSelector('dialog >> text=Le passage reste public');
    await page.click('dialog button >> text=Retirer mon nom');
    await expect.poll(() => world.releases[2]!.passages[0]).toMatchObject({ agrees: true, named: false });
    await published(page).getByRole('button', { name: 'Ne plus publier' }).click();
    await page.waitForSelector('dialog >> text=Ce qui a déjà été lu ou copié ne peut pas être repris.');
    await page.click('dialog button >> text=Ne plus publier');
    await expect.poll(() => world.releases[2]!.passages[0]).toMatchObject({ agrees: false });
    await published(page).getByText('Non publié').nth(1).waitFor();
    expect(await published(page).getByRole('button').count()).toBe(0);
  });

  test('is withdrawn from the square with a reason, and is then nowhere', async () => {
    const { page, world } = await open(releases);
    await published(page).getByRole('button', { name: /^Retirer la publication/ }).click();
    await page.waitForSelector('dialog >> text=disparaît de la place publique');
    await page.click('dialog button[type=submit]');
    expect(world.releases[2]!.state).toBe('published');
    await page.fill('dialog textarea', 'Une erreur de relevé');
    await page.click('dialog button[type=submit]');
    await published(page).getByText('Motif du retrait : Une erreur de relevé').waitFor();
    await page.goto(new URL(`/place/${id(702)}`, page.url()).href);
    await page.waitForSelector('text=Il n’y a rien à lire ici');
  });

  test('is withdrawn by a member only before it is public, when they proposed it', async () => {
    const { page } = await open(releases, (world) => {
      asMember(world);
      world.releases[0] = { ...world.releases[0]!, state: 'proposed', withdrawn_reason: null, proposed_by: world.people.camille };
    });
    await sheet(page, 'Un stockage à la gare').getByRole('button', { name: /^Retirer la publication/ }).waitFor();
    expect(await page.getByRole('button', { name: /^Retirer la publication/ }).count()).toBe(1);
    expect(await page.getByRole('button', { name: /^Rendre publique/ }).count()).toBe(0);
  });

  test('while exchanges are suspended, only refusing and taking back remain', async () => {
    const { page, world } = await open(releases, suspended);
    await proposed(page).waitFor();
    await published(page).getByText('3 passages').click();
    const offered = await page.locator('main button').allInnerTexts();
    expect(offered.sort()).toEqual(['Ne pas publier', 'Ne plus publier', 'Retirer la publication', 'Retirer la publication', 'Retirer mon nom']);
    expect(await page.getByText('Proposer un résumé').count()).toBe(0);
    await page.click('text=Ne pas publier');
    await expect.poll(() => world.releases[1]!.passages[1]!.agrees).toBe(false);
  });

  test('under other eyes, nothing can be done', async () => {
    const { page } = await open(group);
    await page.click('button >> text=Lire comme…');
    await page.waitForSelector('dialog select option >> nth=3', { state: 'attached' });
    await page.selectOption('dialog select', { label: 'Leïla Benhamou' });
    await page.click('dialog button >> text=Lire');
    await page.click('nav >> text=Publications');
    await proposed(page).waitFor();
    expect(await page.locator('main button').allInnerTexts()).toEqual(['Revenir à ma lecture']);
    expect(await page.getByText('On vous demande').count()).toBe(0);
  });

  test('is taken back on the square by its author, who may have left the group', async () => {
    const { page, world } = await open(`/place/${id(702)}`);
    const articles = page.locator('main article');
    await articles.first().waitFor();
    const before = await articles.count();
    await page.click('text=Retirer mon passage');
    await page.click('dialog button >> text=Retirer mon passage');
    await expect.poll(() => articles.count()).toBe(before - 1);
    expect(await page.getByText('Retirer mon passage').count()).toBe(0);
    expect(world.releases.find((one) => one.id === id(702))!.passages.find(({ author }) => author.id === world.me.id)!.agrees).toBe(false);
  });

  test('is read on the square without an account, page after page; nothing there says so', async () => {
    const { page, world } = await open('/verifier', (world) => {
      signedOut(world);
      for (const [index, release] of world.releases.entries()) Object.assign(release, { state: 'published', published_at: `2026-0${3 - index}-01T10:00:00Z` });
      world.group.listing = 'hidden';
    });
    await page.click('footer >> text=Place publique');
    await page.waitForSelector('h1 >> text=Place publique');
    await expect.poll(() => page.locator('main li').count()).toBe(2);
    expect(await page.getByText('Groupe :').count()).toBe(0);
    await page.click('text=Publications plus anciennes');
    await expect.poll(() => page.locator('main li').count()).toBe(3);
    await page.click('main li a >> nth=2');
    await page.waitForSelector('article >> text=Une personne du groupe');
    world.releases = [];
    await page.click('text=Toute la place publique');
    await page.waitForSelector('text=Rien n’a encore été rendu public.');
    expect(page.url()).toMatch(/\/place$/);
  });
});
