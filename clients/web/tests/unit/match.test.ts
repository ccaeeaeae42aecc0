import { expect, test } from 'vitest';
import { match } from '../../src/lib/router/match';

test('an address is matched part by part', () => {
  expect(match('/groupes/{group}/membres', '/groupes/7/membres')).toEqual({ group: '7' });
  expect(match('/groupes/{group}/membres', '/groupes/7/membres/')).toEqual({ group: '7' });
  expect(match('/groupes/{group}', '/groupes/7/membres')).toBeNull();
  expect(match('/groupes/{group}', '/groupes/')).toBeNull();
  expect(match('/', '/')).toEqual({});
});

test('an address that cannot be decoded is taken as it stands', () => {
  expect(match('/groupes/{group}', '/groupes/%E0%A4%A')).toEqual({ group: '%E0%A4%A' });
});
