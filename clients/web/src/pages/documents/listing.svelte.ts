import { answer, api } from '../../lib/api/client';
import type { GroupDocument } from '../../lib/api/types';
import { Resource } from '../../lib/resource.svelte';
import { Submission } from '../../lib/submission.svelte';

export interface Wanted {
  q: string;
  type: string;
  tag: string;
  author: string;
}

export const nothingWanted: Wanted = { q: '', type: '', tag: '', author: '' };

const pause = 250;

/** The group's documents, page by page, as somebody looks for them. */
export class Listing {
  wanted = $state<Wanted>({ ...nothingWanted });
  readonly first: Resource<{ items: GroupDocument[]; next_cursor: string | null }>;
  readonly reading = new Submission();
  #more = $state.raw<GroupDocument[]>([]);
  #next = $state.raw<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #group: string;

  constructor(group: string) {
    this.#group = group;
    this.first = new Resource(async (signal) => {
      const page = await this.#read(undefined, signal);
      this.#more = [];
      this.#next = page.next_cursor;
      return page;
    });
  }

  get items(): GroupDocument[] {
    return [...(this.first.value?.items ?? []), ...this.#more];
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  get isNarrowed(): boolean {
    return Object.values(this.wanted).some((value) => value.trim() !== '');
  }

  /** After the last key, not after each. */
  look = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.first.reload(), pause);
  };

  readMore = (): Promise<boolean> =>
    this.reading.run(async () => {
      const page = await this.#read(this.#next ?? undefined);
      this.#more = [...this.#more, ...page.items];
      this.#next = page.next_cursor;
    });

  #read(cursor: string | undefined, signal?: AbortSignal) {
    const { q, type, tag, author } = this.wanted;
    const query = { q: q.trim() || undefined, type: type || undefined, tag: tag || undefined, author: author || undefined, limit: 50, cursor };
    return answer(api.GET('/groups/{group}/documents', { params: { path: { group: this.#group }, query }, signal }));
  }
}
