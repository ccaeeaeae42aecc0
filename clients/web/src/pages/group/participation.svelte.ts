import { session } from '../../lib/session.svelte';

/** On behalf of whom someone takes part ("own": in their own name), and as which category of actor. */
export class ParticipationChoice {
  organisation = $state('own');
  category = $state('');

  get body(): { category: string; organisation_id: string | null } {
    return { category: this.category, organisation_id: this.organisation === 'own' ? null : this.organisation };
  }

  /** An organisation brings its own category, which may still be changed. */
  follow(): void {
    const chosen = session.me?.organisations.find(({ organisation }) => organisation.id === this.organisation);
    if (chosen) this.category = chosen.organisation.category;
  }
}

export function ownParticipation(invitedAs: () => string | null = () => null): ParticipationChoice {
  const choice = new ParticipationChoice();
  choice.organisation = session.me?.organisations[0]?.organisation.id ?? 'own';
  choice.follow();
  choice.category = invitedAs() ?? choice.category;
  return choice;
}
