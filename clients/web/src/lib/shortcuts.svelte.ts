import { untrack } from 'svelte';
import type { MessageKey } from './i18n/index.svelte';

export interface Shortcut {
  label: MessageKey;
  act: () => void;
}

const remembered = 'margelle.shortcuts';

let enabled = $state(localStorage.getItem(remembered) !== 'off');
let helpShown = $state(false);
let offered = $state.raw<Record<string, Shortcut>[]>([]);

const everywhere: Record<string, Shortcut> = {
  '/': { label: 'shortcuts.find', act: () => document.querySelector<HTMLElement>('[data-find]')?.focus() },
  '?': { label: 'shortcuts.help', act: () => (helpShown = true) }
};

/** Single keys that act outside text fields; each page offers its own, and they can be switched off. */
export const shortcuts = {
  get enabled(): boolean {
    return enabled;
  },
  set enabled(wanted: boolean) {
    enabled = wanted;
    localStorage.setItem(remembered, wanted ? 'on' : 'off');
  },
  get helpShown(): boolean {
    return helpShown;
  },
  set helpShown(shown: boolean) {
    helpShown = shown;
  },
  get all(): [string, Shortcut][] {
    return Object.entries(Object.assign({}, ...offered, everywhere) as Record<string, Shortcut>);
  },

  /** Adds a page's keys until the returned function is called. */
  offer(keys: Record<string, Shortcut>): () => void {
    offered = [...untrack(() => offered), keys];
    return () => (offered = offered.filter((one) => one !== keys));
  },

  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const shortcut = this.all.find(([key]) => key === event.key)?.[1];
    if (!shortcut || (!enabled && event.key !== '?')) return;
    event.preventDefault();
    shortcut.act();
  }
};

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}
