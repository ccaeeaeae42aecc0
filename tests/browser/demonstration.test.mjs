// Each page as the demonstration fills it: accessible in light and dark, on a phone and at a desk, in French and English,
// within the content security policy, with no request to anyone else (closing the windows checks both). The tests of
// clients/web look at the phone in the light and the desk in the dark; here it is the other way round.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers, sidewaysScroll } from './support/browser.mjs';
import { house } from './support/house.mjs';
import { Person } from './support/people.mjs';
import { demonstrationPassword } from './support/server.mjs';

const { server, browser } = await house({ demonstration: true });
const helene = await Person.signIn(server, 'helene@demo.example', demonstrationPassword);
const { items: groups } = await helene.get('/groups');
const { id } = groups.find(({ confidentiality, role }) => confidentiality === 'nda' && role === 'moderator');
const { items: threads } = await helene.get(`/groups/${id}/threads`);
const longest = threads.reduce((a, b) => (a.post_count > b.post_count ? a : b));

const inGroup = ['', '/discussions', '/discussions/nouvelle', `/discussions/${longest.id}`, '/membres', '/accord', '/animation', '/animation#membres', '/animation#accord', '/animation#groupe'];
const pages = ['/', '/profil', '/profil/sessions', '/accessibilite', '/groupes/nouveau', ...inGroup.map((rest) => `/groupes/${id}${rest}`)];
const token = '#token=abcdefghijklmnopqrstuvwxyz';
const doors = ['/connexion', `/connexion/lien${token}`, '/mot-de-passe-oublie', `/mot-de-passe${token}`, '/nulle-part'];

/** Follows the same addresses as a reader would, and says what stands in somebody's way. */
async function walk(page, addresses, language) {
  const found = [];
  for (const address of addresses) {
    await page.goto('about:blank'); // an address that differs after # alone would not load anew
    await page.goto(address);
    await page.waitForSelector('h1');
    await page.waitForLoadState('networkidle');
    found.push(...(await barriers(page)).map((barrier) => `${address}: ${barrier}`));
    if ((await sidewaysScroll(page)) !== 0) found.push(`${address} scrolls sideways`);
    if ((await page.getAttribute('html', 'lang')) !== language) found.push(`${address} is not in ${language}`);
  }
  return found;
}

test('on a phone 320 pixels wide, in the dark, in French', async () => {
  const phone = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, colorScheme: 'dark' };
  assert.deepEqual(await walk(await browser.open(server, helene, phone), pages, 'fr'), []);
  assert.deepEqual(await walk(await browser.open(server, null, phone), doors, 'fr'), []);
});

test('at a desk, in the light, in English', async () => {
  const { etag } = await helene.ask('GET', '/me');
  await helene.patch('/me', { language: 'en' }, { 'If-Match': etag });
  const desk = { viewport: { width: 1280, height: 800 }, locale: 'en-GB', colorScheme: 'light' };
  assert.deepEqual(await walk(await browser.open(server, helene, desk), pages, 'en'), []);
  assert.deepEqual(await walk(await browser.open(server, null, desk), doors, 'en'), []);
});

test('the home page comes with at most 90 kB of compressed JavaScript', async () => {
  const page = await browser.open(server, helene);
  await page.goto('/');
  await page.waitForSelector('h1');
  await page.waitForLoadState('networkidle');
  const scripts = await page.evaluate(() =>
    performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map(({ encodedBodySize }) => encodedBodySize)
  );
  assert.ok(scripts.length > 2);
  assert.ok(scripts.reduce((sum, size) => sum + size, 0) <= 90_000, String(scripts));
});
