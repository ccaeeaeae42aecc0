import type { Post } from '../../lib/api/types';

export interface Line {
  post: Post;
  /** How far it is set in: answers to answers of answers stay at the second level. */
  level: 0 | 1 | 2;
}

/** A conversation as one reads it: each post followed by its answers. A post whose parent is not loaded stands in its own place. */
export function flatten(posts: Post[]): Line[] {
  const known = new Set(posts.map(({ id }) => id));
  const roots: Post[] = [];
  const answers = new Map<string, Post[]>();
  for (const post of posts) {
    const parent = post.in_reply_to?.id;
    if (parent !== undefined && known.has(parent)) answers.set(parent, [...(answers.get(parent) ?? []), post]);
    else roots.push(post);
  }
  const lines: Line[] = [];
  const waiting = roots.reverse().map((post) => ({ post, depth: 0 }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { post, depth } = next;
    lines.push({ post, level: Math.min(depth, 2) as Line['level'] });
    for (const answer of (answers.get(post.id) ?? []).reverse()) waiting.push({ post: answer, depth: depth + 1 });
  }
  return lines;
}
