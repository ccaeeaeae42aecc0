// Coming in: by an invitation, by a mailed link, by a password, and again after a session was lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers } from './support/browser.mjs';
import { eventually, slowness } from './support/eventually.mjs';
import { house } from './support/house.mjs';
import { Group, Person, password } from './support/people.mjs';

const { server, browser } = await house();

test('from an invitation to the first reply, live in another browser, until the access is withdrawn', async () => {
  const nadia = await Person.create(server, 'Nadia Roche');
  const group = await Group.create(server, nadia, 'Bois de chauffage');
  const thread = await group.thread(nadia, 'Que faire des chutes de la scierie ?');
  await nadia.post(`${group.path}/invitations`, {
    invitations: [{ email: 'yves.lacaze@bellerive.example', name: 'Yves Lacaze', category: 'resident', organisation_name: 'Les Amis du bourg' }]
  });
  const moderators = await browser.open(server, nadia);
  await moderators.goto(thread.address);
  await moderators.waitForSelector('#message-1');
  await moderators.evaluate(() => (window.sameDocument = true));

  const members = await browser.open(server);
  let fields = 0;
  let screens = 0;
  const arrive = async (sign) => {
    await members.waitForSelector(sign);
    screens += 1;
    assert.deepEqual(await barriers(members), []);
    fields += await members.locator('main :is(input, select, textarea):visible:not([type=search])').count();
  };
  await members.goto(await server.mailedLink('yves.lacaze@bellerive.example'));
  await arrive('text=Accepter et lire l’accord');
  assert.ok(!members.url().includes('token'), 'the secret leaves the address');
  await members.click('text=Accepter et lire l’accord');
  await arrive('text=J’accepte l’accord et j’entre');
  await members.fill('[autocomplete=name]', 'Yves Lacaze');
  await members.check('[type=checkbox]');
  await members.click('text=J’accepte l’accord et j’entre');
  await arrive('text=Bienvenue dans le groupe');
  await members.click(`text=${thread.title}`);
  await arrive('#reply textarea');
  await members.fill('#reply textarea', 'La halle de la gare est vide.');
  await members.click('#reply >> text=Envoyer');
  await members.waitForSelector('#message-2 >> text=La halle de la gare est vide.');
  assert.ok(screens <= 4, `${screens} screens`);
  assert.ok(fields <= 6, `${fields} fields`);

  await moderators.waitForSelector('#message-2 >> text=La halle de la gare est vide.');
  assert.match(await moderators.locator('#message-2').innerText(), /Yves Lacaze.*Les Amis du bourg/s);
  assert.ok(await moderators.evaluate(() => window.sameDocument), 'without reload');

  await moderators.goto(`${group.address}/animation#membres`);
  await moderators.click('[aria-label="Retirer l’accès de Yves Lacaze"]');
  await moderators.getByLabel('Motif').fill('Sa mission est finie.');
  const withdrawn = moderators.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/removals'));
  await moderators.click('dialog >> text="Retirer l’accès"');
  assert.equal((await withdrawn).status(), 200);
  const since = Date.now();
  await members.waitForSelector('text=Votre accès à ce groupe a pris fin');
  assert.ok(Date.now() - since < 1000 * slowness, `the view closed after ${Date.now() - since} ms`);
  assert.equal(await members.locator('article').count(), 0);

  const [cookie] = await members.context().cookies();
  const yves = new Person(server, { cookie });
  assert.equal((await yves.ask('GET', thread.path)).status, 404);
  const receipt = await yves.ask('GET', `${group.path}/nda/acceptances/${(await yves.get('/me')).id}/receipt`);
  assert.equal(receipt.status, 200);
  assert.equal((await server.verifyReceipt(receipt.text)).valid, true);
  const altered = await server.verifyReceipt(receipt.text.replace('"Yves Lacaze"', '"Yves Lacase"'));
  assert.equal(altered.valid, false, altered.said);
});

