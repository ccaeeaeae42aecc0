import i18next, { type TFunction } from 'i18next';
import type desk from '../../../messages/desk.fr.json';
import type fr from '../../../messages/fr.json';
import type { Language } from '../api/types';

type WithoutPlural<K> = K extends `${infer Base}_${'one' | 'other'}` ? Base : K;
export type MessageKey = WithoutPlural<keyof typeof fr | keyof typeof desk>;

/** `desk`: what only some people do, some of the time; nobody waits for it to see a group. */
type Part = 'main' | 'desk';

const remembered = 'margelle.language';
const catalogues = {
  fr: { main: () => import('../../../messages/fr.json'), desk: () => import('../../../messages/desk.fr.json') },
  en: { main: () => import('../../../messages/en.json'), desk: () => import('../../../messages/desk.en.json') }
};
const parts: Part[] = ['main'];

let language = $state<Language>('fr');
let translate: TFunction = i18next.t;
let speaking = Promise.resolve();

/** The text of a message in the language shown; `count` chooses its plural. */
export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  return language ? translate(key, values) : '';
}

export const i18n = {
  get language(): Language {
    return language;
  },

  /** Loads a language's catalogue, then shows every text in it. */
  speak(wanted: Language): Promise<void> {
    return (speaking = this.learn(wanted));
  },

  /** The language asked for last is shown. */
  get spoken(): Promise<void> {
    return speaking;
  },

  async learn(wanted: Language): Promise<void> {
    const read = await Promise.all(parts.map((part) => catalogues[wanted][part]()));
    if (!i18next.isInitialized) {
      await i18next.init({
        keySeparator: false,
        nsSeparator: false,
        fallbackLng: false,
        interpolation: { escapeValue: false }
      });
    }
    for (const { default: messages } of read) i18next.addResourceBundle(wanted, 'translation', messages);
    translate = i18next.getFixedT(wanted);
    document.documentElement.lang = wanted;
    language = wanted;
  },

  /** Awaits something whose texts are in the second catalogue, and that catalogue. */
  async withDesk<T>(wanted: Promise<T>): Promise<T> {
    if (!parts.includes('desk')) parts.push('desk');
    const [found, { default: messages }] = await Promise.all([wanted, speaking.then(() => catalogues[language].desk())]);
    i18next.addResourceBundle(language, 'translation', messages);
    return found;
  },

  remember(choice: Language): void {
    localStorage.setItem(remembered, choice);
  },

  /** What this browser was set to before, else what its owner reads, French first. */
  guess(): Language {
    const stored = localStorage.getItem(remembered);
    if (stored === 'fr' || stored === 'en') return stored;
    const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'fr' || tag === 'en');
    return known === 'en' ? 'en' : 'fr';
  }
};
