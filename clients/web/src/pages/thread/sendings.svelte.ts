import { answer, api } from '../../lib/api/client';
import { newKey } from '../../lib/api/idempotency';
import { asProblem, type Problem } from '../../lib/api/problem';
import type { Post } from '../../lib/api/types';
import { dropDraft, keepDraft, readDraft } from '../../lib/drafts';

/** A post on its way. It keeps its idempotency key until the server has it, so that no retry doubles it. */
export interface Sending {
  key: string;
  body: string;
  replyTo: Post['in_reply_to'];
  state: 'sending' | 'failed';
  problem: Problem | null;
}

type Stored = Pick<Sending, 'key' | 'body' | 'replyTo'>;

/** What a person has sent in one thread and the server has not confirmed yet; it survives a reload. */
export class Sendings {
  items = $state<Sending[]>([]);
  #member: string;
  #place: string;
  #path: { group: string; thread: string };

  constructor(member: string, path: { group: string; thread: string }) {
    this.#member = member;
    this.#place = `sending.${path.thread}`;
    this.#path = path;
    const interrupted = readDraft<Stored[]>(member, this.#place) ?? [];
    this.items = interrupted.map((stored) => ({ ...stored, state: 'failed', problem: null }));
  }

  get inFlight(): boolean {
    return this.items.some(({ state }) => state === 'sending');
  }

  async add(body: string, replyTo: Post['in_reply_to']): Promise<Post | null> {
    const key = newKey();
    this.items.push({ key, body, replyTo, state: 'sending', problem: null });
    this.#keep();
    return this.#send(key);
  }

  async retry(key: string): Promise<Post | null> {
    return this.#send(key);
  }

  drop(key: string): void {
    this.items = this.items.filter((sending) => sending.key !== key);
    this.#keep();
  }

  async #send(key: string): Promise<Post | null> {
    const sending = this.items.find((one) => one.key === key);
    if (!sending) return null;
    sending.state = 'sending';
    sending.problem = null;
    try {
      const post = await answer(
        api.POST('/groups/{group}/threads/{thread}/posts', {
          params: { path: this.#path, header: { 'Idempotency-Key': key } },
          body: { body: sending.body, reply_to: sending.replyTo?.id ?? null }
        })
      );
      this.drop(key);
      return post;
    } catch (fault) {
      sending.state = 'failed';
      sending.problem = asProblem(fault);
      return null;
    }
  }

  #keep(): void {
    const stored: Stored[] = this.items.map(({ key, body, replyTo }) => ({ key, body, replyTo }));
    if (stored.length === 0) dropDraft(this.#member, this.#place);
    else keepDraft(this.#member, this.#place, stored);
  }
}
