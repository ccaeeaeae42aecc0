import type { Group, NewGroup } from '../../lib/api/types';

type Milestone = NonNullable<Group['milestones']>[number];

/** What a form knows of a group, new or existing. */
export interface GroupDraft {
  name: string;
  purpose: string;
  charter: string;
  themes: string[];
  territory: { code: string; name: string };
  phase: string;
  startsOn: string;
  endsOn: string;
  milestones: Milestone[];
  listing: Group['listing'];
  needed: string[];
  recordsReading: boolean;
}

export function emptyGroup(phase: string, needed: string[]): GroupDraft {
  return {
    name: '',
    purpose: '',
    charter: '',
    themes: [],
    territory: { code: '', name: '' },
    phase,
    startsOn: '',
    endsOn: '',
    milestones: [],
    listing: 'hidden',
    needed,
    recordsReading: false
  };
}

export function fromGroup(group: Group): GroupDraft {
  return {
    name: group.name,
    purpose: group.purpose,
    charter: group.charter ?? '',
    themes: [...group.themes],
    territory: { code: group.territory ?? '', name: group.territory_name ?? '' },
    phase: group.phase,
    startsOn: group.starts_on ?? '',
    endsOn: group.ends_on ?? '',
    milestones: (group.milestones ?? []).map((milestone) => ({ ...milestone })),
    listing: group.listing,
    needed: [...(group.needed_categories ?? [])],
    recordsReading: group.records_reading ?? false
  };
}

export function toBody(draft: GroupDraft): Omit<NewGroup, 'confidentiality'> {
  return {
    name: draft.name.trim(),
    purpose: draft.purpose.trim(),
    charter: draft.charter,
    themes: draft.themes,
    territory: draft.territory.code === '' ? null : draft.territory.code,
    ...(draft.phase === '' ? {} : { phase: draft.phase }),
    starts_on: draft.startsOn === '' ? null : draft.startsOn,
    ends_on: draft.endsOn === '' ? null : draft.endsOn,
    milestones: draft.milestones.filter(({ title, date }) => title.trim() !== '' && date !== ''),
    listing: draft.listing,
    needed_categories: draft.needed,
    records_reading: draft.recordsReading
  };
}
