/**
 * One thing that a person means to create once. A second click or a retry of the same content sends the
 * same key, so that the server answers with what it already created; other content is another thing.
 */
export class Attempt {
  #content = '';
  #key = '';

  headers(content: unknown): { 'Idempotency-Key': string } {
    const text = JSON.stringify(content);
    if (text !== this.#content || this.#key === '') {
      this.#content = text;
      this.#key = newKey();
    }
    return { 'Idempotency-Key': this.#key };
  }

  /** What was meant now exists: the same content again is meant anew. */
  done(): void {
    this.#key = '';
  }
}

/** A quoted string, as the Idempotency-Key draft writes it. */
export function newKey(): string {
  return `"${randomId()}"`;
}

/** `crypto.randomUUID` exists in secure contexts only, and a town may try Margelle over plain HTTP on its own network. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
