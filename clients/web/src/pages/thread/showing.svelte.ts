import { after, before } from './first-page';
import type { Line } from './flatten';

/** As many messages as stay on the page: those of most discussions, and never so many that scrolling suffers. */
const kept = 200;

type Way = 'up' | 'down';

/** Which lines of a conversation are on the page. Those that were, and are so far away that they left it, keep their room. */
export class Showing {
  #lines: () => Line[];
  #first = $state.raw<string | undefined>();
  #last = $state.raw<string | undefined>();
  #heights = new Map<string, number>();
  #places = $derived.by(() => new Map(this.#lines().map(({ post }, place) => [post.id, place])));
  #from = $derived.by(() => this.#places.get(this.#first ?? '') ?? 0);
  #to = $derived.by(() => Math.max(this.#from, this.#places.get(this.#last ?? '') ?? this.#from + after));
  lines = $derived.by(() => this.#lines().slice(this.#from, this.#to + 1));
  /** The room, in pixels, of what has left the page above and below. */
  above = $derived.by(() => this.#room(0, this.#from));
  below = $derived.by(() => this.#room(this.#to + 1, this.#lines().length));

  constructor(lines: () => Line[]) {
    this.#lines = lines;
  }

  get isFull(): boolean {
    return this.lines.length >= kept;
  }

  hasMore(way: Way): boolean {
    return way === 'up' ? this.#from > 0 : this.#to < this.#lines().length - 1;
  }

  /** Begins anew around a message. */
  around(number: number): void {
    const place = Math.max(0, this.#lines().findIndex(({ post }) => post.number === number));
    this.#show(place - before, place + after);
  }

  all(): void {
    this.#show(0, this.#lines().length - 1);
  }

  /** Puts some more on the page; as many leave it at the other end when there are enough. */
  extend(way: Way, count: number): void {
    const [from, to] = way === 'up' ? [this.#from - count, this.#to] : [this.#from, this.#to + count];
    const over = Math.max(0, to - Math.max(0, from) + 1 - kept);
    const leaving = this.#mayLeave(way === 'up' ? this.lines.slice(this.lines.length - over) : this.lines.slice(0, over));
    if (way === 'up') this.#show(from, to - leaving);
    else this.#show(from + leaving, to);
  }

  #show(from: number, to: number): void {
    const lines = this.#lines();
    this.#first = lines[Math.max(0, from)]?.post.id;
    this.#last = lines[Math.min(lines.length - 1, to)]?.post.id;
  }

  /** How many of these may leave: none while somebody writes in one of them. */
  #mayLeave(lines: Line[]): number {
    const elements = lines.map(({ post }) => document.getElementById(`message-${post.number}`));
    if (elements.some((element) => !element || element.contains(document.activeElement) || element.querySelector('textarea'))) return 0;
    lines.forEach(({ post }, place) => {
      const element = elements[place]!;
      const gap = Number.parseFloat(getComputedStyle(element.parentElement!).rowGap) || 0;
      this.#heights.set(post.id, element.offsetHeight + gap);
    });
    return lines.length;
  }

  #room(from: number, to: number): number {
    return this.#lines().slice(from, to).reduce((sum, { post }) => sum + (this.#heights.get(post.id) ?? 0), 0);
  }
}
