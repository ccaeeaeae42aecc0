import { expect, test } from 'vitest';
import { backoff } from '../../src/lib/api/backoff';

test('waits longer after each failure, within bounds, and never the same for all', () => {
  expect(backoff(0, () => 0)).toBe(250);
  expect(backoff(3, () => 0)).toBe(2000);
  expect(backoff(20, () => 0.999)).toBeLessThanOrEqual(30_000);
  expect(backoff(2, () => 0)).not.toBe(backoff(2, () => 1));
});
