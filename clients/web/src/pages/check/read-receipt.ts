/** Longer than any receipt. */
const longest = 100_000;

/** What a file holds, if it may be a receipt at all: one JSON object. */
export async function readReceipt(file: File): Promise<Record<string, never> | null> {
  if (file.size > longest) return null;
  try {
    const held: unknown = JSON.parse(await file.text());
    return typeof held === 'object' && held !== null && !Array.isArray(held) ? (held as Record<string, never>) : null;
  } catch {
    return null;
  }
}
