import { describe, expect, test } from 'vitest';
import { Attempt, newKey } from '../../src/lib/api/idempotency';

const key = (attempt: Attempt, content: unknown) => attempt.headers(content)['Idempotency-Key'];

describe('an attempt', () => {
  test('keeps its key for a second click and a retry', () => {
    const attempt = new Attempt();
    expect(key(attempt, { title: 'a' })).toBe(key(attempt, { title: 'a' }));
  });

  test('takes another key for other content', () => {
    const attempt = new Attempt();
    expect(key(attempt, { title: 'a' })).not.toBe(key(attempt, { title: 'b' }));
  });

  test('takes another key once what was meant exists', () => {
    const attempt = new Attempt();
    const first = key(attempt, { title: 'a' });
    attempt.done();
    expect(key(attempt, { title: 'a' })).not.toBe(first);
  });

  test('is named by a quoted UUID', () => {
    expect(newKey()).toMatch(/^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/);
  });
});
