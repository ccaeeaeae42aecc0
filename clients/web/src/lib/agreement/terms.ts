import type { MyAcceptance } from '../api/types';
import { sayDate } from '../i18n/dates';
import { i18n, t } from '../i18n/index.svelte';

/** How long secrecy outlives leaving, as people say it. */
export function saySecrecy(months: number | null): string {
  if (months === null) return t('secrecy.without_end');
  if (months === 0) return t('secrecy.none');
  return months % 12 === 0 ? t('secrecy.years', { count: months / 12 }) : t('secrecy.months', { count: months });
}

/** Until when somebody owes secrecy; before they leave, how long after it. */
export function saySecrecyEnd({ secrecy_months, secrecy_ends_on }: Pick<MyAcceptance, 'secrecy_months' | 'secrecy_ends_on'>): string {
  return secrecy_ends_on === null
    ? saySecrecy(secrecy_months)
    : t('secrecy.until', { day: sayDate(secrecy_ends_on, i18n.language) });
}
