/** Asks again until the answer is truthy: that answer, or a fault naming the question. */
export async function eventually(question, patience = 15_000) {
  const until = Date.now() + patience;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`not within ${patience} ms: ${question}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
