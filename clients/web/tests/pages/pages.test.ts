// @vitest-environment node
import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { accepted, id, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const group = `/groupes/${id(101)}`;
const token = '#token=abcdefghijklmnopqrstuvwxyz';

const signedOut = (world: World) => {
  world.signedIn = false;
};
const atTheAgreement = (world: World) => {
  world.group.standing = 'lobby';
  world.nda.gate = 'closed';
  world.nda.mine = accepted(1, '2026-01-01T00:00:00Z');
};

const suspended = (world: World) => {
  Object.assign(world.group, { frozen: true, frozen_reason: 'Le temps de relire l’accord' });
};

const recorded = (world: World) => {
  world.group.records_reading = true;
};

const pages: [name: string, address: string, prepare?: (world: World) => void][] = [
  ['sign in', '/connexion', signedOut],
  ['sign in by link', `/connexion/lien${token}`, signedOut],
  ['forgotten password', '/mot-de-passe-oublie', signedOut],
  ['set password', `/mot-de-passe${token}`, signedOut],
  ['invitation', `/invitation${token}`, signedOut],
  ['stop notices', `/avis/arret${token}`, signedOut],
  ['signature', `/signature${token}`, signedOut],
  ['check of a receipt', '/verifier', signedOut],
  ['public square', '/place', signedOut],
  ['public square, one release', `/place/${id(702)}`, signedOut],
  ['public square, nothing there', '/place/ailleurs'],
  ['accessibility', '/accessibilite'],
  ['home', '/'],
  ['new group', '/groupes/nouveau'],
  ['group', group],
  ['group at the door', `/groupes/${id(103)}`],
  ['threads', `${group}/discussions`],
  ['new thread', `${group}/discussions/nouvelle`],
  ['thread', `${group}/discussions/${id(201)}`],
  ['thread, while exchanges are suspended', `${group}/discussions/${id(201)}`, suspended],
  ['documents', `${group}/documents`],
  ['documents, none', `${group}/documents`, (world) => world.documents.splice(0)],
  ['document', `${group}/documents/${id(801)}`],
  ['document of a circle', `${group}/documents/${id(803)}`],
  ['members', `${group}/membres`],
  ['circles', `${group}/cercles`],
  ['publications', `${group}/publications`, recorded],
  ['publications, proposing messages', `${group}/publications/proposer/${id(201)}`],
  ['publications, proposing a summary', `${group}/publications/proposer`],
  ['agreement, accepted', `${group}/accord`],
  ['agreement, to accept', `${group}/accord`, atTheAgreement],
  ['facilitation, invitations', `${group}/animation`],
  ['facilitation, members', `${group}/animation#membres`],
  ['facilitation, agreement', `${group}/animation#accord`],
  ['facilitation, group', `${group}/animation#groupe`],
  ['facilitation, record of access', `${group}/animation#registre`],
  ['profile', '/profil'],
  ['sessions', '/profil/sessions'],
  ['receipts', '/profil/recus'],
  ['receipt', `/profil/recus/${id(104)}/2`],
  ['nowhere', '/nulle-part']
];

let browser: BrowserContext;
let opened: Visit;

/** What opens on top of a page, or within it. */
const openings: [name: string, address: string, open: (page: Page, visit: Visit) => Promise<unknown>][] = [
  ['shortcuts', `${group}/discussions/${id(201)}`, (page) => page.keyboard.press('?')],
  ['a message’s versions', `${group}/discussions/${id(201)}`, (page) => page.click('text=modifié')],
  ['deleting', `${group}/discussions/${id(201)}`, async (page) => {
    await page.click('#message-2 >> text=Plus');
    await page.click('#message-2 >> text=Supprimer');
  }],
  ['editing', `${group}/discussions/${id(201)}`, async (page) => {
    await page.click('#message-2 >> text=Plus');
    await page.click('#message-2 >> text=Modifier');
    await page.waitForSelector('#message-2 textarea');
  }],
  ['mentions', `${group}/discussions/${id(201)}`, async (page) => {
    await page.click('#reply textarea');
    await page.keyboard.type('@le');
    await page.waitForSelector('[role=option]');
  }],
  ['checked invitations', `${group}/animation`, async (page) => {
    await page.fill('main textarea >> nth=0', 'Léa ; lea@mairie.example ; ; collectivité\nsans adresse\nleila@scierie.example');
    await page.click('text=Vérifier avant l’envoi');
    await page.waitForSelector('text=Prête à partir');
  }],
  ['making a circle', `${group}/cercles`, (page) => page.click('text=Former un cercle')],
  ['entering a circle', `${group}/cercles`, (page) => page.click('text=Demander à entrer')],
  ['changing who reads', `${group}/discussions/${id(201)}`, async (page) => {
    await page.click('summary >> text=Actions');
    await page.click('text=Qui peut lire…');
    await page.waitForSelector('dialog[open]');
  }],
  ['the acts of a discussion', `${group}/discussions/${id(201)}`, (page) => page.click('summary >> text=Actions')],
  ['who could read', `${group}/discussions/${id(201)}`, async (page) => {
    await page.click('summary >> text=Actions');
    await page.click('text=Qui pouvait lire ?');
    await page.waitForSelector('dialog >> text=Leïla Benhamou');
  }],
  ['who received a message', `${group}/discussions/${id(201)}`, async (page, { world }) => {
    recorded(world);
    await page.reload();
    await page.click('#message-2 >> text=Plus');
    await page.click('#message-2 >> text=Qui pouvait lire ?');
    await page.waitForSelector('dialog >> text=rien reçu');
  }],
  ['publications: proposing nothing', `${group}/publications/proposer/${id(201)}`, async (page) => {
    await page.click('main button >> text=Proposer');
    await page.waitForSelector('[role=alert]');
  }],
  ['publications: making one public', `${group}/publications`, async (page, { world }) => {
    world.releases[1]!.approved = true;
    await page.reload();
    await page.click('text=Rendre publique');
    await page.waitForSelector('dialog >> text=Noms cités');
  }],
  ['publications: withdrawing one', `${group}/publications`, (page) => page.click('text=Retirer la publication')],
  ['publications: taking one’s name back', `${group}/publications`, async (page) => {
    await page.click('summary >> text=3 passages');
    await page.click('text=Retirer mon nom');
  }],
  ['choosing as whom to read', group, async (page) => {
    await page.click('button >> text=Lire comme…');
    await page.waitForSelector('dialog[open]');
  }],
  ['reading as somebody else', `${group}/discussions/${id(201)}`, async (page) => {
    await page.click('summary >> text=Actions');
    await page.click('button >> text=Lire comme…');
    await page.selectOption('dialog select', 'category:resident');
    await page.click('dialog button >> text=Lire');
    await page.waitForSelector('text=Revenir à ma lecture');
    await page.waitForSelector('#message-7');
  }],
  ['reading as the public', group, async (page) => {
    await page.click('button >> text=Lire comme…');
    await page.click('dialog button >> text=Lire');
    await page.waitForSelector('text=Seule la présentation du groupe est visible');
  }],
  ['withdrawing several accesses', `${group}/animation#membres`, async (page) => {
    await page.getByRole('checkbox', { name: 'Choisir toutes les personnes affichées' }).check();
    await page.click('[role=group] >> text=Retirer l’accès');
  }],
  ['changing a role', `${group}/animation#membres`, (page) => page.click('text=Changer le rôle >> nth=1')],
  ['a group changed meanwhile', `${group}/animation#groupe`, async (page, { world }) => {
    await page.getByRole('textbox', { name: 'À quoi sert ce groupe' }).fill('Mon but');
    Object.assign(world.group, { purpose: 'Leur but', phase: 'evaluation', revision: 8 });
    await page.click('button >> text=Enregistrer');
    await page.waitForSelector('text=Garder ce que j’ai écrit');
  }],
  ['a territory', '/groupes/nouveau', async (page) => {
    await page.click('summary');
    await page.getByLabel('Territoire').fill('Bell');
    await page.waitForSelector('[role=option]');
  }],
  ['naming a signatory', `${group}/accord`, async (page, { world }) => {
    atTheAgreement(world);
    await page.reload();
    await page.click('text=Changer');
    await page.click('text=Nommer qui confirmera');
  }],
  ['publishing a version', `${group}/animation#accord`, async (page) => {
    await page.click('text=Le texte actuel');
    await page.click('text=Ajouter une traduction');
    await page.click('main >> text=Publier cette version');
  }],
  ['reminding', `${group}/animation#accord`, async (page) => {
    await page.click('text=Rappeler à tous');
    await page.waitForSelector('text=Un rappel part');
  }],
  ['taking an acceptance back', `${group}/accord`, (page) => page.click('text=Retirer mon acceptation')],
  ['a receipt that is not valid', '/verifier', async (page) => {
    await page.setInputFiles('[type=file]', { name: 'faux.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await page.waitForSelector('[role=alert]');
  }],
  ['a confirmed signature', `/signature${token}`, async (page) => {
    await page.fill('[autocomplete=name]', 'Marie Maire');
    await page.click('text=Je confirme');
    await page.waitForSelector('text=Télécharger la confirmation');
  }],
  ['adding an organisation', '/profil', (page) => page.click('text=Ajouter une structure')],
  ['signing out with drafts', `${group}/discussions/${id(201)}`, async (page) => {
    await page.fill('#reply textarea', 'Un brouillon');
    await page.goto(new URL('/profil', page.url()).href);
    await page.click('main >> text=Se déconnecter');
  }]
];

type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };

async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: Axe }).axe.run());
  return violations.map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** One page under two looks: a phone in the light, then a desk in the dark. */
