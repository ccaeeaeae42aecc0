import type { Membership } from '../../../lib/api/types';

/** Which members are looked for; an empty string asks nothing. */
export interface WantedMembers {
  /** The id of an organisation, or `own` for those who take part in their own name. */
  organisation: string;
  category: string;
  agreement: '' | 'accepted' | 'awaited';
}

export const everybody: WantedMembers = { organisation: '', category: '', agreement: '' };

export function matches({ organisation, category, accepted }: Membership, wanted: WantedMembers): boolean {
  return (
    (wanted.organisation === '' || wanted.organisation === (organisation?.id ?? 'own')) &&
    (wanted.category === '' || wanted.category === category) &&
    (wanted.agreement === '' || (wanted.agreement === 'accepted') === accepted)
  );
}
