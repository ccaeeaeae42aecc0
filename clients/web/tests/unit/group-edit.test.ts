import { describe, expect, test } from 'vitest';
import { GroupEdit } from '../../src/pages/facilitation/group-edit.svelte';
import { emptyGroup } from '../../src/pages/group/group-fields.svelte';

const before = { ...emptyGroup('idea', ['authority']), name: 'Bois', purpose: 'Chauffer' };

describe('an edit of a group that somebody else changes meanwhile', () => {
  test('follows when nothing was typed', () => {
    const edit = new GroupEdit(before, null);
    edit.meet({ ...before, purpose: 'Isoler' });
    expect(edit.draft.purpose).toBe('Isoler');
    expect([edit.changed, edit.taken, edit.clashes]).toEqual([false, [], []]);
  });

  test('takes over what this person had not touched, and keeps what only they changed', () => {
    const edit = new GroupEdit(before, null);
    edit.draft.name = 'Bois local';
    edit.meet({ ...before, purpose: 'Isoler' });
    expect(edit.draft).toMatchObject({ name: 'Bois local', purpose: 'Isoler' });
    expect([edit.taken, edit.clashes]).toEqual([['purpose'], []]);
  });

  test('lets one choose where both changed, back and forth, also after a reload and more changes', () => {
    const typed = new GroupEdit(before, null);
    typed.draft.purpose = 'Chauffer et isoler';
    const edit = new GroupEdit({ ...before, purpose: 'Isoler' }, JSON.parse(JSON.stringify(typed.kept)));
    expect(edit.draft.purpose).toBe('Chauffer et isoler');
    expect(edit.clashes).toMatchObject([{ field: 'purpose', mine: 'Chauffer et isoler', theirs: 'Isoler' }]);
    edit.take(edit.clashes[0]!, 'theirs');
    edit.clashes[0]!.chosen = 'theirs';
    expect(edit.draft.purpose).toBe('Isoler');
    edit.meet({ ...before, purpose: 'Isoler d’abord' });
    expect(edit.clashes).toMatchObject([{ mine: 'Chauffer et isoler', theirs: 'Isoler d’abord' }]);
    expect(edit.clashes[0]!.chosen).toBeUndefined();
    edit.take(edit.clashes[0]!, 'mine');
    expect(edit.draft.purpose).toBe('Chauffer et isoler');
  });

  test('sees no clash where both wrote the same', () => {
    const edit = new GroupEdit(before, null);
    edit.draft.purpose = 'Isoler';
    edit.meet({ ...before, purpose: 'Isoler' });
    expect([edit.changed, edit.clashes]).toEqual([false, []]);
  });
});
