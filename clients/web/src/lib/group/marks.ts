let pending: Promise<void> = Promise.resolve();

/** Read marks travel on their own; whoever is about to count what is unread waits for those under way. */
export function sendMark(mark: Promise<void>): void {
  pending = Promise.all([pending, mark]).then(() => undefined);
}

export function marksSettled(): Promise<void> {
  return pending;
}
