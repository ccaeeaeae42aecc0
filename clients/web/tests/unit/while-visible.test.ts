import { afterEach, expect, test, vi } from 'vitest';
import { whileVisible } from '../../src/lib/while-visible';

const shown = vi.spyOn(document, 'visibilityState', 'get');

afterEach(() => vi.useRealTimers());

test('acts every so often and at each return, only while the page can be seen, until stopped', () => {
  vi.useFakeTimers();
  const act = vi.fn();
  const stop = whileVisible(act, 1000);
  shown.mockReturnValue('visible');
  vi.advanceTimersByTime(2500);
  expect(act).toHaveBeenCalledTimes(2);
  shown.mockReturnValue('hidden');
  document.dispatchEvent(new Event('visibilitychange'));
  vi.advanceTimersByTime(2500);
  expect(act).toHaveBeenCalledTimes(2);
  shown.mockReturnValue('visible');
  document.dispatchEvent(new Event('visibilitychange'));
  expect(act).toHaveBeenCalledTimes(3);
  stop();
  vi.advanceTimersByTime(5000);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(act).toHaveBeenCalledTimes(3);
});
