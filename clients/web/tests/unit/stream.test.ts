import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../src/lib/api/problem';
import { Stream, type StreamStatus } from '../../src/lib/api/stream';
import type { LogEvent } from '../../src/lib/api/types';

const event = (seq: number): LogEvent => ({ seq, kind: 'post.created', at: '', actor: null, data: {} });

class FakeSocket {
  static OPEN = 1;
  readyState = 0;
  sent: { type: string; after?: number }[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  hear(message: object) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  close(code = 1006) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose({ code });
  }
}

let sockets: FakeSocket[];
let log: LogEvent[];
let failing: Problem | null;
let asked: { after: number; wait: number }[];
let status: StreamStatus[];

function makeStream() {
  return new Stream(
    {
      open() {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      async events(_, after, wait, signal) {
        asked.push({ after, wait });
        if (failing) throw failing;
        const items = log.filter(({ seq }) => seq > after);
        if (wait > 0 && items.length === 0) await new Promise((_, stop) => signal.addEventListener('abort', () => stop(new Error('aborted'))));
        return { items, head: log.at(-1)?.seq ?? 0 };
      }
    },
    (now) => status.push(now)
  );
}

function follow(stream: Stream, after = 0, circle?: string) {
  const seen: number[] = [];
  const subscriber = { event: ({ seq }: LogEvent) => void seen.push(seq), revoked: vi.fn(), doubt: vi.fn() };
  const end = stream.subscribe({ group: 'g', circle }, after, subscriber);
  return { seen, subscriber, end };
}

const refuseUpgrade = async (times: number) => {
  for (let time = 0; time < times; time++) {
    sockets.at(-1)!.close();
    await vi.advanceTimersByTimeAsync(2000);
  }
};

describe('the stream', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    sockets = [];
    log = [];
    failing = null;
    asked = [];
    status = [];
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('asks for what comes after the number last seen, and delivers it', () => {
    const { seen } = follow(makeStream(), 41);
    sockets[0]!.open();
    expect(sockets[0]!.sent).toEqual([{ type: 'subscribe', group: 'g', after: 41 }]);
    sockets[0]!.hear({ type: 'event', group: 'g', ...event(42) });
    expect(seen).toEqual([42]);
    expect(status.at(-1)).toBe('live');
  });

  test('comes back after a lost connection without gap or double', async () => {
    const { seen } = follow(makeStream());
    sockets[0]!.open();
    sockets[0]!.hear({ type: 'event', group: 'g', ...event(1) });
    sockets[0]!.close();
    await vi.advanceTimersByTimeAsync(2000);
    sockets[1]!.open();
    expect(sockets[1]!.sent[0]).toMatchObject({ type: 'subscribe', after: 1 });
    for (const seq of [1, 2, 3]) sockets[1]!.hear({ type: 'event', group: 'g', ...event(seq) });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('fills a gap from the log', async () => {
    const { seen } = follow(makeStream());
    log = [event(1), event(2), event(3)];
    sockets[0]!.open();
    sockets[0]!.hear({ type: 'event', group: 'g', ...event(3) });
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('catches up when told that it is behind, then subscribes again', async () => {
    const { seen } = follow(makeStream());
    log = [event(1), event(2)];
    sockets[0]!.open();
    sockets[0]!.hear({ type: 'behind', group: 'g', head: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual([1, 2]);
    expect(sockets[0]!.sent.at(-1)).toMatchObject({ type: 'subscribe', after: 2 });
  });

  test('falls back to long poll where the upgrade is blocked, and leaves it when a socket opens', async () => {
    const { seen } = follow(makeStream());
    await refuseUpgrade(2);
    expect(asked.at(-1)).toEqual({ after: 0, wait: 25 });
    log = [event(1)];
    await vi.advanceTimersByTimeAsync(60_000);
    sockets.at(-1)!.open();
    for (const one of log) sockets.at(-1)!.hear({ type: 'event', group: 'g', ...one });
    expect(seen).toEqual([1]);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked.length).toBe(before);
  });

  test('delivers by long poll', async () => {
    log = [event(1), event(2)];
    const { seen } = follow(makeStream());
    await refuseUpgrade(2);
    expect(seen).toEqual([1, 2]);
    expect(status.at(-1)).toBe('polling');
  });

  test('says so when neither way works, and recovers', async () => {
    const { seen } = follow(makeStream());
    failing = Problem.unreachable();
    await refuseUpgrade(2);
    expect(status.at(-1)).toBe('offline');
    failing = null;
    log = [event(1)];
    await vi.advanceTimersByTimeAsync(40_000);
    expect(seen).toEqual([1]);
  });

  test('ends a subscription that is revoked, and delivers nothing after', () => {
    const { seen, subscriber } = follow(makeStream());
    sockets[0]!.open();
    sockets[0]!.hear({ type: 'revoked', group: 'g' });
    sockets[0]!.hear({ type: 'event', group: 'g', ...event(1) });
    expect(subscriber.revoked).toHaveBeenCalledOnce();
    expect(seen).toEqual([]);
  });

  test('takes a refused long poll for a withdrawn access', async () => {
    const { subscriber } = follow(makeStream());
    failing = new Problem('not-found', 404, '', '');
    await refuseUpgrade(2);
    expect(subscriber.revoked).toHaveBeenCalledOnce();
  });

  test('raises a doubt when the server ends the session', () => {
    const { subscriber } = follow(makeStream());
    sockets[0]!.open();
    sockets[0]!.close(1008);
    expect(subscriber.doubt).toHaveBeenCalledOnce();
  });

  test('keeps a group’s log and a circle’s apart, each with numbers of its own', () => {
    const stream = makeStream();
    const whole = follow(stream, 41);
    const part = follow(stream, 3, 'c');
    sockets[0]!.open();
    expect(sockets[0]!.sent.at(-1)).toEqual({ type: 'subscribe', group: 'g', circle: 'c', after: 3 });
    sockets[0]!.hear({ type: 'event', group: 'g', circle: 'c', ...event(4) });
    sockets[0]!.hear({ type: 'event', group: 'g', ...event(42) });
    expect([whole.seen, part.seen]).toEqual([[42], [4]]);
    sockets[0]!.hear({ type: 'revoked', group: 'g', circle: 'c' });
    expect(part.subscriber.revoked).toHaveBeenCalledOnce();
    expect(whole.subscriber.revoked).not.toHaveBeenCalled();
  });

  test('doubts only the group that a refusal names', () => {
    const stream = makeStream();
    const { subscriber } = follow(stream);
    const other = { event: vi.fn(), revoked: vi.fn(), doubt: vi.fn() };
    stream.subscribe({ group: 'h' }, 0, other);
    sockets[0]!.open();
    sockets[0]!.hear({ type: 'error', group: 'h', problem: {} });
    expect(subscriber.doubt).not.toHaveBeenCalled();
    expect(other.doubt).toHaveBeenCalledOnce();
    sockets[0]!.hear({ type: 'error', problem: {} });
    expect(subscriber.doubt).toHaveBeenCalledOnce();
  });

  test('replaces a socket that looks open but missed events', async () => {
    const stream = makeStream();
    const { seen } = follow(stream);
    sockets[0]!.open();
    log = [event(1)];
    stream.wake();
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen).toEqual([1]);
    expect(sockets.length).toBe(2);
  });

  test('closes the socket when nobody follows anything', () => {
    const { end } = follow(makeStream());
    sockets[0]!.open();
    end();
    expect(sockets[0]!.readyState).toBe(3);
  });
});
