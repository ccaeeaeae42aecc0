/** What a person has typed and not sent, kept in this browser only, apart for each member who uses it. */
export interface Draft {
  text: string;
  /** Names that the text cites, with the member each stands for. */
  mentions: Record<string, string>;
}

const prefix = 'margelle.draft.';

function address(member: string, place: string): string {
  return `${prefix}${member}.${place}`;
}

export function readDraft<T = Draft>(member: string, place: string): T | null {
  const stored = localStorage.getItem(address(member, place));
  if (stored === null) return null;
  try {
    return JSON.parse(stored) as T;
  } catch {
    return null;
  }
}

/** Returns whether it could be kept: storage may be full or refused. */
export function keepDraft<T = Draft>(member: string, place: string, draft: T): boolean {
  try {
    localStorage.setItem(address(member, place), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(member: string, place: string): void {
  localStorage.removeItem(address(member, place));
}

function draftsOf(member: string): string[] {
  const start = address(member, '');
  return Object.keys(localStorage).filter((key) => key.startsWith(start));
}

export function countDrafts(member: string): number {
  return draftsOf(member).length;
}

export function dropDrafts(member: string): void {
  for (const key of draftsOf(member)) localStorage.removeItem(key);
}
