import { afterEach, describe, expect, test, vi } from 'vitest';
import { previewBytes, readBeginning } from '../../src/pages/documents/beginning';

const idle = new AbortController().signal;

/** The server answers with these bytes. */
function given(bytes: Uint8Array<ArrayBuffer>) {
  const asked = vi.fn((_address: string, _request: { headers: Record<string, string> }) => Promise.resolve(new Response(bytes, { status: 206 })));
  vi.stubGlobal('fetch', asked);
  return asked;
}

describe('the beginning of a file', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('is asked for, and no more of it', async () => {
    const asked = given(new Uint8Array(10));
    expect((await readBeginning('/content', 1e9, idle)).whole).toBe(false);
    expect(asked.mock.calls[0]![1].headers.Range).toBe(`bytes=0-${previewBytes - 1}`);
  });

  test('is read as UTF-8, or as what old programs write', async () => {
    given(new TextEncoder().encode('Déchèterie;tonnes'));
    expect((await readBeginning('/content', 19, idle)).text).toBe('Déchèterie;tonnes');
    given(Uint8Array.from('D\xe9ch\xe8terie;10', (letter) => letter.charCodeAt(0)));
    expect(await readBeginning('/content', 13, idle)).toEqual({ text: 'Déchèterie;10', whole: true });
  });

  test('may end in the midst of a character', async () => {
    given(new TextEncoder().encode('abcé').slice(0, 4));
    expect((await readBeginning('/content', 5, idle)).text).toBe('abc');
  });
});
