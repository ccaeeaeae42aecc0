export type Params = Record<string, string>;

/** Compares an address with a pattern such as `/groupes/{group}/membres`: its parameters, or null. */
export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split('/');
  const given = path.replace(/(?<=.)\/$/, '').split('/');
  if (wanted.length !== given.length) return null;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) {
      if (value === '') return null;
      params[part.slice(1, -1)] = decode(value);
    } else if (part !== value) {
      return null;
    }
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
