// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { accepted, id, record, write, type World } from '../fake/world';
import { visit, type Visit } from './visit';

const thread = `/groupes/${id(101)}/discussions/${id(201)}`;
const composer = '#reply textarea';

let browser: BrowserContext;
let opened: Visit;

async function discuss(prepare?: (world: World) => void): Promise<Visit> {
  opened = await visit(browser, thread, prepare);
  await opened.page.waitForSelector('#message-7');
  return opened;
}

const count = ({ page }: Visit, text: string) => page.locator('article', { hasText: text }).count();

describe('a discussion', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('opens at the first message not read yet', async () => {
    const { page } = await discuss();
    await page.waitForTimeout(600);
    expect(await page.locator('#first-new').boundingBox().then((box) => box!.y)).toBeLessThan(300);
    expect(await page.locator('#first-new + article').getAttribute('id')).toBe('message-6');
  });

  test('says of a message that a bot wrote it', async () => {
    const { page } = await discuss((world) => {
      world.posts[6]!.author = { ...world.posts[6]!.author, bot: true };
    });
    await page.waitForSelector('#message-7 header >> text=robot');
    expect(await page.locator('#message-6 header >> text=robot').count()).toBe(0);
  });

  test('marks as read what has been on screen', async () => {
    const { page, world } = await discuss();
    await page.locator('#message-7').scrollIntoViewIfNeeded();
    await page.locator('#reply').scrollIntoViewIfNeeded();
    await expect.poll(() => world.threads[0]!.read_count, { timeout: 5000 }).toBe(7);
  });

  test('shows another member’s message without reload, once, and announces it', async () => {
    const { page, world, server } = await discuss();
    const event = write(world, world.people.leila, '<p>La halle est libre en mars.</p>');
    server.push(event);
    server.push(event);
    await page.waitForSelector('text=La halle est libre en mars.');
    expect(await count(opened, 'La halle est libre en mars.')).toBe(1);
    expect(await page.locator('[role=status]', { hasText: 'Nouveau message de Leïla Benhamou' }).count()).toBe(1);
  });

  test('catches up after a lost connection with no gap and no double', async () => {
    const { page, world, server } = await discuss();
    server.dropSockets();
    for (const text of ['Premier', 'Deuxième', 'Troisième']) write(world, world.people.yves, `<p>${text} message manqué</p>`);
    await page.waitForSelector('text=Troisième message manqué');
    expect(await page.locator('article', { hasText: 'message manqué' }).allInnerTexts()).toHaveLength(3);
  });

  test('falls back to long poll where the upgrade is blocked', async () => {
    const { page, world, server } = await discuss((fresh) => {
      fresh.upgradeRefused = true;
    });
    await expect.poll(() => server.isAsked()).toBe(true);
    server.push(write(world, world.people.leila, '<p>Arrivé sans WebSocket</p>'));
    await page.waitForSelector('text=Arrivé sans WebSocket');
    expect(await count(opened, 'Arrivé sans WebSocket')).toBe(1);
  });

  test('closes within a second when the access is withdrawn', async () => {
    const { page, server } = await discuss();
    const at = Date.now();
    server.revoke();
    await page.waitForSelector('text=Votre accès à ce groupe a pris fin');
    expect(Date.now() - at).toBeLessThan(1000);
    expect(await page.locator('article').count()).toBe(0);
  });

  test('leads to the agreement when a new version closes the gate', async () => {
    const { page, world, server } = await discuss();
    world.nda.gate = 'closed';
    world.nda.mine = accepted(1, '2026-01-01T00:00:00Z');
    world.group.standing = 'lobby';
    server.push(record(world, 'nda.published', world.people.leila.id, { version: 2 }));
    await page.waitForURL(/\/accord$/);
    expect(await page.locator('article').count()).toBe(0);
  });

  test('says on whose behalf an author takes part, as soon as that changes', async () => {
    const { page, world, server } = await discuss();
    await page.waitForSelector('#message-1 header >> text=Économie sociale et solidaire · La Scierie coopérative');
    const leila = world.members.find(({ member }) => member.id === world.people.leila.id)!;
    Object.assign(leila, { category: 'association', organisation: null });
    server.push(record(world, 'membership.changed', leila.member.id, { member_id: leila.member.id }));
    await page.waitForSelector('#message-1 header >> text=/^Association$/');
    expect(await page.locator('#message-1 header', { hasText: 'La Scierie' }).count()).toBe(0);
  });

  test('sends a message at once, and one time only', async () => {
    const { page, world, server } = await discuss();
    await page.fill(composer, 'Je peux faire visiter le gymnase.');
    await page.click('#reply >> text=Envoyer');
    await page.waitForSelector('#message-8');
    server.push({ ...world.events.at(-1)!, data: { ...world.events.at(-1)!.data, post: world.posts.at(-1) } });
    await page.waitForTimeout(300);
    expect(await count(opened, 'Je peux faire visiter le gymnase.')).toBe(1);
    expect(await page.inputValue(composer)).toBe('');
  });

  test('keeps a message that did not leave, across a reload, and sends it with the same key', async () => {
    const { page, world } = await discuss((fresh) => {
      fresh.postsRefused = 1;
    });
    const keys: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/posts')) keys.push(request.headers()['idempotency-key']);
    });
    await page.fill(composer, 'Le chantier commence lundi.');
    await page.click('#reply >> text=Envoyer');
    await page.waitForSelector('text=Ce message n’est pas parti.');
    await page.reload();
    await page.waitForSelector('text=Le chantier commence lundi.');
    await page.click('text=Réessayer');
    await page.waitForSelector('#message-8');
    expect(await count(opened, 'Le chantier commence lundi.')).toBe(1);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(world.posts.filter(({ body_html }) => body_html.includes('lundi'))).toHaveLength(1);
  });

  test('keeps a draft across a reload and a lost session, at the same place', async () => {
    const { page, world } = await discuss();
    await page.fill(composer, 'Une phrase qui');
    await page.reload();
    await page.waitForSelector('#message-7');
    expect(await page.inputValue(composer)).toBe('Une phrase qui');
    world.signedIn = false;
    await page.click('#message-7 >> text=Réagir');
    await page.click('#message-7 >> text=Merci');
    await page.waitForSelector('text=Votre session a pris fin.');
    expect(page.url()).toContain(thread);
    await page.fill('[name=email]', world.me.email);
    await page.fill('[name=password]', world.password);
    await page.click('form >> text=Se connecter');
    await page.waitForSelector('#message-7');
    expect(await page.inputValue(composer)).toBe('Une phrase qui');
  });

  test('completes a name after @ with the keyboard, and sends whom it stands for', async () => {
    const { page, world } = await discuss();
    await page.click(composer);
    await page.keyboard.type('Merci @lei');
    await page.waitForSelector('[role=option]');
    expect(await page.locator(composer).getAttribute('aria-activedescendant')).toBe(`mention-${id(2)}`);
    await page.keyboard.press('Enter');
    expect(await page.inputValue(composer)).toBe('Merci @Leïla Benhamou ');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => world.posts.at(-1)!.body_html).toContain(`[@Leïla Benhamou](mention:${id(2)})`);
  });

  test('completes a name typed before the members were read', async () => {
    const { page, server } = await discuss();
    let read = () => {};
    await page.route('**/members', async (route) => {
      await new Promise<void>((resume) => (read = resume));
      await route.continue();
    });
    await page.goto(server.origin + thread);
    await page.click(composer);
    await page.keyboard.type('Merci @lei');
    await page.waitForTimeout(300);
    expect(await page.locator('[role=option]').count()).toBe(0);
    read();
    await page.waitForSelector('[role=option]');
  });

  test('writes Markdown with its buttons and shows it before sending', async () => {
    const { page } = await discuss();
    await page.fill(composer, 'important');
    await page.locator(composer).selectText();
    await page.click('md-bold');
    expect(await page.inputValue(composer)).toBe('**important**');
    await page.click('#reply >> text=Aperçu');
    await page.waitForSelector('#reply .rendered');
  });

  test('is read and answered with the keyboard alone', async () => {
    const { page } = await discuss();
    await page.waitForTimeout(400);
    await page.keyboard.press('j');
    const first = await page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press('j');
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe(first);
    await page.keyboard.press('k');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(first);
    await page.keyboard.press('r');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    expect(await page.locator('#reply').innerText()).toContain('En réponse à');
    await page.keyboard.type('?/jk');
    expect(await page.inputValue(composer)).toBe('?/jk');
    await page.locator(composer).blur();
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-find'))).toBe(true);
    await page.locator('[data-find]').blur();
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open] >> text=Raccourcis du clavier');
  });

  test('edits a message and keeps what it said before', async () => {
    const { page } = await discuss();
    await page.click('#message-2 >> text=Plus');
    await page.click('#message-2 >> text=Modifier');
    await page.fill('#message-2 textarea', 'Quatre bâtiments, en fait.');
    await page.click('#message-2 >> text=Enregistrer');
    await page.waitForSelector('#message-2 >> text=Quatre bâtiments, en fait.');
    await page.click('#message-2 >> text=modifié');
    await page.waitForSelector('dialog[open] >> text=nos deux bâtiments');
  });

  test('asks before deleting, and leaves a tombstone', async () => {
    const { page } = await discuss();
    await page.click('#message-2 >> text=Plus');
    await page.click('#message-2 >> text=Supprimer');
    await page.click('dialog[open] >> text=Supprimer >> nth=-1');
    await page.waitForSelector('#message-2 >> text=Ce message a été supprimé.');
    expect(await page.locator('#message-3').count()).toBe(1);
  });
});
