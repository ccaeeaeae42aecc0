import { describe, expect, test } from 'vitest';
import { sayDate, sayMoment, type Clock } from '../../src/lib/i18n/dates';
import type { Language } from '../../src/lib/api/types';

const now = new Date('2026-06-10T15:00:00Z');
const clock = (language: Language = 'fr'): Clock => ({ language, timeZone: 'Europe/Paris', now });
const say = (moment: string, language?: Language) => sayMoment(new Date(moment), clock(language));
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('a moment', () => {
  test('that has just passed is now, even by a clock that runs ahead', () => {
    expect(say('2026-06-10T14:59:50Z').key).toBe('now');
    expect(say('2026-06-10T15:00:20Z').key).toBe('now');
  });

  test('of the last hour is told in minutes', () => {
    expect(plain(say('2026-06-10T14:55:00Z').day)).toBe('il y a 5 minutes');
    expect(say('2026-06-10T14:55:00Z', 'en').day).toBe('5 minutes ago');
  });

  test('of yesterday says so, at the reader’s hour', () => {
    const { day, time } = say('2026-06-09T15:00:00Z');
    expect([day, plain(time)]).toEqual(['hier', '17 h']);
  });

  test('late last night is yesterday in the reader’s time zone', () => {
    expect(say('2026-06-09T21:30:00Z').day).toBe('hier');
    expect(say('2026-06-09T22:30:00Z').day).toMatch(/^aujourd.hui$/);
  });

  test('of this week is told by its day', () => {
    const { day, time } = say('2026-06-07T07:05:00Z');
    expect([day, plain(time)]).toEqual(['dimanche', '9 h 05']);
  });

  test('further back has a date, with its year when it is another one', () => {
    expect(say('2026-03-03T10:00:00Z').day).toBe('3 mars');
    expect(say('2025-03-03T10:00:00Z').day).toBe('3 mars 2025');
    expect(say('2026-03-01T10:00:00Z').day).toBe('1er mars');
  });
});

test('a date without an hour is the same day everywhere', () => {
  expect(sayDate('2026-03-01', 'fr')).toBe('1er mars 2026');
  expect(sayDate('2026-03-01', 'en')).toBe('1 March 2026');
});
