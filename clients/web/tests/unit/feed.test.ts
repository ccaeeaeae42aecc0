import { describe, expect, test } from 'vitest';
import { Feed } from '../../src/lib/api/feed';
import type { LogEvent } from '../../src/lib/api/types';

const event = (seq: number): LogEvent => ({ seq, kind: 'post.created', at: '', actor: null, data: {} });
const numbers = (events: LogEvent[]) => events.map(({ seq }) => seq);

describe('a feed', () => {
  test('delivers what follows what was seen', () => {
    expect(numbers(new Feed(41).take(event(42), event(43)))).toEqual([42, 43]);
  });

  test('drops what was already delivered', () => {
    const feed = new Feed(41);
    feed.take(event(42));
    expect(feed.take(event(41), event(42))).toEqual([]);
  });

  test('holds what comes too early until the gap is filled', () => {
    const feed = new Feed(41);
    expect(feed.take(event(44), event(43))).toEqual([]);
    expect(feed.hasGap).toBe(true);
    expect(numbers(feed.take(event(42)))).toEqual([42, 43, 44]);
    expect(feed.hasGap).toBe(false);
    expect(feed.last).toBe(44);
  });

  test('delivers each number once and in order, however they come', () => {
    for (let round = 0; round < 200; round++) {
      const feed = new Feed(0);
      const coming = [...Array(30).keys()].flatMap((n) => [event(n + 1), event(n + 1)]).sort(() => Math.random() - 0.5);
      const delivered = coming.flatMap((one) => feed.take(one));
      expect(numbers(delivered)).toEqual([...Array(30).keys()].map((n) => n + 1));
    }
  });
});
