import { accepted, confirmation, id, record, write, type World } from './world';
import { reference } from './values';

export interface Asked {
  method: string;
  params: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  header: (name: string) => string | undefined;
}

export interface Answered {
  status: number;
  body?: unknown;
  etag?: string;
}

type Handler = (world: World, asked: Asked) => Answered;

const ok = (body: unknown, etag?: string): Answered => ({ status: 200, body, etag });
const list = (items: unknown[]): Answered => ok({ items, next_cursor: null });
const nothing: Answered = { status: 204 };
export const problem = (status: number, slug: string, title: string): Answered => ({
  status,
  body: { type: `https://margelle.example/problems/${slug}`, title, status, detail: title }
});

const route = (method: string, path: string, handler: Handler) => ({
  method,
  pattern: new RegExp(`^/api/v1${path.replace(/\{[a-z]+\}/g, '([^/]+)')}$`),
  handler
});

const ofGroup = (handler: Handler): Handler => (world, asked) => {
  const known = [world.group, ...world.groups, ...world.listed].find((group) => group.id === asked.params[0]);
  return known && !(known === world.group && world.group.standing === 'stranger') ? handler(world, asked) : problem(404, 'not-found', 'Introuvable');
};

const ofPost = (handler: (world: World, asked: Asked, post: World['posts'][number]) => Answered): Handler =>
  ofGroup((world, asked) => {
    const post = world.posts.find((one) => one.id === asked.params[1]);
    return post ? handler(world, asked, post) : problem(404, 'not-found', 'Introuvable');
  });

const react = (given: boolean) =>
  ofPost((_, { params }, post) => {
    const reaction = params[2] as 'agree';
    post.reactions[reaction] = Math.max(0, (post.reactions[reaction] ?? 0) + (given ? 1 : -1));
    post.my_reactions = given ? [...post.my_reactions, reaction] : post.my_reactions.filter((one) => one !== reaction);
    return nothing;
  });

export const anonymous = [
  route('GET', '/reference', () => ok(reference)),
  route('POST', '/session', (world, { body }) => {
    if (body.password !== world.password) return problem(401, 'invalid-credentials', 'Adresse ou mot de passe inconnus.');
    world.signedIn = true;
    return ok(world.me, '"1"');
  }),
  route('POST', '/sign-in-links', () => ({ status: 202 })),
  route('POST', '/password-resets', () => ({ status: 202 })),
  route('POST', '/notice-stops', () => nothing),
  route('POST', '/receipt-checks', (_, { body }) => ok({ valid: body.kind === 'margelle-nda-receipt' && body.full_name === 'Camille Durand' })),
  route('POST', '/signatures/lookup', (world) => (world.signature ? ok(world.signature) : problem(404, 'not-found', 'Introuvable'))),
  route('POST', '/signatures/confirmation', (world, { body }) => {
    world.answers.push(body);
    world.signature = null;
    return ok(body.accept ? { state: 'confirmed', receipt: confirmation } : { state: 'refused', receipt: null });
  }),
  route('POST', '/invitations/lookup', (world) => ok(world.offer)),
  route('POST', '/invitations/acceptance', (world, { body }) => {
    world.signedIn = true;
    world.me.name = String(body.name);
    return ok({ group_id: world.group.id, me: world.me });
  })
];

