// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id } from '../fake/world';
import { visit, type Visit } from './visit';

const token = '#token=abcdefghijklmnopqrstuvwxyz';
const group = `/groupes/${id(101)}`;

let browser: BrowserContext;
let opened: Visit;

describe('arriving', () => {
  beforeAll(async () => {
    browser = await openBrowser({ viewport: { width: 390, height: 844 } });
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('whoever has an account already is sent to sign in, and not let in by the link', async () => {
    opened = await visit(browser, `/invitation${token}`, (world) => {
      world.signedIn = false;
      world.offer.account_exists = true;
    });
    await opened.page.waitForSelector('text=Vous avez déjà un compte');
    expect(await opened.page.locator('main form').count()).toBe(0);
    await opened.page.click('main >> text=Se connecter');
    await opened.page.waitForURL(/\/connexion|\/$/);
  });

  test('from an invitation to the first answer takes four screens and six fields', async () => {
    opened = await visit(browser, `/invitation${token}`, (world) => {
      world.signedIn = false;
      world.group.standing = 'lobby';
      world.group.role = 'member';
      world.nda.gate = 'closed';
      world.nda.mine = null;
    });
    const { page, world } = opened;
    let fields = 0;
    const countFields = async () => {
      fields += await page.locator('main :is(input, select, textarea):visible:not([type=search])').count();
    };

    await page.waitForSelector('text=Accepter et lire l’accord');
    expect(page.url()).not.toContain('token');
    await countFields();
    await page.click('text=Accepter et lire l’accord');

    await page.waitForSelector('text=J’accepte l’accord et j’entre');
    await page.fill('[autocomplete=name]', 'Camille Durand');
    await page.check('[type=checkbox]');
    await countFields();
    await page.click('text=J’accepte l’accord et j’entre');

    await page.waitForSelector('text=Bienvenue dans le groupe');
    expect(await page.locator('text=Télécharger le reçu').getAttribute('href')).toContain('/receipt');
    await page.click('text=Que faire des chutes de la scierie');

    await page.waitForSelector('#reply textarea');
    await countFields();
    await page.fill('#reply textarea', 'Bonjour à toutes et à tous.');
    await page.click('#reply >> text=Envoyer');
    await expect.poll(() => world.posts.at(-1)!.body_html).toContain('Bonjour');
    expect(fields).toBeLessThanOrEqual(6);
  });

  test('at a page that needs a session leads back to it', async () => {
    opened = await visit(browser, `${group}/membres`, (world) => {
      world.signedIn = false;
    });
    const { page, world } = opened;
    await page.fill('[name=email]', world.me.email);
    await page.fill('[name=password]', world.password);
    await page.click('form >> text=Se connecter');
    await page.waitForSelector('h1:has-text("Membres")');
    expect(page.url()).toContain(`${group}/membres`);
  });

  test('with a wrong password says so and keeps the address', async () => {
    opened = await visit(browser, '/connexion', (world) => {
      world.signedIn = false;
    });
    const { page } = opened;
    await page.fill('[name=email]', 'camille.durand@bellerive.example');
    await page.fill('[name=password]', 'pas le bon');
    await page.click('form >> text=Se connecter');
    await page.waitForSelector('[role=alert] >> text=Adresse ou mot de passe inconnus.');
    expect(await page.inputValue('[name=email]')).toBe('camille.durand@bellerive.example');
  });

  test('by a mailed link waits for a button before using the token', async () => {
    opened = await visit(browser, `/connexion/lien${token}`, (world) => {
      world.signedIn = false;
    });
    const { page } = opened;
    expect(await page.locator('main button').innerText()).toContain('Se connecter');
    expect(page.url()).not.toContain('token');
  });

  test('at the agreement, three answers stand side by side and refusing is as easy', async () => {
    opened = await visit(browser, `${group}/accord`, (world) => {
      world.group.standing = 'lobby';
      world.nda.gate = 'closed';
      world.nda.mine = null;
    });
    const { page } = opened;
    const answers = page.locator('.answers button');
    const looks = await answers.evaluateAll((buttons) => buttons.map((button) => getComputedStyle(button).backgroundColor));
    expect(looks).toHaveLength(3);
    expect(new Set(looks).size).toBe(1);
    await answers.nth(2).click();
    await page.waitForSelector('text=L’invitation reste ouverte.');
  });

  test('at the agreement, says on behalf of whom one answers, and lets one change it', async () => {
    opened = await visit(browser, `${group}/accord`, (world) => {
      world.group.standing = 'lobby';
      world.group.my_organisation = null;
      world.nda.gate = 'closed';
      world.nda.mine = null;
    });
    const { page } = opened;
    await page.waitForSelector('text=Vous répondez en votre nom');
    await page.click('form >> text=Changer');
    expect(await page.locator('form select').inputValue()).toBe('own');
    await page.locator('form select').selectOption(id(51));
  });

  test('at home, shows which discussions have something new, and leads there', async () => {
    opened = await visit(browser, '/');
    const { page } = opened;
    await page.click('main li >> text=Que faire des chutes de la scierie ?');
    await page.waitForSelector('#message-7');
  });

  test.each([
    ['a request to join', `/groupes/${id(103)}`, 'Votre message'],
    ['the note of invitations', `${group}/animation`, 'Votre message'],
    ['the persons to invite', `${group}/animation`, 'Personnes à inviter'],
    ['a change of the group', `${group}/animation#groupe`, 'À quoi sert ce groupe'],
    ['a new group', '/groupes/nouveau', 'À quoi sert ce groupe'],
    ['the title of a new discussion', `${group}/discussions/nouvelle`, 'Titre']
  ])('what is typed in %s survives a reload', async (_, address, label) => {
    opened = await visit(browser, address);
    const { page } = opened;
    await page.getByLabel(label, { exact: true }).fill('Quelques mots à ne pas perdre');
    await page.reload();
    await expect.poll(() => page.getByLabel(label, { exact: true }).inputValue()).toBe('Quelques mots à ne pas perdre');
  });

  test('what was typed for an agreement comes back after trying a model, also across a reload', async () => {
    opened = await visit(browser, `${group}/animation#accord`);
    const { page } = opened;
    const text = page.getByLabel('Le texte en entier');
    await text.fill('Notre propre texte');
    await page.click('text=Accord en une page');
    await page.click('text=Le texte actuel');
    await expect.poll(() => text.inputValue()).toContain('Cinq ans');
    await page.reload();
    await page.click('text=Accord en une page');
    await page.click('text=Reprendre ce que j’écrivais');
    expect(await text.inputValue()).toBe('Notre propre texte');
  });

  test('in English shows every text in English', async () => {
    opened = await visit(browser, '/', (world) => {
      world.me.language = 'en';
    });
    const { page } = opened;
    await page.waitForSelector('text=New for you');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
  });

  test('moves the focus to the heading of each next page, and back keeps its place', async () => {
    opened = await visit(browser, '/');
    const { page } = opened;
    await page.click('text=Bois de chauffage et chutes de scierie');
    await page.waitForSelector('h1:has-text("Bois de chauffage")');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await page.goBack();
    await page.waitForSelector('h1:has-text("Accueil")');
  });
});
