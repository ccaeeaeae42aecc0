import type { Component } from 'svelte';
import { readAhead } from '../api/ahead';
import { match, type Params } from './match';

// Pages take the parameters of their own address, which the table of routes cannot tell apart.
type Page = Component<any>;
type Module = Promise<{ default: Page }>;

export interface Route {
  pattern: string;
  page: () => Module;
  /** What stays around the page while one moves between pages of the same group. */
  frame?: () => Module;
  /** What the page reads first, below the interface's address. */
  reads?: (params: Params) => string[];
  /** Whom the page is for; signing in is asked first for members' pages. */
  for: 'anyone' | 'members';
}

export interface View {
  route: Route;
  params: Params;
  page: Page;
  frame: Page | null;
  /** Another address, or the same one asked for again, is another visit. */
  visit: number;
}

let routes: Route[] = [];
let notFound: Route;
let view = $state.raw<View | null>(null);
let path = $state(location.pathname);
let loading = $state(false);
let failed = $state(false);
let visits = 0;
let focusHeading = false;

/** Addresses, the browser's history, and the page that belongs to where we are. */
export const router = {
  get view(): View | null {
    return view;
  },
  get path(): string {
    return path;
  },
  get loading(): boolean {
    return loading;
  },
  /** The page's code could not be fetched. */
  get failed(): boolean {
    return failed;
  },

  start(table: Route[], otherwise: Route): void {
    routes = table;
    notFound = otherwise;
    history.scrollRestoration = 'manual';
    window.addEventListener('popstate', (event) => {
      if (location.pathname === path) return;
      focusHeading = true;
      void show().then(() => scrollBack(Number((event.state as { scroll?: number } | null)?.scroll ?? 0)));
    });
    document.addEventListener('click', followLink);
    const { route, params } = find(location.pathname);
    readAhead((route.reads?.(params) ?? []).map((path) => `/api/v1${path}`));
    void show();
  },

  async go(address: string, { replace = false } = {}): Promise<void> {
    if (replace) {
      history.replaceState(null, '', address);
    } else {
      rememberScroll();
      history.pushState(null, '', address);
    }
    focusHeading = true;
    await show();
    window.scrollTo(0, 0);
  },

  retry(): void {
    void show();
  },

  /** True once after each move within the site: the new page's heading then takes the focus. */
  takeHeadingFocus(): boolean {
    const taken = focusHeading;
    focusHeading = false;
    return taken;
  }
};

async function show(): Promise<void> {
  const visit = ++visits;
  const asked = location.pathname;
  const { route, params } = find(asked);
  loading = true;
  failed = false;
  try {
    const [page, frame] = await Promise.all([route.page(), route.frame?.()]);
    if (visit !== visits) return;
    view = { route, params, page: page.default, frame: frame?.default ?? null, visit };
    path = asked;
  } catch {
    failed = visit === visits;
  } finally {
    if (visit === visits) loading = false;
  }
}

function find(address: string): { route: Route; params: Params } {
  for (const route of routes) {
    const params = match(route.pattern, address);
    if (params) return { route, params };
  }
  return { route: notFound, params: {} };
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest('a');
  if (!link || link.origin !== location.origin || link.hasAttribute('download') || link.target) return;
  if (link.pathname.startsWith('/api/')) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  void router.go(link.pathname + link.search + link.hash);
}

function rememberScroll(): void {
  history.replaceState({ scroll: window.scrollY }, '');
}

/** Content arrives after the page does: keep trying for a moment to find the place where one was. */
function scrollBack(wanted: number): void {
  const until = performance.now() + 1500;
  const attempt = () => {
    window.scrollTo(0, wanted);
    if (Math.abs(window.scrollY - wanted) > 2 && performance.now() < until) requestAnimationFrame(attempt);
  };
  attempt();
}
