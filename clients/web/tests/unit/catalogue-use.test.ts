import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import desk from '../../messages/desk.fr.json';
import main from '../../messages/fr.json';

test('every message is used, and written in a catalogue rather than in a page', () => {
  const files = readdirSync('src', { recursive: true }).map(String).filter((name) => /\.(svelte|ts)$/.test(name));
  const source = files.map((name) => readFileSync(join('src', name), 'utf8')).join('\n');
  const prefixes = [...source.matchAll(/t\(\s*`([a-z_.]+)\$\{/g)].map(([, prefix]) => prefix!);
  const unused = Object.keys({ ...main, ...desk })
    .map((key) => key.replace(/_(one|other)$/, ''))
    .filter((key) => !source.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)));
  expect(unused).toEqual([]);
});
