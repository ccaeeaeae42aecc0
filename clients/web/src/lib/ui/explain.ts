import type { Problem } from '../api/problem';
import { t } from '../i18n/index.svelte';

/** What happened and what to do, in words; the server's own sentence where it knows more. */
export function explain(problem: Problem): string {
  if (problem.status === 0) return t('problem.unreachable');
  if (problem.status === 429) return t('problem.too_many', { count: Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60)) });
  if (problem.status === 412) return t('problem.stale');
  if (problem.status === 404) return t('problem.not_found');
  if (problem.status === 401) return problem.detail || t('problem.signed_out');
  if (problem.status >= 500) return t('problem.server');
  return problem.detail || problem.title || t('problem.server');
}
