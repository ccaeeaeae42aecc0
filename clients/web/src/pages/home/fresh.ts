import { answer, api } from '../../lib/api/client';
import type { GroupCard, Person, Post, Thread } from '../../lib/api/types';

export interface Fresh {
  /** Discussions with something unread: pinned ones first, those never opened, then the most recent. */
  threads: Thread[];
  /** The first unread answer to the reader, and the first unread message that names them. */
  reply: Post | null;
  mention: Post | null;
}

/** What is unread in a group, and where it speaks to the reader. */
export async function readFresh({ id, news }: GroupCard, me: Person, signal: AbortSignal): Promise<Fresh> {
  const { items } = await answer(
    api.GET('/groups/{group}/threads', { params: { path: { group: id }, query: { limit: 100 } }, signal })
  );
  const threads = items.filter(({ unread_count }) => unread_count > 0).sort(byUse);
  const fresh: Fresh = { threads, reply: null, mention: null };
  for (const { id: thread, read_count } of threads) {
    const found = (!news?.replies || fresh.reply) && (!news?.mentions || fresh.mention);
    if (found) break;
    const params = { path: { group: id, thread }, query: { from: read_count + 1, limit: 100 } };
    const posts = (await answer(api.GET('/groups/{group}/threads/{thread}/posts', { params, signal }))).items;
    fresh.reply ??= posts.find((post) => answers(post, me)) ?? null;
    fresh.mention ??= posts.find((post) => names(post, me)) ?? null;
  }
  return fresh;
}

function byUse(a: Thread, b: Thread): number {
  return (
    Number(b.pinned) - Number(a.pinned) ||
    Number(a.read_count > 0) - Number(b.read_count > 0) ||
    b.last_post_at.localeCompare(a.last_post_at)
  );
}

function answers({ author, in_reply_to, deleted }: Post, me: Person): boolean {
  return !deleted && author.id !== me.id && in_reply_to?.author_name === me.name;
}

function names({ author, body_html }: Post, me: Person): boolean {
  return author.id !== me.id && body_html.includes(`data-member="${me.id}"`);
}
