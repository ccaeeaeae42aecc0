// What happens in a group arrives, whatever the network does, and is counted until it has been read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { eventually, slowness } from './support/eventually.mjs';
import { house } from './support/house.mjs';
import { Group, Person } from './support/people.mjs';
import { Proxy } from './support/proxy.mjs';

const { server, browser } = await house();

async function twoInAGroup(name, options = { light: true }) {
  const leila = await Person.create(server, 'Leïla Benhamou');
  const yves = await Person.create(server, 'Yves Lacaze');
  const group = await Group.create(server, leila, name, options);
  await group.welcome(yves);
  return { leila, yves, group };
}

const numbers = (page) => page.locator('[data-number]').evaluateAll((posts) => posts.map(({ dataset }) => Number(dataset.number)));

test('where the upgrade is refused, another’s post still appears, by long poll', async () => {
  const { leila, yves, group } = await twoInAGroup('Halle de la gare');
  const thread = await group.thread(leila, 'Qui a les clés ?');
  const proxy = await Proxy.start(server, { refuseUpgrades: true });
  try {
    const page = await browser.open(proxy, yves);
    const polled = page.waitForRequest((request) => request.url().includes('wait='));
    await page.goto(thread.address);
    await polled;
    assert.ok(proxy.refusedUpgrades > 0);
    await group.write(leila, thread, 'La mairie en a un jeu.');
    await page.waitForSelector('#message-2 >> text=La mairie en a un jeu.', { timeout: 5000 * slowness });
    await group.write(leila, thread, 'Le gardien aussi.');
    await page.waitForSelector('#message-3', { timeout: 5000 * slowness });
    assert.deepEqual(await numbers(page), [1, 2, 3]);
  } finally {
    await proxy.stop();
  }
});

test('a browser that was offline catches up with what it missed, without gap or double', async () => {
  const { leila, yves, group } = await twoInAGroup('Sentier des tanneurs');
  const thread = await group.thread(leila, 'Le pont de bois');
  const proxy = await Proxy.start(server);
  try {
    const page = await browser.open(proxy, yves);
    await page.goto(thread.address);
    await page.waitForSelector('#message-1');
    await group.write(leila, thread, 'Avant la coupure.');
    await page.waitForSelector('#message-2');

    await page.context().setOffline(true);
    proxy.lose();
    for (let number = 3; number <= 22; number++) await group.write(leila, thread, `Message ${number}, pendant la coupure.`);
    await page.fill('#reply textarea', 'Écrit sans réseau.');
    await page.click('#reply >> text=Envoyer');
    await page.waitForSelector('text=Ce message n’est pas parti.');
    assert.deepEqual(await numbers(page), [1, 2]);

    proxy.find();
    await page.context().setOffline(false);
    await page.waitForSelector('#message-22');
    await page.click('text=Réessayer');
    await page.waitForSelector('#message-23 >> text=Écrit sans réseau.');
    await group.write(leila, thread, 'Après la coupure.');
    await page.waitForSelector('#message-24');
    const all = Array.from({ length: 24 }, (_, index) => index + 1);
    await eventually(async () => isDeepStrictEqual(await numbers(page), all)); // what is further up comes by itself
  } finally {
    await proxy.stop();
  }
});

test('a discussion opens at the first message not read, and the counts fall as it is read', async () => {
  const { leila, yves, group } = await twoInAGroup('Chaufferie du groupe scolaire');
  const thread = await group.thread(leila, 'Combien de camions ?');
  for (let number = 2; number <= 20; number++) await group.write(leila, thread, `Jour ${number} : ${'un relevé de plus. '.repeat(10)}`);
  await yves.put(`${thread.path}/read-mark`, { number: 20 });
  const own = await group.write(yves, thread, 'Et le dimanche ?');
  await group.write(leila, thread, 'Aucun le dimanche.', own.id);
  await group.write(leila, thread, `[@Yves Lacaze](mention:${yves.id}), est-ce que cela convient ?`);
  await group.write(leila, thread, 'Le relevé complet suit.');

  const page = await browser.open(server, yves);
  await page.goto('/');
  await page.waitForSelector('text=3 messages à lire');
  const entry = page.locator('main li', { hasText: group.name });
  assert.match(await entry.innerText(), /Une réponse à vos messages/);
  assert.match(await entry.innerText(), /On vous cite/);
  await page.goto(group.address);
  await page.waitForSelector(`li:has-text("${thread.title}") >> text=3 nouveaux`);

  await page.click(`text=${thread.title}`);
  await page.waitForSelector('#first-new');
  assert.equal(await page.locator('#first-new + article').getAttribute('id'), 'message-22');
  await eventually(async () => {
    const { y } = await page.locator('#first-new').boundingBox();
    return y > 0 && y < 300;
  });
  await page.locator('#message-24').scrollIntoViewIfNeeded();
  await page.locator('#reply').scrollIntoViewIfNeeded();
  await eventually(async () => (await yves.get(thread.path)).unread_count === 0);

  await page.click('nav >> text=Vue d’ensemble');
  await page.waitForSelector('text=Vous êtes à jour.');
  assert.equal(await page.locator('text=nouveaux').count(), 0);
  await page.goto('/');
  await page.waitForSelector('text=Rien de nouveau depuis votre dernière visite.');
});
