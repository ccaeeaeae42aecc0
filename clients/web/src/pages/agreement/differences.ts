import { diffWords, type Change } from 'diff';

/** The paragraphs that changed between two texts, each as pieces kept, added or removed. */
export function changedParagraphs(before: string, after: string): Change[][] {
  const paragraphs: Change[][] = [[]];
  for (const piece of diffWords(before, after)) {
    const [first = '', ...rest] = piece.value.split(/\n{2,}/);
    paragraphs.at(-1)!.push({ ...piece, value: first });
    for (const value of rest) paragraphs.push([{ ...piece, value }]);
  }
  return paragraphs
    .map((pieces) => pieces.filter(({ value }) => value !== ''))
    .filter((pieces) => pieces.some(({ added, removed, value }) => (added || removed) && value.trim() !== ''));
}