test('a mailed link signs in by its button, once', async () => {
  const ines = await Person.create(server, 'Inès Morel');
  const group = await Group.create(server, ines, 'Mobilités du plateau', { light: true });
  const page = await browser.open(server);
  await page.goto(`${group.address}/membres`);
  await page.waitForSelector('text=Connectez-vous pour ouvrir cette page.');
  await page.fill('[name=email]', ines.email);
  await page.click('text=Recevoir un lien par courriel');
  await page.waitForSelector('text=un lien vient de lui être envoyé');
  const link = await server.mailedLink(ines.email);
  await fetch(link); // a mail program looks at what it delivers

  await page.goto(link);
  await page.waitForSelector('main >> text=Ce lien ne sert qu’une fois.');
  assert.ok(!page.url().includes('token'));
  await page.click('main button >> text=Se connecter');
  await page.waitForSelector('h1:has-text("Membres")');
  assert.equal(new URL(page.url()).pathname, `${group.address}/membres`, 'the place one was going to');

  const again = await browser.open(server);
  await again.goto(link);
  await again.click('main button >> text=Se connecter');
  await again.waitForSelector('text=Ce lien a déjà servi, ou a plus de quinze minutes.');
  await again.click('text=Demander un autre lien');
  await again.waitForSelector('[name=email]');
});

test('a forgotten password is replaced, ends the other sessions, and signing out ends this one', async () => {
  const paul = await Person.create(server, 'Paul Vidal');
  const elsewhere = await browser.open(server, paul);
  await elsewhere.goto('/');
  await elsewhere.waitForSelector('h1:has-text("Accueil")');

  const page = await browser.open(server);
  await page.goto('/connexion');
  await page.fill('[name=email]', paul.email);
  await page.fill('[name=password]', 'pas le bon du tout');
  await page.click('form >> text=Se connecter');
  await page.waitForSelector('[role=alert]');
  await page.click('text=Mot de passe oublié');
  await page.waitForSelector('button:has-text("Recevoir le lien")');    // the page before has such a field too
  await page.fill('[type=email]', paul.email);
  await page.click('text=Recevoir le lien');
  await page.waitForSelector('text=un lien vient de lui être envoyé');
  await page.goto(await server.mailedLink(paul.email));
  await page.fill('[autocomplete=new-password]', 'une margelle de pierre grise');
  await page.click('text=Enregistrer et se connecter');
  await page.waitForSelector('h1:has-text("Accueil")');

  await elsewhere.click('header >> text=Accueil');
  await elsewhere.waitForSelector('[name=password]');

  await page.click('header >> text=Se déconnecter');
  await page.waitForSelector('h1:has-text("Se connecter")');
  await page.goto('/profil');
  await page.fill('[name=email]', paul.email);
  await page.fill('[name=password]', 'une margelle de pierre grise');
  await page.click('form >> text=Se connecter');
  await page.waitForSelector('h1:has-text("Mon profil")');
});

test('a session ended elsewhere asks to sign in at the same place, and keeps what was typed', async () => {
  const lea = await Person.create(server, 'Léa Fabre');
  const group = await Group.create(server, lea, 'Compost de quartier', { light: true });
  const thread = await group.thread(lea, 'Où poser les bacs ?');
  const page = await browser.open(server, lea);
  await page.goto(thread.address);
  await page.fill('#reply textarea', 'Derrière la salle des fêtes,');

  const other = await Person.signIn(server, lea.email, password);
  const { items } = await other.get('/me/sessions');
  for (const session of items.filter(({ current }) => !current)) await other.delete(`/me/sessions/${session.id}`);
  await page.waitForSelector('text=Votre session a pris fin.');
  assert.equal(await page.locator('article').count(), 0, 'nothing of the group stays on screen');

  await page.fill('[name=email]', lea.email);
  await page.fill('[name=password]', password);
  await page.click('form >> text=Se connecter');
  await page.waitForSelector('#reply textarea');
  assert.equal(new URL(page.url()).pathname, thread.address);
  assert.equal(await page.inputValue('#reply textarea'), 'Derrière la salle des fêtes,');
  await page.click('#reply >> text=Envoyer');
  await page.waitForSelector('#message-2 >> text=Derrière la salle des fêtes,');
  await eventually(async () => (await page.inputValue('#reply textarea')) === '');
});
