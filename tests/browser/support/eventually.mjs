/** How many times slower than an ordinary build the one under test is: sanitizers cost. */
export const slowness = Number(process.env.MARGELLE_TEST_SLOWNESS ?? 1);

/** How long something may take that has no bound of its own, in milliseconds. */
export const patience = 30_000 * slowness;

/** Asks again until the answer is truthy: that answer, or a fault naming the question. */
export async function eventually(question) {
  const until = Date.now() + patience;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`not within ${patience} ms: ${question}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
