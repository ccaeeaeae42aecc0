const browsers: [RegExp, string][] = [
  [/Firefox\//, 'Firefox'],
  [/Edg\//, 'Edge'],
  [/(Chrome|Chromium)\//, 'Chrome'],
  [/Safari\//, 'Safari']
];

const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux']
];

/** The names under which people know their browser and their system; empty where the header does not tell. */
export function sayBrowser(userAgent: string): { browser: string; system: string } {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
  return { browser: find(browsers), system: find(systems) };
}
