import { i18n } from './lib/i18n/index.svelte';
import type { Route } from './lib/router/router.svelte';
import { firstPage } from './pages/thread/first-page';
import SignIn from './pages/sign-in/SignIn.svelte';

const readsOfThread = (path: string) => [path, firstPage(path)];
const groupFrame = () => import('./pages/group/GroupFrame.svelte');

export const routes: Route[] = [
  { pattern: '/', for: 'members', page: () => import('./pages/home/Home.svelte'), reads: () => ['/groups?scope=mine'] },
  { pattern: '/connexion', for: 'anyone', page: async () => ({ default: SignIn }) },
  { pattern: '/connexion/lien', for: 'anyone', page: () => import('./pages/sign-in/SignInLink.svelte') },
  { pattern: '/mot-de-passe-oublie', for: 'anyone', page: () => import('./pages/password/ForgottenPassword.svelte') },
  { pattern: '/mot-de-passe', for: 'anyone', page: () => import('./pages/password/SetPassword.svelte') },
  { pattern: '/invitation', for: 'anyone', page: () => import('./pages/invitation/Invitation.svelte') },
  { pattern: '/signature', for: 'anyone', page: () => i18n.withDesk(import('./pages/signature/Signature.svelte')) },
  { pattern: '/verifier', for: 'anyone', page: () => i18n.withDesk(import('./pages/check/CheckReceipt.svelte')) },
  { pattern: '/place', for: 'anyone', page: () => i18n.withDesk(import('./pages/square/Square.svelte')) },
  { pattern: '/place/{release}', for: 'anyone', page: () => i18n.withDesk(import('./pages/square/SquareEntry.svelte')) },
  { pattern: '/avis/arret', for: 'anyone', page: () => import('./pages/notices/StopNotices.svelte') },
  { pattern: '/accessibilite', for: 'anyone', page: () => i18n.withDesk(import('./pages/accessibility/Accessibility.svelte')) },
  { pattern: '/profil', for: 'members', page: () => import('./pages/profile/Profile.svelte') },
  { pattern: '/profil/sessions', for: 'members', page: () => import('./pages/profile/Sessions.svelte') },
  { pattern: '/profil/recus', for: 'members', page: () => i18n.withDesk(import('./pages/receipts/Receipts.svelte')) },
  { pattern: '/profil/recus/{group}/{version}', for: 'members', page: () => i18n.withDesk(import('./pages/receipts/Receipt.svelte')) },
  { pattern: '/groupes/nouveau', for: 'members', page: () => i18n.withDesk(import('./pages/new-group/NewGroup.svelte')) },
  inGroup('', () => import('./pages/group/Overview.svelte')),
  inGroup('/discussions', () => import('./pages/threads/Threads.svelte')),
  inGroup('/discussions/nouvelle', () => i18n.withDesk(import('./pages/threads/NewThread.svelte'))),
  inGroup('/discussions/{thread}', () => import('./pages/thread/Thread.svelte'), ({ group, thread }) => readsOfThread(`/groups/${group}/threads/${thread}`)),
  inGroup('/documents', () => i18n.withDesk(import('./pages/documents/Documents.svelte'))),
  inGroup('/documents/{document}', () => i18n.withDesk(import('./pages/documents/Document.svelte'))),
  inGroup('/membres', () => import('./pages/members/Members.svelte')),
  inGroup('/cercles', () => i18n.withDesk(import('./pages/circles/Circles.svelte'))),
  inGroup('/publications', () => i18n.withDesk(import('./pages/releases/Releases.svelte'))),
  inGroup('/publications/proposer', () => i18n.withDesk(import('./pages/releases/Propose.svelte'))),
  inGroup('/publications/proposer/{thread}', () => i18n.withDesk(import('./pages/releases/Propose.svelte'))),
  inGroup('/accord', () => import('./pages/agreement/Agreement.svelte'), ({ group }) => [`/groups/${group}/nda`]),
  inGroup('/animation', () => i18n.withDesk(import('./pages/facilitation/Facilitation.svelte')))
];

export const notFound: Route = {
  pattern: '*',
  for: 'anyone',
  page: () => import('./pages/not-found/NotFound.svelte')
};

function inGroup(rest: string, page: Route['page'], reads: NonNullable<Route['reads']> = () => []): Route {
  return { pattern: `/groupes/{group}${rest}`, for: 'members', frame: groupFrame, page, reads: (params) => [`/groups/${params.group}`, ...reads(params)] };
}
