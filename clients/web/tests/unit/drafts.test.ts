import { beforeEach, describe, expect, test } from 'vitest';
import { countDrafts, dropDraft, dropDrafts, keepDraft, readDraft } from '../../src/lib/drafts';
import { DraftText } from '../../src/lib/text/draft-text.svelte';

const draft = { text: 'Bonjour @Yves Lacaze', mentions: { 'Yves Lacaze': 'id-3' } };

describe('drafts', () => {
  beforeEach(() => localStorage.clear());

  test('survive a reload', () => {
    keepDraft('me', 'reply.1', draft);
    expect(readDraft('me', 'reply.1')).toEqual(draft);
  });

  test('belong to one member and one place', () => {
    keepDraft('me', 'reply.1', draft);
    expect(readDraft('other', 'reply.1')).toBeNull();
    expect(readDraft('me', 'reply.2')).toBeNull();
  });

  test('are counted and erased for one member at a time', () => {
    keepDraft('me', 'reply.1', draft);
    keepDraft('me', 'reply.2', draft);
    keepDraft('other', 'reply.1', draft);
    expect(countDrafts('me')).toBe(2);
    dropDrafts('me');
    expect(countDrafts('me')).toBe(0);
    expect(countDrafts('other')).toBe(1);
  });

  test('disappear once sent', () => {
    keepDraft('me', 'reply.1', draft);
    dropDraft('me', 'reply.1');
    expect(readDraft('me', 'reply.1')).toBeNull();
  });

  test('are read as absent when the browser holds something else', () => {
    localStorage.setItem('margelle.draft.me.reply.1', '{');
    expect(readDraft('me', 'reply.1')).toBeNull();
  });
});

describe('a text being written', () => {
  beforeEach(() => localStorage.clear());

  test('starts from what was kept', () => {
    keepDraft('me', 'reply.1', draft);
    expect(new DraftText('me', 'reply.1').draft).toEqual(draft);
  });

  test('is kept at each stroke, and forgotten when emptied', () => {
    const text = new DraftText('me', 'reply.1');
    text.text = 'B';
    text.keep();
    expect(readDraft('me', 'reply.1')).toEqual({ text: 'B', mentions: {} });
    text.text = ' ';
    text.keep();
    expect(readDraft('me', 'reply.1')).toBeNull();
  });
});
