import type { Clock } from './i18n/dates';
import { i18n } from './i18n/index.svelte';
import { session } from './session.svelte';

let now = $state.raw(new Date());

setInterval(() => (now = new Date()), 30_000);

/** The present, in the reader's language and time zone. */
export function clock(): Clock {
  return { language: i18n.language, timeZone: session.me?.time_zone, now };
}
