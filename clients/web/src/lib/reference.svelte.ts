import { answer, api } from './api/client';
import type { Reference } from './api/types';
import { i18n } from './i18n/index.svelte';

type Kind = 'categories' | 'themes' | 'phases';

let lists = $state.raw<Reference>({ categories: [], themes: [], phases: [], group_creation: 'members', host: '' });

/** The value lists of this instance and their labels. */
export const reference = {
  get lists(): Reference {
    return lists;
  },

  async load(): Promise<void> {
    lists = await answer(api.GET('/reference'));
  },

  label(kind: Kind, code: string): string {
    const entry = lists[kind].find((one) => one.code === code);
    return entry ? entry.label[i18n.language] : code;
  },

  options(kind: Kind): { value: string; label: string }[] {
    return lists[kind].map(({ code, label }) => ({ value: code, label: label[i18n.language] }));
  }
};
