import type { AcceptanceFor, Signatory } from '../../lib/api/types';
import { session } from '../../lib/session.svelte';

/** How someone answers: on behalf of whom ("own": in their own name), in what capacity, and who may confirm it. */
export class Acceptance {
  organisation = $state('own');
  capacity = $state('');
  naming = $state(false);
  signatory = $state(nobody());
  readonly #bound: () => AcceptanceFor;

  /** On behalf of whom one takes part was said when coming in; what the group asks for comes first. */
  constructor(bound: () => AcceptanceFor, mine: string | undefined) {
    this.#bound = bound;
    const own = bound() === 'organisation' ? session.me?.organisations[0]?.organisation.id : undefined;
    this.organisation = bound() === 'member' ? 'own' : (mine ?? own ?? 'own');
    this.follow();
  }

  get bound(): AcceptanceFor {
    return this.#bound();
  }

  get organisationName(): string | undefined {
    return this.#chosen?.organisation.name;
  }

  get body(): { organisation_id?: string | null; capacity: string | null; signatory?: Signatory } {
    const organisation = this.organisation === 'own' ? null : this.organisation;
    return {
      // Where members bind themselves, they still take part on behalf of whom they did.
      ...(this.bound === 'member' ? {} : { organisation_id: organisation }),
      capacity: this.capacity.trim() || null,
      ...(this.naming && organisation ? { signatory: trimmed(this.signatory) } : {})
    };
  }

  /** An organisation brings the title that one has there, which may still be changed. */
  follow(): void {
    this.capacity = this.#chosen?.title ?? '';
  }

  get #chosen() {
    return session.me?.organisations.find(({ organisation }) => organisation.id === this.organisation);
  }
}

export function nobody(): Required<Signatory> {
  return { name: '', email: '', capacity: '' };
}

export function trimmed({ name, email, capacity }: Required<Signatory>): Signatory {
  return { name: name.trim(), email: email.trim(), capacity: capacity.trim() };
}
