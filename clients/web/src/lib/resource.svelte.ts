import { asProblem, type Problem } from './api/problem';

/** Something a page reads from the server: absent, then there or a problem; a reload keeps what is shown. */
export class Resource<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  #read: (signal: AbortSignal) => Promise<T>;
  #reading: AbortController | null = null;
  #asked: boolean;

  constructor(read: (signal: AbortSignal) => Promise<T>, { when = 'now' }: { when?: 'now' | 'asked' } = {}) {
    this.#read = read;
    this.#asked = when === 'now';
    if (this.#asked) void this.reload();
  }

  /** Reads on first use. That may be while a page is being drawn, when nothing may change: the reading starts just after. */
  ask(): this {
    if (!this.#asked) queueMicrotask(() => void this.reload());
    this.#asked = true;
    return this;
  }

  /** Reads again what somebody uses. */
  async renew(): Promise<void> {
    if (this.#asked) await this.reload();
  }

  reload = async (): Promise<void> => {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.problem = null;
    try {
      const value = await this.#read(reading.signal);
      if (!reading.signal.aborted) this.value = value;
    } catch (fault) {
      if (!reading.signal.aborted) this.problem = asProblem(fault);
    }
  };

  stop = (): void => this.#reading?.abort();
}
