/** Acts when the page is looked at again, and every so often while it is; until the returned function is called. */
export function whileVisible(act: () => void, every: number): () => void {
  const look = () => {
    if (document.visibilityState === 'visible') act();
  };
  const timer = setInterval(look, every);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
