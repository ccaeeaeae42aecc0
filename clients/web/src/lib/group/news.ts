import type { GroupCard } from '../api/types';

type News = NonNullable<GroupCard['news']>;

/** Whether a group holds anything that its reader has not read. */
export function hasNews(card: GroupCard): boolean {
  return (card.news?.posts ?? 0) > 0;
}

/** Most useful first: what answers the reader, what names them, then how much there is. */
export function byUse(a: GroupCard, b: GroupCard): number {
  const rank = ({ news }: GroupCard): News => news ?? { threads: 0, posts: 0, replies: 0, mentions: 0 };
  const [first, second] = [rank(a), rank(b)];
  return second.replies - first.replies || second.mentions - first.mentions || second.posts - first.posts;
}
