import { answer, api } from '../../lib/api/client';
import type { Release } from '../../lib/api/types';
import type { Passage } from './progress';

/** Sends its author's answer for one passage. */
export async function answerFor(group: string, release: Release, { number }: Passage, body: { agrees: boolean; named: boolean }): Promise<void> {
  const path = { group, release: release.id, number };
  await answer(api.PUT('/groups/{group}/releases/{release}/passages/{number}/consent', { params: { path }, body }));
}
