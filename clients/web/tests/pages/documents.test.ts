// @vitest-environment node
import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { append } from '../fake/documents';
import { id, record, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;

let browser: BrowserContext;
let opened: Visit;

async function open(address: string, prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, group + address, prepare);
  return opened;
}

const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
const choose = (page: Page, ...files: ReturnType<typeof file>[]) => page.setInputFiles('input[type=file]', files);

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations.map(({ id }) => id);
}

describe('documents', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    expect(opened.outside).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('several files are sent at once, for those who were chosen to read them, and can be opened', async () => {
    const { page, world } = await open('/documents');
    await page.click('text=Ajouter des documents');
    await page.getByRole('radio', { name: /Financement/ }).check();
    await choose(page, file('budget.txt', 'Douze mille euros'), file('plan.txt', 'Un plan'));
    await page.getByText('Ouvrir le document').nth(1).waitFor();
    expect(world.documents.map(({ document }) => [document.name, document.circle?.name]).slice(0, 2).sort()).toEqual([
      ['budget.txt', 'Financement'],
      ['plan.txt', 'Financement']
    ]);
    expect(await violations(page)).toEqual([]);
    await page.getByText('Ouvrir le document').first().click();
    await page.waitForSelector('h2 >> text=Versions');
  });

  test('an empty file, and one for which there is no room, say why they did not arrive', async () => {
    const { page, world } = await open('/documents', (world) => {
      world.uploadsRefused = true;
    });
    await page.click('text=Ajouter des documents');
    await choose(page, file('vide.txt', ''), file('lourd.txt', 'trop'));
    await page.waitForSelector('text=Ce fichier est vide');
    await page.waitForSelector('text=L’espace de ce groupe ne suffit plus pour ce fichier.');
    world.uploadsRefused = false;
    await page.click('text=Réessayer');
    await page.waitForSelector('text=Le fichier est arrivé entier.');
    expect(world.documents[0]!.document.name).toBe('lourd.txt');
  });

  test('are found by a part of their name and by their tags', async () => {
    const { page } = await open('/documents', (world) => {
      for (let n = 0; n < 5; n++) world.documents.push({ ...world.documents[0]!, document: { ...world.documents[0]!.document, id: id(880 + n), name: `Relevé ${n}.txt`, tags: [] } });
    });
    await page.getByLabel('Chercher un nom').fill('consommations');
    await page.waitForSelector('text=1 document trouvé');
    await page.click('text=Tout afficher');
    await page.getByLabel('Mot-clé').selectOption('visite');
    await page.waitForSelector('text=1 document trouvé');
    await page.waitForSelector('text=Compte rendu de la visite');
  });

  test('a version sent while somebody else sent another waits until the person has decided', async () => {
    const { page, world } = await open(`/documents/${id(801)}`);
    await page.click('text=Ajouter une version');
    await page.getByLabel('Ce qui change dans cette version').fill('Avec les chiffres');
    append(world.documents[0]!, world.people.leila, 'Présents : sept.', 'Une personne oubliée');
    await choose(page, file('compte-rendu.txt', 'Présents : huit.'));
    await page.waitForSelector('text=Leïla Benhamou a ajouté la version 3');
    await page.waitForSelector('text=Une personne oubliée');
    await page.click('text=Ajouter la mienne par-dessus');
    await page.waitForSelector('text=Version 4');
    expect(world.documents[0]!.versions[0]).toMatchObject({ number: 4, note: 'Avec les chiffres' });
  });

  test('another’s version appears without a reload', async () => {
    const { page, world, server } = await open(`/documents/${id(801)}`);
    append(world.documents[0]!, world.people.leila, 'Présents : sept.', 'Une personne oubliée');
    server.push(record(world, 'document.version_added', world.people.leila.id, { document_id: id(801), version: 3 }));
    await page.waitForSelector('text=Une personne oubliée');
    await page.waitForSelector('text=Une nouvelle version est arrivée, de Leïla Benhamou.', { state: 'attached' });
  });

  test('an old version is restored as a new one, after a confirmation', async () => {
    const { page, world } = await open(`/documents/${id(801)}`);
    await page.click('[aria-label="Restaurer la version 1"]');
    await page.waitForSelector('dialog >> text=Son contenu devient la version 3');
    await page.click('dialog >> text=Restaurer >> nth=-1');
    await page.waitForSelector('text=reprise de la version 1');
    expect(world.documents[0]!.versions[0]).toMatchObject({ number: 3, restored_from: 1 });
  });

  test('are renamed, reserved, given back and deleted', async () => {
    const { page, world } = await open(`/documents/${id(801)}`);
    const act = async (name: string) => {
      if (!(await page.getByRole('button', { name, exact: true }).isVisible())) await page.locator('details summary').first().click();
      await page.getByRole('button', { name, exact: true }).click();
    };
    await act('Modifier le nom et les mots-clés');
    await page.getByLabel('Nom du document').fill('Visite.txt');
    await page.getByLabel('Mots-clés').fill('visite, scierie, visite');
    await page.click('text=Enregistrer');
    await page.waitForSelector('h1 >> text=Visite.txt');
    expect(world.documents[0]!.document.tags).toEqual(['visite', 'scierie']);
    await act('Je travaille dessus');
    await page.click('text=Réserver le document');
    await page.click('text=J’ai terminé');
    await page.waitForSelector('text=J’ai terminé', { state: 'detached' });
    await act('Supprimer');
    await page.waitForSelector('dialog >> text=ne peut pas être annulé');
    await page.click('dialog >> text=Supprimer >> nth=-1');
    await page.waitForSelector('h1 >> text=Document supprimé');
  });

  test('somebody else’s reservation is shown, and no version can be added meanwhile', async () => {
    const { page } = await open(`/documents/${id(802)}`);
    await page.waitForSelector('text=Leïla Benhamou travaille sur ce document');
    expect(await page.getByText('Ajouter une version').count()).toBe(0);
  });

  test('a table is shown with its first rows, a text as it is, and what cannot be shown can be downloaded', async () => {
    const { page } = await open(`/documents/${id(802)}`);
    await page.click('text=Afficher ici');
    await page.waitForSelector('th >> text=MWh');
    expect(await page.locator('tbody tr').count()).toBe(100);
    await page.waitForSelector('text=100 premières lignes');
    expect(await violations(page)).toEqual([]);
    await page.goto(page.url().replace(id(802), id(801)));
    await page.click('text=Afficher ici');
    await page.waitForSelector('pre >> text=La halle est libre.');
    await page.goto(page.url().replace(id(801), id(803)));
    await page.waitForSelector('text=ne s’affiche pas ici');
  });

  test('a text in Markdown is shown as it is meant, and one too long for that as it is', async () => {
    const named = (content: string) => (world: World) => {
      Object.assign(world.documents[0]!.document, { name: 'Cahier des charges.md', size: content.length });
      world.documents[0]!.contents.set(2, content);
    };
    const { page } = await open(`/documents/${id(801)}`, named('Rien n’est décidé.'));
    await page.click('text=Afficher ici');
    await page.waitForSelector('.rendered p >> text=Rien n’est décidé.');
    await opened.end();
    const { page: other } = await open(`/documents/${id(801)}`, named('Rien. '.repeat(4000)));
    await other.click('text=Afficher ici');
    await other.waitForSelector('pre >> text=Rien.');
  });

  test('a PDF file is shown page by page, and its text is there for whoever does not see it', async () => {
    const { page } = await open(`/documents/${id(804)}`);
    await page.click('text=Afficher ici');
    await page.waitForSelector('text=Bonjour', { state: 'attached' });
    const drawn = await page.locator('.paper canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, index) => index % 4 === 0 && value < 100);
    });
    expect(drawn).toBe(true);
    await page.click('text=Page suivante');
    expect(await page.getByLabel('Page', { exact: true }).inputValue()).toBe('2');
    expect(await page.getByRole('button', { name: 'Page suivante' }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
  });

  test('observers read and download, and change nothing', async () => {
    const { page } = await open(`/documents/${id(801)}`, (world) => {
      world.group.role = 'observer';
    });
    await page.waitForSelector('text=Télécharger');
    for (const name of ['Ajouter une version', 'Restaurer', 'Supprimer']) expect(await page.getByText(name, { exact: true }).count()).toBe(0);
  });
});
