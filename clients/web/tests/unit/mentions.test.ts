import { describe, expect, test } from 'vitest';
import { freeName, fromMarkdown, toMarkdown } from '../../src/lib/text/mentions';

const yves = '01930000-0000-7000-8000-000000000003';
const other = '01930000-0000-7000-8000-000000000004';

describe('mentions', () => {
  test('are written as links to the member', () => {
    const draft = { text: 'Merci @Yves Lacaze.', mentions: { 'Yves Lacaze': yves } };
    expect(toMarkdown(draft)).toBe(`Merci [@Yves Lacaze](mention:${yves}).`);
  });

  test('come back as one reads them', () => {
    const body = `Merci [@Yves Lacaze](mention:${yves}) et [@Zoé \\[mairie\\]](mention:${other})`;
    const draft = fromMarkdown(body);
    expect(draft.text).toBe('Merci @Yves Lacaze et @Zoé [mairie]');
    expect(toMarkdown(draft)).toBe(body);
  });

  test('leave alone what was only typed', () => {
    expect(toMarkdown({ text: 'a@b.example @Inconnu', mentions: { Yves: yves } })).toBe('a@b.example @Inconnu');
  });

  test('do not take a longer word for a name', () => {
    expect(toMarkdown({ text: '@Yvesson', mentions: { Yves: yves } })).toBe('@Yvesson');
  });

  test('prefer the longest name', () => {
    const draft = { text: '@Yves Lacaze', mentions: { Yves: other, 'Yves Lacaze': yves } };
    expect(toMarkdown(draft)).toBe(`[@Yves Lacaze](mention:${yves})`);
  });

  test('tell two people of the same name apart', () => {
    expect(freeName('Yves', yves, { Yves: other })).toBe('Yves (2)');
    expect(freeName('Yves', yves, { Yves: yves })).toBe('Yves');
    const body = `[@Yves](mention:${yves}) [@Yves](mention:${other})`;
    expect(fromMarkdown(body).mentions).toEqual({ Yves: yves, 'Yves (2)': other });
  });
});
