import { backoff } from './backoff';
import { Feed } from './feed';
import { asProblem, type Problem } from './problem';
import type { LogEvent } from './types';

export type StreamStatus = 'connecting' | 'live' | 'polling' | 'offline';

/** The numbered changes of a group, or those of one of its circles. */
export interface Log {
  group: string;
  circle?: string;
}

export interface Subscriber {
  event(event: LogEvent): void;
  /** The caller may no longer read this log. */
  revoked(): void;
  /** The server refused something, or ended the session: check what still holds. */
  doubt(): void;
}

export interface Transport {
  open(): WebSocket;
  /** Events after a number; waits up to `wait` seconds for the first. */
  events(log: Log, after: number, wait: number, signal: AbortSignal): Promise<{ items: LogEvent[]; head: number }>;
}

interface Subscription {
  log: Log;
  feed: Feed;
  subscriber: Subscriber;
  ended: AbortController;
  catchingUp: boolean;
}

type Message =
  | ({ type: 'subscribed'; head: number } & Log)
  | ({ type: 'event' } & Log & LogEvent)
  | ({ type: 'behind'; head: number } & Log)
  | ({ type: 'revoked' } & Log)
  | ({ type: 'error'; problem: unknown } & Partial<Log>);

/** Upgrades that fail in a row before events are asked for by long poll instead. */
const upgradesBeforePolling = 2;
const retryUpgradeAfter = 60_000;
const pollSeconds = 25;
/** How the server closes a socket whose session ended. */
const policyViolation = 1008;

/**
 * Follows the logs of the groups and circles that are on screen: by WebSocket, or by long poll where a proxy blocks the
 * upgrade. A subscriber sees each event once and in order, across lost connections.
 */
export class Stream {
  #transport: Transport;
  #report: (status: StreamStatus) => void;
  #subscriptions = new Set<Subscription>();
  #socket: WebSocket | null = null;
  #failures = 0;
  #blockedUpgrades = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pollers: AbortController | null = null;

  constructor(transport: Transport, report: (status: StreamStatus) => void = () => {}) {
    this.#transport = transport;
    this.#report = report;
  }

  /** Delivers what comes after a number until the returned function is called. */
  subscribe(log: Log, after: number, subscriber: Subscriber): () => void {
    const subscription: Subscription = {
      log,
      feed: new Feed(after),
      subscriber,
      ended: new AbortController(),
      catchingUp: false
    };
    this.#subscriptions.add(subscription);
    if (this.#pollers) void this.#poll(subscription, this.#pollers.signal);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#ask(subscription);
    else if (!this.#socket && this.#timer === undefined) this.#connect();
    return () => this.#end(subscription);
  }

  /** Tries again now: the network is back, or the page is looked at again. */
  wake(): void {
    if (this.#subscriptions.size === 0) return;
    if (this.#socket?.readyState === WebSocket.OPEN) {
      for (const subscription of this.#subscriptions) void this.#verify(subscription, this.#socket);
    } else if (!this.#socket) {
      this.#connect();
    }
  }

  #end(subscription: Subscription): void {
    subscription.ended.abort();
    if (!this.#subscriptions.delete(subscription)) return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#say({ type: 'unsubscribe', ...subscription.log });
    if (this.#subscriptions.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopPolling();
    this.#socket?.close(1000);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#pollers) this.#report('connecting');
    const socket = this.#transport.open();
    let opened = false;
    this.#socket = socket;
    socket.onopen = () => {
      opened = true;
      this.#failures = 0;
      this.#blockedUpgrades = 0;
      this.#stopPolling();
      this.#report('live');
      for (const subscription of this.#subscriptions) this.#ask(subscription);
    };
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)) as Message);
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (this.#subscriptions.size === 0) return;
      if (!opened) this.#blockedUpgrades += 1;
      if (code === policyViolation) for (const { subscriber } of this.#subscriptions) subscriber.doubt();
      this.#connectLater();
    };
  }

  #connectLater(): void {
    const blocked = this.#blockedUpgrades >= upgradesBeforePolling;
    if (blocked) this.#startPolling();
    else this.#report('connecting');
    const pause = blocked ? retryUpgradeAfter : backoff(this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), pause);
  }

  #say(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #ask(subscription: Subscription): void {
    this.#say({ type: 'subscribe', ...subscription.log, after: subscription.feed.last });
  }

  #hear(message: Message): void {
    for (const subscription of this.#subscriptions) {
      const { group, circle } = subscription.log;
      if (message.group !== undefined && (message.group !== group || message.circle !== circle)) continue;
      if (message.type === 'error') subscription.subscriber.doubt();
      if (message.type === 'revoked') this.#revoke(subscription);
      if (message.type === 'behind') void this.#catchUp(subscription);
      if (message.type === 'event') this.#deliver(subscription, [message]);
    }
  }

