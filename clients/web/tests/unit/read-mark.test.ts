import { describe, expect, test } from 'vitest';
import { ReadMark } from '../../src/pages/thread/read-mark';

describe('a read mark', () => {
  test('moves over what was seen without a gap', () => {
    const mark = new ReadMark(4);
    mark.see(5);
    mark.see(6);
    expect(mark.value).toBe(6);
  });

  test('waits at a post that was not on screen', () => {
    const mark = new ReadMark(4);
    mark.see(6);
    mark.see(7);
    expect(mark.value).toBe(4);
    mark.see(5);
    expect(mark.value).toBe(7);
  });

  test('never goes back', () => {
    const mark = new ReadMark(4);
    mark.see(2);
    expect(mark.value).toBe(4);
  });
});
