import type { LogEvent } from './types';

/**
 * Reads one group's log in order, whatever the transport does: drops what was already delivered, holds what
 * came too early, and says when something is missing. Numbers are gapless, so "missing" is certain.
 */
export class Feed {
  #last: number;
  #early = new Map<number, LogEvent>();

  constructor(after: number) {
    this.#last = after;
  }

  /** The number of the last event delivered. */
  get last(): number {
    return this.#last;
  }

  /** Whether an event between the last one delivered and one that is held has not come yet. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** Takes events in any order and returns those to deliver now, in order. */
  take(...events: LogEvent[]): LogEvent[] {
    for (const event of events) if (event.seq > this.#last) this.#early.set(event.seq, event);
    const ready: LogEvent[] = [];
    for (let next = this.#early.get(this.#last + 1); next; next = this.#early.get(this.#last + 1)) {
      this.#early.delete(next.seq);
      this.#last = next.seq;
      ready.push(next);
    }
    return ready;
  }
}
