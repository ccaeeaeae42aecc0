// Files that a group shares: sent, seen by the others at once, downloaded as they were, and closed with the access.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { slowness } from './support/eventually.mjs';
import { house } from './support/house.mjs';
import { Group, Person } from './support/people.mjs';
import { Proxy } from './support/proxy.mjs';

const { server, browser } = await house();

test('a file sent by one appears to the other, who downloads it as it was and adds a version; with the access it is gone', async () => {
  const leila = await Person.create(server, 'Leïla Benhamou');
  const yves = await Person.create(server, 'Yves Lacaze');
  const group = await Group.create(server, leila, 'Halle de la gare', { light: true });
  await group.welcome(yves);
  const others = await browser.open(server, yves);
  await others.goto(`${group.address}/documents`);
  await others.waitForSelector('text=Aucun document pour l’instant.');

  const content = randomBytes(700_000);
  const page = await browser.open(server, leila);
  await page.goto(`${group.address}/documents`);
  await page.click('text=Ajouter des documents');
  await page.setInputFiles('input[type=file]', { name: 'Plan de la halle.dwg', mimeType: 'application/octet-stream', buffer: content });
  await page.waitForSelector('text=Le fichier est arrivé entier.');

  await others.click('text=Plan de la halle.dwg', { timeout: 10_000 * slowness });
  await others.waitForSelector('h2 >> text=Versions');
  const [download] = await Promise.all([others.waitForEvent('download'), others.locator('main >> text=Télécharger').first().click()]);
  assert.equal(download.suggestedFilename(), 'Plan de la halle.dwg');
  const received = await readFile(await download.path());
  assert.ok(received.equals(content));
  await others.locator('text=Empreinte du fichier').first().click();
  await others.waitForSelector(`text=${createHash('sha256').update(content).digest('hex')}`);

  await page.click('text=Ouvrir le document');
  await page.waitForSelector('h2 >> text=Versions');
  await others.click('text=Ajouter une version');
  await others.getByLabel('Ce qui change dans cette version').fill('Avec les cotes');
  await others.setInputFiles('input[type=file]', { name: 'plan.dwg', mimeType: 'application/octet-stream', buffer: randomBytes(1000) });
  await page.waitForSelector('text=Avec les cotes', { timeout: 10_000 * slowness });

  await leila.patch(`${group.path}/members/${yves.id}`, { state: 'removed' });
  await others.waitForSelector('text=Avec les cotes', { state: 'detached', timeout: 10_000 * slowness });
});

test('an upload that loses the network goes on by itself where it stopped', async () => {
  const leila = await Person.create(server, 'Leïla Benhamou');
  const group = await Group.create(server, leila, 'Chaufferie', { light: true });
  const content = randomBytes(20 * 1024 * 1024);
  const proxy = await Proxy.start(server);
  try {
    const page = await browser.open(proxy, leila);
    await page.goto(`${group.address}/documents`);
    await page.click('text=Ajouter des documents');
    const begun = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.setInputFiles('input[type=file]', { name: 'Relevés.bin', mimeType: 'application/octet-stream', buffer: content });
    await begun;
    proxy.lose();
    await page.waitForSelector('text=La connexion est perdue.', { timeout: 30_000 * slowness });
    proxy.find();
    await page.waitForSelector('text=Le fichier est arrivé entier.', { timeout: 60_000 * slowness });
    const [{ sha256 }] = (await leila.get(`${group.path}/documents`)).items;
    assert.equal(sha256, createHash('sha256').update(content).digest('hex'));
  } finally {
    await proxy.stop();
  }
});
