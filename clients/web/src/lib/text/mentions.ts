import type { Draft } from '../drafts';

const written = /\[@((?:[^\]\\]|\\.)+)\]\(mention:([0-9a-f-]{36})\)/g;

/** The Markdown that is sent: each name that was chosen becomes a link to its member. */
export function toMarkdown({ text, mentions }: Draft): string {
  const names = Object.keys(mentions).sort((a, b) => b.length - a.length);
  if (names.length === 0) return text;
  const anyName = new RegExp(`@(${names.map(escapePattern).join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  return text.replace(anyName, (_, name: string) => `[@${escapeMarkdown(name)}](mention:${mentions[name]})`);
}

/** The text as one reads and edits it: `@Name`, and beside it whom each name stands for. */
export function fromMarkdown(body: string): Draft {
  const mentions: Record<string, string> = {};
  const text = body.replace(written, (_, escaped: string, member: string) => {
    const name = freeName(escaped.replace(/\\(.)/g, '$1'), member, mentions);
    mentions[name] = member;
    return `@${name}`;
  });
  return { text, mentions };
}

/** A name that stands for this member only: two people may bear the same one. */
export function freeName(name: string, member: string, mentions: Record<string, string>): string {
  for (let attempt = name, count = 2; ; attempt = `${name} (${count++})`) {
    if (mentions[attempt] === undefined || mentions[attempt] === member) return attempt;
  }
}

function escapePattern(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function escapeMarkdown(name: string): string {
  return name.replace(/[[\]\\]/g, '\\$&');
}
