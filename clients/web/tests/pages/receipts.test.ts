// @vitest-environment node
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { confirmation, id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const signature = '/signature#token=abcdefghijklmnopqrstuvwxyz';

let browser: BrowserContext;
let opened: Visit;

const signedOut = (world: World) => {
  world.signedIn = false;
};

async function saved(page: Page, button: string): Promise<{ name: string; held: unknown }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(`text=${button}`)]);
  return { name: file.suggestedFilename(), held: JSON.parse(readFileSync(await file.path(), 'utf8')) };
}

function choose(page: Page, content: string) {
  return page.setInputFiles('[type=file]', { name: 'recu.json', mimeType: 'application/json', buffer: Buffer.from(content) });
}

describe('receipts', () => {
  beforeAll(async () => {
    browser = await openBrowser({ viewport: { width: 390, height: 844 } });
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('stay within reach of whoever lost access, and say until when secrecy lasts', async () => {
    opened = await visit(browser, `/groupes/${id(101)}`);
    const { page, server } = opened;
    await page.waitForSelector('h1:has-text("Bois de chauffage")');
    server.revoke();
    await page.click('text=Mes reçus');
    const line = page.locator('main li', { hasText: 'Halle de la gare' });
    await line.waitFor();
    expect(await line.innerText()).toMatch(/Version 2 acceptée.*Ville de Bellerive[^]*pas encore confirmé[^]*jusqu’au 1er mars 2029[^]*n’y participez plus/);
    await line.getByRole('link').click();
    await page.waitForSelector('h1:has-text("Reçu de mon acceptation")');
    await page.waitForSelector('text=Cinq ans après la fin du groupe.');
    await page.waitForSelector('text=Marie Maire a reçu un lien pour confirmer.');
  });

  test('are saved as they were signed, with the confirmation of the organisation', async () => {
    opened = await visit(browser, `/profil/recus/${id(104)}/2`, (world) => {
      Object.assign(world.receipt, { confirmation, organisation_state: 'confirmed' });
    });
    const { page, world } = opened;
    await page.waitForSelector('text=La structure est engagée');
    expect(await saved(page, 'Télécharger le reçu')).toEqual({ name: 'recu-version-2.json', held: world.receipt.receipt });
    expect((await saved(page, 'Télécharger la confirmation')).held).toEqual(confirmation);
  });

  test('are printed with the whole text and without what surrounds the page', async () => {
    opened = await visit(browser, `/profil/recus/${id(104)}/2`);
    const { page } = opened;
    await page.waitForSelector('text=c2lnbmF0dXJl');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('text=Cinq ans après la fin du groupe.').isVisible()).toBe(true);
    expect(await page.locator(':is(header, footer, button):visible').count()).toBe(0);
    await page.emulateMedia({ media: null });
  });

  test('are checked by anyone, in words that disclose nothing else', async () => {
    opened = await visit(browser, '/verifier', signedOut);
    const { page, world } = opened;
    await choose(page, JSON.stringify(world.receipt.receipt));
    await page.waitForSelector('[role=status] >> text=Ce reçu est valable');
    await choose(page, JSON.stringify({ ...world.receipt.receipt, full_name: 'Un autre nom' }));
    await page.waitForSelector('[role=alert] >> text=Ce reçu n’est pas valable');
    await choose(page, 'pas un reçu');
    await page.waitForSelector('[role=alert] >> text=Ce fichier n’est pas un reçu');
    expect(await page.locator('main').innerText()).not.toMatch(/Camille|Halle/);
  });

  test('can be dropped on the page to be checked', async () => {
    opened = await visit(browser, '/verifier', signedOut);
    const { page, world } = opened;
    await page.evaluate((content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], 'recu.json', { type: 'application/json' }));
      document.querySelector('main')!.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, JSON.stringify(world.receipt.receipt));
    await page.waitForSelector('text=Ce reçu est valable');
  });

  test('of an organisation: its signatory confirms by the link alone, and keeps the confirmation', async () => {
    opened = await visit(browser, signature, signedOut);
    const { page, world } = opened;
    await page.waitForSelector('text=/Camille Durand a accepté l’accord.*Halle de la gare/');
    expect(page.url()).not.toContain('token');
    await page.waitForSelector('text=Cinq ans après la fin du groupe.');
    await page.fill('[autocomplete=name]', 'Marie Maire');
    await page.click('text=Je confirme');
    await page.waitForSelector('text=/Vous avez confirmé.: l’accord engage Ville de Bellerive/');
    expect(world.answers).toEqual([{ token: 'abcdefghijklmnopqrstuvwxyz', accept: true, full_name: 'Marie Maire' }]);
    expect((await saved(page, 'Télécharger la confirmation')).held).toEqual(confirmation);
  });

  test('of an organisation: its signatory may say no without a name', async () => {
    opened = await visit(browser, signature, signedOut);
    const { page, world } = opened;
    await page.click('text=Je ne confirme pas');
    await page.waitForSelector('text=/l’accord n’engage pas Ville de Bellerive/');
    expect(world.answers).toEqual([{ token: 'abcdefghijklmnopqrstuvwxyz', accept: false }]);
  });

  test('of an organisation: a link that has been used says so', async () => {
    opened = await visit(browser, signature, (world) => {
      signedOut(world);
      world.signature = null;
    });
    await opened.page.waitForSelector('text=Ce lien a déjà servi');
  });
});
