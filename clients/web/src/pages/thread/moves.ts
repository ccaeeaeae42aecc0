/** Brings a post to the eye, and the keyboard with it when that was asked for. */
export function goToPost(number: number, { focus, behavior = 'auto' }: { focus: boolean; behavior?: ScrollBehavior }): void {
  const post = document.getElementById(`message-${number}`);
  if (!post) return;
  (post.previousElementSibling?.id === 'first-new' ? post.previousElementSibling : post).scrollIntoView({ block: 'start', behavior });
  if (focus) post.focus({ preventScroll: true });
}

/** Moves the focus to the post after (1) or before (-1) the one that holds it, in reading order. */
export function stepFrom(current: Element | null, step: 1 | -1): void {
  const posts = [...document.querySelectorAll<HTMLElement>('[data-number]')];
  const here = posts.findIndex((post) => post === current || post.contains(current));
  const next = here === -1 ? firstBelowTop(posts) : posts[here + step];
  next?.scrollIntoView({ block: 'nearest' });
  next?.focus({ preventScroll: true });
}

function firstBelowTop(posts: HTMLElement[]): HTMLElement | undefined {
  return posts.find((post) => post.getBoundingClientRect().bottom > 120);
}
