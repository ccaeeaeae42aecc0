// What moderators do: founding a group, bringing people in, changing the agreement.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, slowness } from './support/eventually.mjs';
import { house } from './support/house.mjs';
import { Group, Person } from './support/people.mjs';

const { server, browser } = await house();

test('a group is created, its agreement published from a model, and three persons invited by pasted lines', async () => {
  const camille = await Person.create(server, 'Camille Durand');
  const page = await browser.open(server, camille);
  await page.goto('/');
  await page.click('text=Créer un groupe');
  await page.getByLabel('Nom du groupe').fill('Eau de pluie');
  await page.getByLabel('À quoi sert ce groupe').fill('Arroser les jardins partagés avec la pluie des toits.');
  await page.getByLabel('Catégorie d’acteur').selectOption('authority');
  await page.click('main >> text="Créer le groupe"');

  await page.click('fieldset button >> nth=0');
  await eventually(async () => (await page.getByLabel('Le texte en entier').inputValue()).length > 500);
  await page.click('text=Publier cette version');
  await page.click('dialog >> text="Publier cette version"');
  await page.waitForSelector('text=J’accepte l’accord et j’entre');
  assert.equal(await page.locator('nav >> text=Discussions').count(), 0, 'not even its founder reads before accepting');
  await page.fill('[autocomplete=name]', 'Camille Durand');
  await page.check('[type=checkbox]');
  await page.click('text=J’accepte l’accord et j’entre');
  await page.waitForSelector('text=Bienvenue dans le groupe');

  await page.click('text=Animation du groupe');
  const lines = page.getByLabel('Personnes à inviter');
  await lines.fill(
    ['Nadia Roche ; nadia@asso.example ; Les Jardins d’en bas ; association', 'yves@bellerive.example', 'Paul Vidal <paul@bellerive.example>', 'sans adresse', camille.email].join('\n')
  );
  await page.click('text=Vérifier avant l’envoi');
  await page.waitForSelector('text=Envoyer les 3 invitations');
  const findings = await page.locator('[aria-label="Vérification des lignes"] .state').allInnerTexts();
  const [ready, missing, there] = ['Prête à partir', 'L’adresse électronique manque ou n’est pas valable', 'Participe déjà au groupe'];
  [ready, ready, ready, missing, there].forEach((start, line) => assert.ok(findings[line].startsWith(start), findings[line]));
  assert.equal(server.mails('yves@bellerive.example').length, 0, 'checking sends nothing');
  await page.click('text=Envoyer les 3 invitations');
  await page.waitForSelector('text=Les 3 invitations partent par courriel.');
  for (const address of ['nadia@asso.example', 'yves@bellerive.example', 'paul@bellerive.example']) {
    assert.match(await server.mailedLink(address), /\/invitation#token=/);
    assert.ok(!server.mails(address)[0].body.includes('Eau de pluie'), 'a mail never names the group');
  }
  await page.reload();
  await page.waitForSelector('text=Envoyée, en attente de réponse >> nth=2');
});

test('someone asks to join a listed group, and is let in', async () => {
  const leila = await Person.create(server, 'Leïla Benhamou');
  const paul = await Person.create(server, 'Paul Vidal');
  const group = await Group.create(server, leila, 'Marché couvert', { listing: 'listed' });
  const moderators = await browser.open(server, leila);
  await moderators.goto(`${group.address}/animation`);
  await moderators.waitForSelector('text=Aucune demande n’attend de réponse.');

  const page = await browser.open(server, paul);
  await page.goto('/');
  await page.click('text=Marché couvert');
  await page.getByLabel('Catégorie d’acteur').selectOption('resident');
  await page.getByLabel('Votre message').fill('J’y tiens un étal depuis vingt ans.');
  await page.click('text=Envoyer la demande');
  await page.waitForSelector('text=Votre demande attend la réponse de l’animation');

  await moderators.reload();
  await moderators.waitForSelector('text=J’y tiens un étal depuis vingt ans.');
  await moderators.click('text="Accueillir"');
  await moderators.waitForSelector('text=Aucune demande n’attend de réponse.');

  await page.goto('/');
  await page.click('text=Marché couvert');
  await page.waitForSelector('text=J’accepte l’accord et j’entre');
});

test('a new version of substance closes the gate in an open browser; a correction of form does not', async () => {
  const leila = await Person.create(server, 'Leïla Benhamou');
  const yves = await Person.create(server, 'Yves Lacaze');
  const group = await Group.create(server, leila, 'Tour de la vieille poste');
  await group.welcome(yves);
  const thread = await group.thread(leila, 'Le toit');
  const page = await browser.open(server, yves);
  await page.goto(thread.address);
  await page.waitForSelector('#message-1');

  await group.publish('minor', 'Ce qui se dit ici reste ici, toujours.');
  await group.write(leila, thread, 'Toujours ouvert.');
  await page.waitForSelector('#message-2 >> text=Toujours ouvert.');

  const published = group.publish('material', 'Ce qui se dit ici reste ici, toujours, cinq ans durant.').then(() => Date.now());
  await page.waitForSelector('text=L’accord a changé sur le fond');
  assert.ok(Date.now() - (await published) < 1000 * slowness);
  assert.equal(new URL(page.url()).pathname, `${group.address}/accord`);
  assert.equal(await page.locator('article').count(), 0);
  assert.match(await page.locator('ins').first().innerText(), /cinq ans durant|toujours/);
  await page.fill('[autocomplete=name]', 'Yves Lacaze');
  await page.check('[type=checkbox]');
  await page.click('text=J’accepte l’accord et j’entre');
  await page.waitForSelector('#message-2');
  assert.equal(new URL(page.url()).pathname, thread.address, 'back where one was');
});