const looks = [
  { viewport: { width: 320, height: 640 }, colorScheme: 'light' as const },
  { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' as const }
];

async function expectToBeAccessibleAndToFit({ page }: Visit) {
  for (const { viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    expect(await barriers(page), colorScheme).toEqual([]);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(tooWide, `at ${viewport.width} px`).toBe(0);
  }
}

describe('on a phone in the light and at a desk in the dark', () => {
  beforeAll(async () => {
    browser = await openBrowser(looks[0]);
  });

  afterEach(() => opened.end());

  afterAll(() => browser.close());

  test.each(pages)('the page "%s" is accessible, fits, and keeps to the policy', async (_name, address, prepare) => {
    opened = await visit(browser, address, prepare);
    const { page, faults, outside } = opened;
    await page.waitForLoadState('networkidle');
    await expectToBeAccessibleAndToFit(opened);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.title()).toMatch(/ · Margelle$/);
    expect(faults).toEqual([]);
    expect(outside).toEqual([]);
  });

  test.each(openings)('what opens for "%s" is accessible and fits', async (_name, address, open) => {
    opened = await visit(browser, address);
    await opened.page.waitForLoadState('networkidle');
    await open(opened.page, opened);
    await opened.page.waitForTimeout(200);
    await expectToBeAccessibleAndToFit(opened);
    expect(opened.faults).toEqual([]);
  });
});
