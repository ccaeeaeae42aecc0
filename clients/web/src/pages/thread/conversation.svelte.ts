import { answer, api, tagged } from '../../lib/api/client';
import type { Circle, LogEvent, Post, Thread } from '../../lib/api/types';
import { after, before } from './first-page';
import { flatten } from './flatten';
import { ReadMark } from './read-mark';
import { Sendings } from './sendings.svelte';

/** Threads up to this length are read whole, in the end; longer ones as far as their reader goes. */
const readWhole = 200;
const pageSize = 50;

/** One discussion as its reader sees it: its posts, what is new, what is on its way. */
export class Conversation {
  thread: Thread = $state.raw() as Thread;
  /** The circle that alone reads it, as it was just before its posts were read. */
  circle = $state.raw<Circle | null>(null);
  posts = $state.raw<Post[]>([]);
  earlier = $state.raw<string | null>(null);
  later = $state.raw<string | null>(null);
  /** Others' posts that came while the page was open and have not been on screen yet. */
  arrived = $state.raw<Post[]>([]);
  sendings: Sendings;
  lines = $derived(flatten(this.posts));
  /** The last number seen before this visit. */
  readonly readBefore: number;
  #etag: string;
  #me: string;
  #mark: ReadMark;
  #marked: number;
  #heldBack: Post[] = [];
  #path: { group: string; thread: string };

  private constructor(path: { group: string; thread: string }, me: string, thread: Thread, etag: string) {
    this.#path = path;
    this.#me = me;
    this.thread = thread;
    this.#etag = etag;
    this.readBefore = thread.read_count;
    this.#mark = new ReadMark(thread.read_count);
    this.#marked = thread.read_count;
    this.sendings = new Sendings(me, path);
  }

  static async open(path: { group: string; thread: string }, me: string, signal: AbortSignal): Promise<Conversation> {
    const thread = await tagged(api.GET('/groups/{group}/threads/{thread}', { params: { path }, signal }));
    const conversation = new Conversation(path, me, thread.data, thread.etag);
    await conversation.readCircle(signal);
    await conversation.#readAround(conversation.#start, signal);
    // One's own messages, and those that were deleted, are not new.
    const begun = thread.data.read_count > 0 && thread.data.unread_count > 0;
    while (begun && conversation.firstNew === null && conversation.later !== null) await conversation.readLater();
    return conversation;
  }

  isNew(post: Post): boolean {
    return post.number > this.readBefore && post.author.id !== this.#me && !post.deleted;
  }

  get firstNew(): Post | null {
    return this.readBefore === 0 ? null : (this.lines.find(({ post }) => this.isNew(post))?.post ?? null);
  }

  /** Whether all of it is to be read, wherever its reader is. */
  get readsOn(): boolean {
    return this.thread.post_count <= readWhole && (this.later !== null || this.earlier !== null);
  }

  async readEarlier(): Promise<void> {
    const cursor = this.earlier;
    if (cursor === null) return;
    const known = this.posts[0]?.number ?? 1;
    let page = await this.#page({ cursor });
    const posts = [...page.items];
    const earlier = page.prev_cursor;
    // A page of long messages ends before its limit.
    while (page.next_cursor !== null && (posts.at(-1)?.number ?? known) < known - 1) {
      page = await this.#page({ cursor: page.next_cursor });
      posts.push(...page.items);
    }
    if (this.earlier !== cursor) return;
    this.#merge(posts);
    this.earlier = earlier;
  }

  async readLater(): Promise<void> {
    const cursor = this.later;
    if (cursor === null) return;
    const page = await this.#page({ cursor });
    if (this.later !== cursor) return;
    this.#merge(page.items);
    this.later = page.next_cursor;
  }

  /** Makes sure that a post is among those read: what was read elsewhere in a long thread is then left. */
  async reach(number: number): Promise<void> {
    if (this.posts.some((post) => post.number === number)) return;
    await this.#readAround(number);
  }

