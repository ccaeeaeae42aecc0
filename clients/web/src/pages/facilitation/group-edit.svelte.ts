import type { GroupDraft } from '../group/group-fields.svelte';

export type Field = keyof GroupDraft;

/** A field that the person and somebody else changed, each in their own way. */
export interface Clash {
  field: Field;
  mine: GroupDraft[Field];
  theirs: GroupDraft[Field];
  chosen?: string;
}

export interface KeptEdit {
  draft: GroupDraft;
  /** The group as it was when each field was last the same here and on the server. */
  base: GroupDraft;
}

/** A change to a group that is being written, while others may save theirs. */
export class GroupEdit {
  draft: GroupDraft = $state() as GroupDraft;
  /** What others changed and this person had not touched: taken over. */
  taken = $state.raw<Field[]>([]);
  clashes = $state<Clash[]>([]);
  #base: GroupDraft = $state.raw() as GroupDraft;
  readonly changed = $derived(!same(this.draft, this.#base));

  constructor(group: GroupDraft, kept: KeptEdit | null) {
    this.start(group);
    if (!kept) return;
    this.draft = kept.draft;
    this.#base = kept.base;
    this.meet(group);
  }

  get kept(): KeptEdit {
    return { draft: this.draft, base: this.#base };
  }

  start(group: GroupDraft): void {
    this.draft = group;
    this.#base = group;
    this.taken = [];
    this.clashes = [];
  }

  /** The group is now as given. */
  meet(group: GroupDraft): void {
    if (!this.changed) {
      this.start(group);
      return;
    }
    for (const field of Object.keys(group) as Field[]) {
      const clash = this.clashes.find((one) => one.field === field);
      if (same(clash ? clash.theirs : this.#base[field], group[field])) continue;
      const untouched = same(this.draft[field], this.#base[field]);
      if (untouched) this.taken = [...this.taken.filter((one) => one !== field), field];
      if (untouched || same(this.draft[field], group[field])) this.#follow(field, group);
      else this.#clash(field, group, clash);
    }
  }

  take({ field, ...versions }: Clash, version: 'mine' | 'theirs'): void {
    this.draft = { ...this.draft, [field]: $state.snapshot(versions[version]) };
  }

  #follow(field: Field, group: GroupDraft): void {
    this.draft = { ...this.draft, [field]: group[field] };
    this.#base = { ...this.#base, [field]: group[field] };
    this.clashes = this.clashes.filter((clash) => clash.field !== field);
  }

  #clash(field: Field, group: GroupDraft, known: Clash | undefined): void {
    const mine = $state.snapshot(known?.chosen === 'theirs' ? known.mine : this.draft[field]) as Clash['mine'];
    this.clashes = [...this.clashes.filter((one) => one !== known), { field, mine, theirs: group[field] }];
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
