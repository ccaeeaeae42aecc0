// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const models = '../../docs/nda-models';
const names = readdirSync(`${models}/fr`);

function read(language: 'fr' | 'en', name: string) {
  const [, front, text] = readFileSync(`${models}/${language}/${name}`, 'utf8').split('---\n');
  return { summary: front!.split('summary: |\n')[1]!.trim().split('\n'), text: text! };
}

/** What a translation must not change: headings with their numbers, paragraphs, list items, passages to adapt. */
function shape(text: string) {
  const clauses = text.slice(text.indexOf('\n## '));
  return clauses
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${/^(## (Article )?\d+\.|- |\d+\. |)/.exec(line)![0]} ${[...line.matchAll(/\*\*|\[/g)].length}`);
}

test('every model of agreement is there in both languages', () => {
  expect(names.length).toBeGreaterThan(0);
  expect(readdirSync(`${models}/en`)).toEqual(names);
});

test.each(names)('the English text of %s has the clauses of the French one', (name) => {
  expect(shape(read('en', name).text)).toEqual(shape(read('fr', name).text));
  expect(read('en', name).summary).toHaveLength(read('fr', name).summary.length);
});

test.each(names)('%s says in English that the French text counts, that a lawyer checks it, and what stands above it', (name) => {
  const { summary, text } = read('en', name);
  expect(text).toMatch(/^> \*\*Translated from the French model\.\*\* The French text is the one that counts, unless the group decides otherwise/m);
  expect(text).toMatch(/^> \*\*A model to be checked by a lawyer before use\.\*\*/m);
  expect(text).toMatch(/The law stands above this agreement/);
  expect(text).toMatch(/right of access to administrative documents/);
  expect(summary.at(-1)).toMatch(/The law comes before the agreement, including access to public documents/);
  expect(summary.length).toBeLessThanOrEqual(5);
});