  /** Follows the group's log. Text is always read again under the reader's own rights. */
  async hear({ kind, data }: LogEvent): Promise<void> {
    if (kind.startsWith('circle.')) await this.readCircle();
    if (data.thread_id !== this.#path.thread) return;
    if (kind === 'post.created') await this.#arrive(data.post);
    else if (kind === 'thread.changed') await this.refresh();
    else if (data.post_id !== undefined) await this.reread(data.post_id);
  }

  async refresh(): Promise<void> {
    const { data, etag } = await tagged(api.GET('/groups/{group}/threads/{thread}', { params: { path: this.#path } }));
    this.thread = data;
    this.#etag = etag;
  }

  async readCircle(signal?: AbortSignal): Promise<void> {
    if (!this.thread.circle) return;
    const path = { group: this.#path.group, circle: this.thread.circle.id };
    this.circle = await answer(api.GET('/groups/{group}/circles/{circle}', { params: { path }, signal }));
  }

  async reread(post: string): Promise<void> {
    if (!this.posts.some(({ id }) => id === post)) return;
    this.#merge([await answer(api.GET('/groups/{group}/posts/{post}', { params: { path: { group: this.#path.group, post } } }))]);
  }

  async send(body: string, replyTo: Post['in_reply_to']): Promise<Post | null> {
    return this.#settle(await this.sendings.add(body, replyTo));
  }

  async retry(key: string): Promise<Post | null> {
    return this.#settle(await this.sendings.retry(key));
  }

  async change(body: { title?: string; pinned?: boolean; closed?: boolean }): Promise<void> {
    const header = { 'If-Match': this.#etag };
    const { data, etag } = await tagged(
      api.PATCH('/groups/{group}/threads/{thread}', { params: { path: this.#path, header }, body })
    );
    this.thread = data;
    this.#etag = etag;
  }

  put(post: Post): void {
    this.#merge([post]);
  }

  /** A post has been on screen. */
  see(post: Post): void {
    this.#mark.see(post.number);
    if (this.arrived.some(({ id }) => id === post.id)) this.arrived = this.arrived.filter(({ id }) => id !== post.id);
  }

  /** Tells the server how far the reader has read, when that has moved. */
  async markRead(): Promise<void> {
    const number = this.#mark.value;
    if (number <= this.#marked) return;
    const marked = this.#marked;
    this.#marked = number;
    try {
      await answer(
        api.PUT('/groups/{group}/threads/{thread}/read-mark', { params: { path: this.#path }, body: { number }, keepalive: true })
      );
    } catch {
      this.#marked = marked;
    }
  }

  async #arrive(post: Post | undefined): Promise<void> {
    if (this.later !== null) {
      // It has its place after what is not read yet.
      if (post && post.author.id !== this.#me && !this.arrived.some(({ id }) => id === post.id)) this.arrived = [...this.arrived, post];
      return;
    }
    const last = this.posts.at(-1)?.number ?? 0;
    const fresh = post?.number === last + 1 ? [post] : await this.#after(last);
    // One's own post may come by the log before the answer to its sending does: shown once, when that is settled.
    if (this.sendings.inFlight && fresh.some(({ author }) => author.id === this.#me)) this.#heldBack.push(...fresh);
    else this.#welcome(fresh);
  }

  #settle(sent: Post | null): Post | null {
    if (sent) this.#mark.see(sent.number);
    if (sent && this.later === null) this.#merge([sent]);
    if (this.sendings.inFlight) return sent;
    this.#welcome(this.#heldBack);
    this.#heldBack = [];
    return sent;
  }

  #welcome(fresh: Post[]): void {
    const others = fresh.filter((post) => post.author.id !== this.#me && !this.posts.some(({ id }) => id === post.id));
    this.#merge(fresh);
    this.arrived = [...this.arrived, ...others];
  }

  async #after(number: number): Promise<Post[]> {
    const posts: Post[] = [];
    let page = await this.#page({ from: number + 1 });
    posts.push(...page.items);
    while (page.next_cursor !== null) {
      page = await this.#page({ cursor: page.next_cursor });
      posts.push(...page.items);
    }
    return posts;
  }

  /** Where reading begins: at the first unread post; at the start of what is short, or at the end of what is long, when all is read. */
  get #start(): number {
    const { unread_count, read_count, post_count } = this.thread;
    if (unread_count > 0) return read_count + 1;
    return post_count <= readWhole ? 1 : post_count - after;
  }

  async #readAround(number: number, signal?: AbortSignal): Promise<void> {
    const from = Math.max(1, number - before);
    const page = await this.#page({ from, limit: before + after }, signal);
    this.posts = [];
    this.#merge(page.items);
    this.earlier = page.prev_cursor;
    this.later = page.next_cursor;
  }

  #page(query: { from?: number; cursor?: string; limit?: number }, signal?: AbortSignal) {
    return answer(
      api.GET('/groups/{group}/threads/{thread}/posts', { params: { path: this.#path, query: { limit: pageSize, ...query } }, signal })
    );
  }

  #merge(posts: Post[]): void {
    const all = new Map(this.posts.map((post) => [post.id, post]));
    for (const post of posts) all.set(post.id, post);
    this.posts = [...all.values()].sort((a, b) => a.number - b.number);
  }
}
