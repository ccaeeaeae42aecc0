const remembered = 'margelle.wanted-place';

/** Where someone was going when they had to fetch a sign-in link from their mail, which opens another window. */
export function rememberPlace(path: string): void {
  localStorage.setItem(remembered, path);
}

export function takePlace(): string {
  const path = localStorage.getItem(remembered);
  localStorage.removeItem(remembered);
  return path?.startsWith('/') && !path.startsWith('//') ? path : '/';
}
