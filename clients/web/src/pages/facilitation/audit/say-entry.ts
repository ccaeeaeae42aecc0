import type { AuditEntry, Circle } from '../../../lib/api/types';
import { t, type MessageKey } from '../../../lib/i18n/index.svelte';
import { reference } from '../../../lib/reference.svelte';

/** One entry of the record as a sentence. */
export function sayEntry(entry: AuditEntry, group: string, circles: Circle[]): string {
  const { kind, actor, subject, object, email, data } = entry;
  const key = kind === 'access.refused' && object ? 'access.refused_object' : kind;
  const values = {
    kind,
    actor: actor?.name ?? t('audit.nobody'),
    subject: subject?.name ?? '',
    object: object?.name ?? t('audit.object_unnamed'),
    email: email ?? '',
    version: data.version ?? 0,
    passage: data.passage ?? 0,
    as: sayReader(data.as ?? '', subject?.name),
    ...sayChange(kind, data, group, circles)
  };
  const sentence = t(`audit.of.${key}` as MessageKey, values);
  return sentence === `audit.of.${key}` ? t('audit.of.other', values) : sentence;
}

export function sayReason({ data }: AuditEntry): string | null {
  return data.reason === undefined ? null : t('audit.reason', { reason: data.reason });
}

function sayChange(kind: string, data: AuditEntry['data'], group: string, circles: Circle[]): { from: string; to: string } {
  const say = (text = '') => {
    if (kind === 'role.changed') return t(`role.${text}` as MessageKey);
    if (kind === 'thread.labelled') return sayReaders(text, group, circles);
    return text;
  };
  return { from: say(data.from), to: say(data.to) };
}

/** A discussion stands in the log of the group, or of a circle, and is read by those who read that. */
function sayReaders(log: string, group: string, circles: Circle[]): string {
  if (log === group) return t('audit.whole_group');
  const circle = circles.find(({ id }) => id === log);
  return circle ? t('audit.a_circle', { name: circle.name }) : t('audit.another_circle');
}

function sayReader(as: string, name: string | undefined): string {
  const [kind, code = ''] = as.split(':');
  if (kind === 'category') return t('read_as.name_category', { category: reference.label('categories', code) });
  return kind === 'public' ? t('read_as.name_public') : (name ?? '');
}