  #deliver(subscription: Subscription, events: LogEvent[]): void {
    for (const event of subscription.feed.take(...events)) {
      if (subscription.ended.signal.aborted) return;
      subscription.subscriber.event(event);
    }
    if (subscription.feed.hasGap) void this.#catchUp(subscription);
  }

  /** Fetches what the socket did not bring, then lets it bring the rest. */
  async #catchUp(subscription: Subscription): Promise<void> {
    if (subscription.catchingUp) return;
    subscription.catchingUp = true;
    try {
      while (!(await this.#fetch(subscription, 0, subscription.ended.signal)));
      if (this.#socket?.readyState === WebSocket.OPEN) this.#ask(subscription);
    } catch (fault) {
      this.#failed(subscription, asProblem(fault));
      this.#socket?.close();
    } finally {
      subscription.catchingUp = false;
    }
  }

  /** Fetches one page of the log; true once the head is reached. */
  async #fetch(subscription: Subscription, wait: number, signal: AbortSignal): Promise<boolean> {
    const { items, head } = await this.#transport.events(subscription.log, subscription.feed.last, wait, signal);
    if (signal.aborted) return true;
    for (const event of subscription.feed.take(...items)) subscription.subscriber.event(event);
    return items.length === 0 || subscription.feed.last >= head;
  }

  /** A socket may look open long after the network went away: when the log is ahead of it, it is dead. */
  async #verify(subscription: Subscription, socket: WebSocket): Promise<void> {
    const before = subscription.feed.last;
    try {
      await this.#fetch(subscription, 0, subscription.ended.signal);
      if (subscription.feed.last > before && this.#socket === socket) socket.close();
    } catch (fault) {
      this.#failed(subscription, asProblem(fault));
    }
  }

  #failed(subscription: Subscription, problem: Problem): void {
    if (subscription.ended.signal.aborted) return;
    if (problem.status === 403 || problem.status === 404) this.#revoke(subscription);
  }

  #revoke(subscription: Subscription): void {
    this.#end(subscription);
    subscription.subscriber.revoked();
  }

  #startPolling(): void {
    if (this.#pollers) return;
    this.#pollers = new AbortController();
    for (const subscription of this.#subscriptions) void this.#poll(subscription, this.#pollers.signal);
  }

  #stopPolling(): void {
    this.#pollers?.abort();
    this.#pollers = null;
  }

  async #poll(subscription: Subscription, stopped: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stopped, subscription.ended.signal]);
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#fetch(subscription, failures > 0 ? 0 : pollSeconds, signal);
        failures = 0;
        if (!signal.aborted) this.#report('polling');
      } catch (fault) {
        if (signal.aborted) return;
        const problem = asProblem(fault);
        this.#failed(subscription, problem);
        if (problem.status === 401 || signal.aborted) return;
        failures += 1;
        this.#report('offline');
        const pause = Math.max(backoff(failures), (problem.retryAfter ?? 0) * 1000);
        await new Promise((resume) => setTimeout(resume, pause));
      }
    }
  }
}
