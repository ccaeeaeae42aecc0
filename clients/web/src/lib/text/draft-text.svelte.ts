import { dropDraft, keepDraft, readDraft, type Draft } from '../drafts';

/** A text being written: kept in this browser at each stroke, until it has been sent. */
export class DraftText {
  text = $state('');
  mentions: Record<string, string> = {};
  kept = $state(true);
  #member: string;
  #place: string;

  constructor(member: string, place: string, start: Draft = { text: '', mentions: {} }) {
    this.#member = member;
    this.#place = place;
    const { text, mentions } = readDraft(member, place) ?? start;
    this.text = text;
    this.mentions = mentions;
  }

  get draft(): Draft {
    return { text: this.text, mentions: this.mentions };
  }

  get isEmpty(): boolean {
    return this.text.trim() === '';
  }

  keep(): void {
    if (this.isEmpty) dropDraft(this.#member, this.#place);
    else this.kept = keepDraft(this.#member, this.#place, this.draft);
  }

  replace(draft: Draft): void {
    this.text = draft.text;
    this.mentions = draft.mentions;
    this.keep();
  }

  clear(): void {
    this.replace({ text: '', mentions: {} });
  }
}
