export type Appearance = 'device' | 'light' | 'dark';

const remembered = 'margelle.appearance';

export function appearance(): Appearance {
  const stored = localStorage.getItem(remembered);
  return stored === 'light' || stored === 'dark' ? stored : 'device';
}

/** Remembers the choice; public/appearance.js applies it, now and before the first paint of the next visit. */
export function choose(wanted: Appearance): void {
  if (wanted === 'device') localStorage.removeItem(remembered);
  else localStorage.setItem(remembered, wanted);
  window.dispatchEvent(new Event('margelle:appearance'));
}