export const members = [
  route('GET', '/me', (world) => ok(world.me, '"1"')),
  route('PATCH', '/me', (world, { body }) => ok(Object.assign(world.me, body), '"2"')),
  route('DELETE', '/session', (world) => {
    world.signedIn = false;
    return nothing;
  }),
  route('GET', '/me/invitations', (world) => list(world.myInvitations)),
  route('GET', '/me/receipts', (world) => list(world.receipts)),
  route('GET', '/me/receipts/{group}/{version}', (world, { params }) =>
    params[0] === world.receipt.receipt.group.id ? ok(world.receipt) : problem(404, 'not-found', 'Introuvable')
  ),
  route('GET', '/me/sessions', () =>
    list([
      { id: id(501), created_at: '2026-01-05T09:00:00Z', last_used_at: new Date().toISOString(), expires_at: '2027-01-05T09:00:00Z', user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140', address: '192.0.2.10', current: true },
      { id: id(502), created_at: '2026-01-02T09:00:00Z', last_used_at: '2026-01-03T09:00:00Z', expires_at: '2027-01-05T09:00:00Z', user_agent: 'Mozilla/5.0 (iPhone) Safari/605', address: '192.0.2.11', current: false }
    ])
  ),
  route('GET', '/territories', () => list([{ code: '03023', kind: 'commune', name: 'Bellerive' }])),
  route('GET', '/organisations', () => list([])),
  route('GET', '/nda-models', () => list([{ name: 'short', title: 'Accord en une page', summary: 'Ce qui se dit ici reste ici.', text: '## Objet\n\n…' }])),
  route('POST', '/markdown-previews', (_, { body }) => ok({ html: `<p>${String(body.text)}</p>` })),
  route('GET', '/groups', (world, { query }) => list(query.get('scope') === 'listed' ? world.listed : [world.group, ...world.groups])),
  route('GET', '/groups/{group}', ofGroup((world, { params }) => ok([world.group, ...world.groups, ...world.listed].find((group) => group.id === params[0]), `"${world.group.revision}"`))),
  route('PATCH', '/groups/{group}', ofGroup((world, { body, header }) => {
    if (header('if-match') !== `"${world.group.revision}"`) return problem(412, 'stale', 'Modifié entre-temps');
    Object.assign(world.group, body, { revision: world.group.revision! + 1 });
    return ok(world.group, `"${world.group.revision}"`);
  })),
  route('GET', '/groups/{group}/members', ofGroup((world) => list(world.members))),
  route('GET', '/groups/{group}/join-requests', ofGroup((world) => list(world.requests))),
  route('GET', '/groups/{group}/invitations', ofGroup((world) => list(world.invitations))),
  route('POST', '/groups/{group}/invitation-checks', ofGroup((_, { body }) =>
    list((body.invitations as { email: string }[]).map(({ email }) => ({ email, finding: email.startsWith('leila') ? 'already_member' : 'ready' })))
  )),
  route('GET', '/groups/{group}/nda', ofGroup((world) => ok(world.nda))),
  route('GET', '/groups/{group}/nda/versions', ofGroup((world) => list(world.versions))),
  route('POST', '/groups/{group}/nda/acceptance', ofGroup((world, { body }) => {
    world.answers.push(body);
    world.group.standing = 'in';
    world.nda.gate = 'open';
    world.nda.mine = accepted(2, new Date().toISOString());
    return { status: 201, body: {} };
  })),
  route('POST', '/groups/{group}/nda/refusal', ofGroup(() => nothing)),
  route('POST', '/groups/{group}/nda/signature-requests', ofGroup((world, { body }) => {
    world.answers.push(body);
    world.nda.mine!.organisation_state = 'awaiting';
    return { status: 202 };
  })),
  route('POST', '/groups/{group}/nda/withdrawal', ofGroup((world) => {
    world.group.standing = 'lobby';
    world.nda.gate = 'closed';
    world.nda.mine = { ...world.nda.mine!, act: 'withdrew', at: new Date().toISOString() };
    return nothing;
  })),
  route('GET', '/groups/{group}/nda/acceptances', ofGroup((world) => list(world.register))),
  route('GET', '/groups/{group}/nda/pending', ofGroup((world) => list(world.pending))),
  route('POST', '/groups/{group}/nda/reminders', ofGroup((world) => {
    const left_out = world.pending.filter(({ reminded_at }) => reminded_at !== null);
    const reminded = world.pending.filter(({ reminded_at }) => reminded_at === null);
    for (const one of reminded) one.reminded_at = new Date().toISOString();
    return ok({ reminded: reminded.length, left_out });
  })),
  route('POST', '/groups/{group}/nda/versions', ofGroup((world, { body }) => {
    world.published.push(body);
    return { status: 201, body: world.versions[0] };
  })),
  route('GET', '/groups/{group}/threads', ofGroup((world) => list(world.threads))),
  route('GET', '/groups/{group}/threads/{thread}', ofGroup((world, { params }) => {
    const thread = world.threads.find((one) => one.id === params[1]);
    return thread ? ok(thread, '"3"') : problem(404, 'not-found', 'Introuvable');
  })),
  route('PATCH', '/groups/{group}/threads/{thread}', ofGroup((world, { body }) => ok(Object.assign(world.threads[0]!, body), '"4"'))),
  route('PUT', '/groups/{group}/threads/{thread}/read-mark', ofGroup((world, { body }) => {
    world.threads[0]!.read_count = Number(body.number);
    return nothing;
  })),
  route('GET', '/groups/{group}/threads/{thread}/posts', ofGroup((world, { query }) => {
    const from = Number(query.get('from') ?? 1);
    return ok({ items: world.posts.filter(({ number }) => number >= from), next_cursor: null, prev_cursor: null });
  })),
  route('POST', '/groups/{group}/threads/{thread}/posts', ofGroup((world, { body, header }) => {
    if (world.postsRefused > 0) {
      world.postsRefused -= 1;
      return problem(503, 'overloaded', 'Trop de demandes');
    }
    const key = header('idempotency-key') ?? '';
    const before = world.created.get(key);
    if (before) return { status: 201, body: before };
    const answered = world.posts.find((post) => post.id === body.reply_to);
    const in_reply_to = answered ? { id: answered.id, number: answered.number, author_name: answered.author.name } : null;
    write(world, world.people.camille, `<p>${String(body.body)}</p>`, { in_reply_to });
    const written = world.posts.at(-1)!;
    world.created.set(key, written);
    return { status: 201, body: written };
  })),
  route('GET', '/groups/{group}/posts/{post}', ofPost((_, __, post) => ok(post, `"${post.revision}"`))),
  route('PATCH', '/groups/{group}/posts/{post}', ofPost((world, { body }, post) => {
    Object.assign(post, { body: body.body, body_html: `<p>${String(body.body)}</p>`, edited_at: new Date().toISOString(), revision: post.revision + 1 });
    record(world, 'post.edited', world.me.id, { thread_id: post.thread_id, post_id: post.id });
    return ok(post, `"${post.revision}"`);
  })),
  route('DELETE', '/groups/{group}/posts/{post}', ofPost((_, __, post) => {
    Object.assign(post, { deleted: true, body: '', body_html: '' });
    return nothing;
  })),
  route('GET', '/groups/{group}/posts/{post}/revisions', ofPost(() =>
    list([{ revision: 1, body: 'Avant', body_html: '<p>Voici ce que consomment nos deux bâtiments.</p>', written_at: '2026-01-05T10:00:00Z' }])
  )),
  route('PUT', '/groups/{group}/posts/{post}/reactions/{reaction}', react(true)),
  route('DELETE', '/groups/{group}/posts/{post}/reactions/{reaction}', react(false)),
  route('GET', '/groups/{group}/events', ofGroup((world, { query }) => {
    const after = Number(query.get('after') ?? 0);
    return ok({ items: world.events.filter(({ seq }) => seq > after), head: world.group.head });
  }))
];
