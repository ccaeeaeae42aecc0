import type { Membership, Release } from '../../lib/api/types';

export type Passage = Release['passages'][number];

/** How many passages of a release wait for somebody's answer. */
export function askedOf({ state, passages }: Release, member: string | undefined): number {
  return state === 'proposed' ? passages.filter(({ author, agrees }) => author.id === member && agrees === null).length : 0;
}

/** How many authors have not answered; each counts once, whatever they wrote. */
export function awaitedAuthors({ passages }: Release): number {
  return new Set(passages.filter(({ agrees }) => agrees === null).map(({ author }) => author.id)).size;
}

/** Whose approval is still missing; null when none is. */
export function missingApproval({ approved, approvals }: Release): 'two' | 'another' | 'facilitation' | 'again' | null {
  if (approved) return null;
  if (approvals.length === 0) return 'two';
  if (!approvals.some(({ moderator }) => moderator)) return 'facilitation';
  return approvals.length === 1 ? 'another' : 'again';
}

/** What would be published now: what its author agrees to, as long as they take part. */
export function outgoing({ passages }: Release, members: Membership[]): Passage[] {
  return passages.filter(({ agrees, author }) => agrees && members.some(({ member }) => member.id === author.id));
}
