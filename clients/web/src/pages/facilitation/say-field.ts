import { sayDate } from '../../lib/i18n/dates';
import { i18n, t, type MessageKey } from '../../lib/i18n/index.svelte';
import { reference } from '../../lib/reference.svelte';
import type { GroupDraft } from '../group/group-fields.svelte';
import type { Field } from './group-edit.svelte';

export const labels: Record<Field, MessageKey> = {
  name: 'group_form.name',
  purpose: 'group_form.purpose',
  charter: 'group.charter',
  themes: 'group.themes',
  territory: 'territory.label',
  phase: 'group_form.phase',
  startsOn: 'group_form.starts',
  endsOn: 'group_form.ends',
  milestones: 'milestones.title',
  listing: 'group_form.listing',
  needed: 'group_form.needed',
  recordsReading: 'recording.label'
};

const date = (value: string) => (value === '' ? '' : sayDate(value, i18n.language));

const sayings: { [F in Field]: (value: GroupDraft[F]) => string } = {
  name: (name) => name,
  purpose: (purpose) => purpose,
  charter: (charter) => charter,
  themes: (themes) => themes.map((theme) => reference.label('themes', theme)).join(', '),
  territory: ({ name }) => name,
  phase: (phase) => reference.label('phases', phase),
  startsOn: date,
  endsOn: date,
  milestones: (milestones) => milestones.map((one) => [date(one.date), one.title].filter(Boolean).join(' · ')).join('\n'),
  listing: (listing) => t(`group_form.${listing}`),
  needed: (needed) => needed.map((category) => reference.label('categories', category)).join(', '),
  recordsReading: (recorded) => (recorded ? t('recording.yes') : t('recording.no'))
};

/** What a field of a group holds, as one reads it. */
export function sayField<F extends Field>(field: F, value: GroupDraft[F]): string {
  return sayings[field](value) || t('overtaken.empty');
}
