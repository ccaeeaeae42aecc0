import { fold } from '../../lib/fold';

export interface Invitee {
  name: string;
  email: string;
  organisation: string;
  /** Code of the category of actor; empty when none was given. */
  category: string;
}

export interface Line {
  invitee: Invitee;
  /** What keeps the line from being sent. */
  fault: 'no_address' | 'unknown_category' | null;
}

const address = /^[^\s@<>",;:\\]+@[^\s@<>",;:\\]+\.[^\s@<>",;:\\]+$/;
const named = /^(?<name>.*?)\s*<(?<email>[^<>]+)>$/;

/**
 * Reads pasted lines: name, address, organisation, category, parted by tabs, semicolons or commas, as a
 * spreadsheet or a message gives them. A category is given by its code or its label in any language.
 */
export function readLines(text: string, categories: { code: string; labels: string[] }[]): Line[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => readLine(line, categories));
}

function readLine(line: string, categories: { code: string; labels: string[] }[]): Line {
  const fields = split(line).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  const at = fields.findIndex((field) => field.includes('@'));
  const match = named.exec(fields[at] ?? '');
  const email = match?.groups?.email ?? fields[at] ?? '';
  const before = fields.slice(0, Math.max(at, 0)).filter(Boolean).join(' ');
  const [organisation = '', written = ''] = at === -1 ? [] : fields.slice(at + 1);
  const category = findCategory(written, categories);
  const invitee = {
    name: before || (match?.groups?.name ?? '').replace(/^"(.*)"$/, '$1') || (at === -1 ? (fields[0] ?? '') : ''),
    email,
    organisation,
    category: category ?? ''
  };
  if (!address.test(email)) return { invitee, fault: 'no_address' };
  return { invitee, fault: category === null ? 'unknown_category' : null };
}

function split(line: string): string[] {
  const mark = ['\t', ';', ','].find((candidate) => line.includes(candidate));
  return mark === undefined ? [line] : line.split(mark);
}

function findCategory(written: string, categories: { code: string; labels: string[] }[]): string | null {
  const wanted = fold(written);
  if (wanted === '') return '';
  const exact = categories.find(({ code, labels }) => code === wanted || labels.some((label) => fold(label) === wanted));
  const started = exact ?? categories.find(({ labels }) => labels.some((label) => fold(label).startsWith(wanted)));
  return started?.code ?? null;
}
