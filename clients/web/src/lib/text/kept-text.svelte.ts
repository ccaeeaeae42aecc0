import { dropDraft, keepDraft, readDraft } from '../drafts';

/** The text of a plain field: kept in this browser at each stroke (`keep`), until it has been sent (`clear`). */
export class KeptText {
  value = $state('');
  #member: string;
  #place: string;

  constructor(member: string, place: string) {
    this.#member = member;
    this.#place = place;
    this.value = readDraft<string>(member, place) ?? '';
  }

  get isEmpty(): boolean {
    return this.value.trim() === '';
  }

  keep = (): void => {
    if (this.isEmpty) dropDraft(this.#member, this.#place);
    else keepDraft(this.#member, this.#place, this.value);
  };

  clear(): void {
    this.value = '';
    this.keep();
  }
}
