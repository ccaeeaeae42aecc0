import { answer, api } from './client';
import { Stream, type Log, type StreamStatus, type Subscriber } from './stream';
import type { LogEvent } from './types';

let status = $state<StreamStatus>('connecting');

const stream = new Stream(
  {
    open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/stream`),
    events: async ({ group, circle }, after, wait, signal) => {
      const page = await answer(
        api.GET('/groups/{group}/events', { params: { path: { group }, query: { circle, after, wait } }, signal })
      );
      return { head: page.head, items: page.items as LogEvent[] };
    }
  },
  (now) => (status = now)
);

window.addEventListener('online', () => stream.wake());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') stream.wake();
});

/** The one live connection of this page. */
export const live = {
  get status(): StreamStatus {
    return status;
  },
  follow(log: Log, after: number, subscriber: Subscriber): () => void {
    return stream.subscribe(log, after, subscriber);
  }
};
