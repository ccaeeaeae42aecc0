/** The secret of a mailed link. It stands after `#`, which browsers never send, and leaves the address once read. */
export function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (token !== '') history.replaceState(history.state, '', location.pathname);
  return token;
}
