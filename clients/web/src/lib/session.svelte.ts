import { answer, api, onUnauthenticated, tagged } from './api/client';
import { asProblem, type Problem } from './api/problem';
import type { Me } from './api/types';
import { i18n } from './i18n/index.svelte';

let me = $state<Me | null>(null);
let etag = '';
let problem = $state<Problem | null>(null);
let lost = $state(false);

onUnauthenticated(() => {
  if (!me) return;
  me = null;
  lost = true;
});

/** Who is signed in, if anyone. The session itself is a cookie that no script can read. */
export const session = {
  get me(): Me | null {
    return me;
  },
  /** Signed in a moment ago, and no longer: the place is kept. */
  get lost(): boolean {
    return lost;
  },
  /** Why nobody could be asked. */
  get problem(): Problem | null {
    return problem;
  },

  async load(): Promise<void> {
    problem = null;
    try {
      await this.reload();
    } catch (fault) {
      const met = asProblem(fault);
      if (met.status !== 401) problem = met;
    }
  },

  async reload(): Promise<void> {
    const fresh = await tagged(api.GET('/me'));
    etag = fresh.etag;
    await this.welcome(fresh.data);
  },

  async welcome(known: Me): Promise<void> {
    await i18n.spoken;
    i18n.remember(known.language);
    if (known.language !== i18n.language) await i18n.speak(known.language);
    me = known;
    lost = false;
  },

  async change(body: Partial<Pick<Me, 'name' | 'language' | 'time_zone' | 'notice'>>): Promise<void> {
    if (etag === '') await this.reload();
    const read = etag;
    etag = '';
    const fresh = await tagged(api.PATCH('/me', { params: { header: { 'If-Match': read } }, body }));
    etag = fresh.etag;
    await this.welcome(fresh.data);
  },

  async signOut(): Promise<void> {
    await answer(api.DELETE('/session'));
    this.forget();
  },

  forget(): void {
    me = null;
    etag = '';
    lost = false;
  }
};
