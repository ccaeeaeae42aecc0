/** The name of a file as the server takes it: neither path nor control characters, nothing that turns the writing around. */
export function acceptableName(name: string): string {
  const plain = name
    .replace(/[/\\]/g, '-')
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return /^\.{0,2}$/.test(plain) ? 'document' : shortened(plain);
}

const longest = 200;

/** What says its type stays. */
function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= longest) return name;
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? '';
  return characters.slice(0, longest - ending.length).join('') + ending;
}
