import { getContext, setContext } from 'svelte';
import { answer, api, tagged } from '../api/client';
import { live } from '../api/live.svelte';
import { reading, type Reading } from '../api/reading.svelte';
import type { Circle, Group, LogEvent, Membership } from '../api/types';
import { Resource } from '../resource.svelte';

const context = Symbol('group');

/** One group while someone is looking at it: what it is, who is in it, and what happens in it. */
export class GroupSpace {
  group: Group = $state.raw() as Group;
  /** The circle that may read the page shown; null when the whole group may. */
  circle = $state.raw<Pick<Circle, 'id' | 'name' | 'readers'> | null>(null);
  /** As whom it was read, when not as oneself. */
  readonly readAs: Reading | null = reading.current;
  /** Where someone was going when the agreement stood before them. */
  wanted: string | null = null;
  /** An agreement was accepted a moment ago: its receipt is offered. */
  justAccepted = $state(false);
  etag: string;
  #members: Resource<Membership[]>;
  #circles: Resource<Circle[]>;
  #listeners = new Set<(event: LogEvent) => void>();

  private constructor(group: Group, etag: string) {
    this.group = group;
    this.etag = etag;
    this.#members = new Resource(
      (signal) =>
        answer(api.GET('/groups/{group}/members', { params: { path: { group: this.id } }, signal })).then(({ items }) => items),
      { when: 'asked' }
    );
    this.#circles = new Resource(
      (signal) =>
        answer(api.GET('/groups/{group}/circles', { params: { path: { group: this.id } }, signal })).then(({ items }) => items),
      { when: 'asked' }
    );
  }

  static async open(group: string, signal?: AbortSignal): Promise<GroupSpace> {
    const { data, etag } = await tagged(api.GET('/groups/{group}', { params: { path: { group } }, signal }));
    return new GroupSpace(data, etag);
  }

  get id(): string {
    return this.group.id;
  }

  get moderates(): boolean {
    return this.group.role === 'moderator' && !this.readAs;
  }

  get writes(): boolean {
    return this.group.role !== 'observer' && this.group.frozen !== true && !this.readAs;
  }

  /** Read once, on first use, and again when someone comes or goes. */
  get members(): Resource<Membership[]> {
    return this.#members.ask();
  }

  /** Those of the reader, and for moderators the others too. */
  get circles(): Resource<Circle[]> {
    return this.#circles.ask();
  }

  /** A member's part in the group as it is now; what a post says of its author is as old as its reading. */
  membership(member: string): Membership | undefined {
    return this.members.value?.find((one) => one.member.id === member);
  }

  take({ data, etag }: { data: Group; etag: string }): void {
    this.group = data;
    this.etag = etag;
  }

  async refresh(): Promise<void> {
    this.take(await tagged(api.GET('/groups/{group}', { params: { path: { group: this.id } } })));
  }

  /** Calls back for every event of the group until the returned function is called. */
  on(listener: (event: LogEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows the group's log from where this group was read. */
  follow(handlers: { revoked: () => void; doubt: () => void }): () => void {
    return live.follow({ group: this.id }, this.group.head ?? 0, {
      event: (event) => this.#hear(event),
      revoked: handlers.revoked,
      doubt: handlers.doubt
    });
  }

  /** Follows a circle's log as well, from a number, while what it holds is on screen. */
  followCircle({ id, head }: Pick<Circle, 'id' | 'head'>, revoked: () => void): () => void {
    return live.follow({ group: this.id, circle: id }, head ?? 0, {
      event: (event) => this.#hear(event),
      revoked,
      doubt: () => undefined
    });
  }

  #hear(event: LogEvent): void {
    const changesGroup = event.kind.startsWith('group.') || event.kind.startsWith('membership.') || event.kind.startsWith('nda.');
    if (changesGroup || event.kind.startsWith('release.')) void this.refresh().catch(() => undefined);
    if (changesGroup) void this.#members.renew();
    if (event.kind.startsWith('membership.') || event.kind.startsWith('circle.')) void this.#circles.renew();
    for (const listener of [...this.#listeners]) listener(event);
  }
}

export function provideSpace(space: () => GroupSpace): void {
  setContext(context, space);
}

export function useSpace(): GroupSpace {
  return getContext<() => GroupSpace>(context)();
}
