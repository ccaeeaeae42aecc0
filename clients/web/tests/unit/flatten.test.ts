import { describe, expect, test } from 'vitest';
import type { Post } from '../../src/lib/api/types';
import { flatten } from '../../src/pages/thread/flatten';

const post = (number: number, parent?: number) =>
  ({
    id: `p${number}`,
    number,
    in_reply_to: parent === undefined ? null : { id: `p${parent}`, number: parent, author_name: '' }
  }) as Post;

const shape = (posts: Post[]) => flatten(posts).map(({ post: { number }, level }) => `${number}@${level}`);

describe('a conversation', () => {
  test('keeps posts without a parent in their order', () => {
    expect(shape([post(1), post(2), post(3)])).toEqual(['1@0', '2@0', '3@0']);
  });

  test('puts answers after what they answer', () => {
    expect(shape([post(1), post(2), post(3, 1), post(4, 2)])).toEqual(['1@0', '3@1', '2@0', '4@1']);
  });

  test('never sets in by more than two levels', () => {
    expect(shape([post(1), post(2, 1), post(3, 2), post(4, 3), post(5, 4)])).toEqual(['1@0', '2@1', '3@2', '4@2', '5@2']);
  });

  test('shows an answer in its own place when its parent is not loaded', () => {
    expect(shape([post(31, 2), post(32), post(33, 31)])).toEqual(['31@0', '33@1', '32@0']);
  });

  test('loses and doubles nothing, however deep', () => {
    const posts = Array.from({ length: 2000 }, (_, index) => post(index + 1, index === 0 ? undefined : index));
    expect(new Set(shape(posts)).size).toBe(2000);
  });
});
