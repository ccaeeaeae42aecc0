import { expect, test } from 'vitest';
import { changedParagraphs } from '../../src/pages/agreement/differences';

test('only the paragraphs that changed are shown, with what went and what came', () => {
  const before = 'Objet.\n\nTrois ans après la fin.\n\nFin.';
  const after = 'Objet.\n\nCinq ans après la fin.\n\nFin.';
  const changed = changedParagraphs(before, after);
  expect(changed).toHaveLength(1);
  expect(changed[0]?.filter(({ removed }) => removed).map(({ value }) => value.trim())).toEqual(['Trois']);
  expect(changed[0]?.filter(({ added }) => added).map(({ value }) => value.trim())).toEqual(['Cinq']);
});

test('the same text has no differences', () => {
  expect(changedParagraphs('Objet.\n\nFin.', 'Objet.\n\nFin.')).toEqual([]);
});
