/** Acts when the browser has nothing better to do; never, once the returned function has been called. */
export function whenIdle(act: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const asked = requestIdleCallback(act);
    return () => cancelIdleCallback(asked);
  }
  const timer = setTimeout(act, 50);
  return () => clearTimeout(timer);
}
