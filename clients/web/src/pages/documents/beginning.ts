import { Problem } from '../../lib/api/problem';

/** What a preview reads at most. */
export const previewBytes = 256 * 1024;

/** The first bytes of a file as text: UTF-8, or what old programs write (Windows-1252). Throws Problem. */
export async function readBeginning(address: string, size: number, signal: AbortSignal): Promise<{ text: string; whole: boolean }> {
  const response = await fetch(address, { signal, headers: { Range: `bytes=0-${previewBytes - 1}` } }).catch((): never => {
    throw Problem.unreachable();
  });
  if (!response.ok) throw Problem.from(response, await response.json().catch(() => null));
  const bytes = await response.arrayBuffer().catch((): never => {
    throw Problem.unreachable();
  });
  return { text: decode(bytes, size > bytes.byteLength), whole: bytes.byteLength >= size };
}

/** Cut off in the midst of a character, the beginning is still UTF-8. */
function decode(bytes: ArrayBuffer, cut: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
