/** Reading one group as somebody else would: on one's own rights and theirs, whichever are less. */
export interface Reading {
  group: string;
  /** `member:…`, `category:…` or `public`, as the server names them. */
  as: string;
  /** As the banner says it. */
  name: string;
}

let current = $state.raw<Reading | null>(null);

export const reading = {
  get current(): Reading | null {
    return current;
  },

  start(wanted: Reading): void {
    current = wanted;
  },

  end(): void {
    current = null;
  },

  /** As whom a request asks, if it is one that reads the group. */
  header({ method, url }: Request): string | null {
    if (!current || method !== 'GET') return null;
    return new URL(url).pathname.startsWith(`/api/v1/groups/${current.group}`) ? current.as : null;
  }
};
