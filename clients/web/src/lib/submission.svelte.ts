import { asProblem, type Problem } from './api/problem';

/** One form being sent: a second click while it runs does nothing, and what went wrong stays beside the fields. */
export class Submission {
  busy = $state(false);
  done = $state(false);
  problem = $state.raw<Problem | null>(null);

  run = async (act: () => Promise<void>): Promise<boolean> => {
    if (this.busy) return false;
    this.busy = true;
    this.done = false;
    this.problem = null;
    try {
      await act();
      this.done = true;
    } catch (fault) {
      this.problem = asProblem(fault);
    } finally {
      this.busy = false;
    }
    return this.done;
  };

  field(pointer: string): string | undefined {
    return this.problem?.field(pointer);
  }
}
