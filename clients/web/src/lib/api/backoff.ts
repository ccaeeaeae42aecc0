const shortest = 500;
const longest = 30_000;

/** How long to wait before another try, in milliseconds: doubling, and spread so that clients do not come back all at once. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(longest, shortest * 2 ** failures);
  return ceiling / 2 + (random() * ceiling) / 2;
}
