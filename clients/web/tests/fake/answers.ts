import type { Circle, Release } from '../../src/lib/api/types';
import * as documents from './documents';
import { accepted, confirmation, id, passage, record, release, write, type World } from './world';
import { reference } from './values';

export interface Asked {
  method: string;
  params: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** As it came. */
  text: string;
  header: (name: string) => string | undefined;
}

export interface Answered {
  status: number;
  body?: unknown;
  etag?: string;
  headers?: Record<string, string>;
  /** Instead of JSON. */
  text?: string;
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

/** The group under the eyes of somebody who is not in it; null for those who are. */
function asSeen(world: World, as: string | undefined): Answered | null {
  const other = world.members.find(({ member }) => as === `member:${member.id}`);
  if (as === 'public') return ok({ ...world.group, standing: 'stranger', role: null });
  if (other) return ok({ ...world.group, standing: other.accepted ? 'in' : 'lobby', role: other.role === 'moderator' ? world.group.role : other.role });
  return null;
}

const ofPost = (handler: (world: World, asked: Asked, post: World['posts'][number]) => Answered): Handler =>
  ofGroup((world, asked) => {
    const post = world.posts.find((one) => one.id === asked.params[1]);
    return post ? handler(world, asked, post) : problem(404, 'not-found', 'Introuvable');
  });

const ofCircle = (handler: (world: World, asked: Asked, circle: Circle) => Answered): Handler =>
  ofGroup((world, asked) => {
    const circle = world.circles.find((one) => one.id === asked.params[1]);
    return circle ? handler(world, asked, circle) : problem(404, 'not-found', 'Introuvable');
  });

const ofDocument = (handler: (world: World, asked: Asked, found: documents.KeptDocument) => Answered): Handler =>
  ofGroup((world, asked) => {
    const found = world.documents.find(({ document }) => document.id === asked.params[1]);
    return found ? handler(world, asked, found) : problem(404, 'not-found', 'Introuvable');
  });

const ofUpload = (handler: (asked: Asked, upload: documents.FakeUpload) => Answered): Handler =>
  ofGroup((world, asked) => {
    const upload = world.uploads.get(asked.params[1]!);
    return upload ? handler(asked, upload) : problem(404, 'not-found', 'Introuvable');
  });

function beginUpload({ uploads, group }: World, length: number): Answered {
  const upload = id(900 + uploads.size);
  uploads.set(upload, { length, content: '' });
  return { status: 201, headers: { Location: `/api/v1/groups/${group.id}/uploads/${upload}` } };
}

const offset = (upload: documents.FakeUpload) => ({ 'Upload-Offset': String(upload.content.length), 'Upload-Length': String(upload.length) });

const ofRelease = (handler: (world: World, asked: Asked, release: Release) => Answered | void): Handler =>
  ofGroup((world, asked) => {
    const found = world.releases.find((one) => one.id === asked.params[1]);
    return found ? (handler(world, asked, found) ?? ok(found)) : problem(404, 'not-found', 'Introuvable');
  });

const approve = (given: boolean) =>
  ofRelease((world, _, release) => {
    const others = release.approvals.filter(({ member }) => member.id !== world.me.id);
    const own = { member: world.people.camille, moderator: world.group.role === 'moderator', at: new Date().toISOString() };
    release.approvals = given ? [...others, own] : others;
    release.approved = release.approvals.length >= 2 && release.approvals.some(({ moderator }) => moderator);
  });

const askedPassages = ({ releases, me }: World) =>
  releases
    .filter(({ state }) => state === 'proposed')
    .flatMap(({ passages }) => passages)
    .filter(({ author, agrees }) => author.id === me.id && agrees === null).length;

const onSquare = ({ releases, group, signedIn, me }: World) =>
  releases
    .filter(({ state }) => state === 'published')
    .map(({ id, title, published_at, summary_html, passages }) => ({
      id,
      title,
      group_name: group.listing === 'listed' ? group.name : null,
      published_at,
      summary_html,
      passages: passages
        .filter(({ agrees }) => agrees)
        .map(({ number, body_html, named, author, written_at }) => ({ number, body_html, author_name: named ? author.name : null, mine: signedIn && author.id === me.id, written_at }))
    }));

const react = (given: boolean) =>
  ofPost((_, { params }, post) => {
    const reaction = params[2] as 'agree';
    post.reactions[reaction] = Math.max(0, (post.reactions[reaction] ?? 0) + (given ? 1 : -1));
    post.my_reactions = given ? [...post.my_reactions, reaction] : post.my_reactions.filter((one) => one !== reaction);
    return nothing;
  });

export const anonymous = [
  route('GET', '/reference', () => ok(reference)),
  route('GET', '/square', (world, { query }) => {
    const all = onSquare(world);
    const first = Number(query.get('cursor') ?? 0);
    return ok({ items: all.slice(first, first + 2), next_cursor: first + 2 < all.length ? String(first + 2) : null });
  }),
  route('GET', '/square/{release}', (world, { params }) => {
    const found = onSquare(world).find(({ id }) => id === params[0]);
    return found ? ok(found) : problem(404, 'not-found', 'Introuvable');
  }),
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
  route('GET', '/nda-models', () => list([
    { name: 'short', language: 'fr', title: 'Accord en une page', summary: 'Ce qui se dit ici reste ici.', text: '## Objet\n\n…' },
    { name: 'short', language: 'en', title: 'One-page agreement', summary: 'What is said here stays here.', text: '## Purpose\n\n…' }
  ])),
  route('POST', '/markdown-previews', (_, { body }) => ok({ html: `<p>${String(body.text)}</p>` })),
  route('GET', '/groups', (world, { query }) => list(query.get('scope') === 'listed' ? world.listed : [world.group, ...world.groups])),
  route('POST', '/groups', (world, { body }) => {
    world.made.push(body);
    return { status: 201, body: world.group };
  }),
  route('GET', '/groups/{group}', ofGroup((world, { params, header }) => asSeen(world, header('read-as')) ?? ok([{ ...world.group, asked_passages: askedPassages(world) }, ...world.groups, ...world.listed].find((group) => group.id === params[0]), `"${world.group.revision}"`))),
  route('PATCH', '/groups/{group}', ofGroup((world, { body, header }) => {
    if (header('if-match') !== `"${world.group.revision}"`) return problem(412, 'stale', 'Modifié entre-temps');
    Object.assign(world.group, body, { revision: world.group.revision! + 1 });
    return ok(world.group, `"${world.group.revision}"`);
  })),
  route('GET', '/groups/{group}/members', ofGroup((world) => list(world.members))),
  route('PATCH', '/groups/{group}/members/{member}', ofGroup((world, { params, body }) => {
    const membership = world.members.find(({ member }) => member.id === params[1])!;
    Object.assign(membership, body);
    return ok({ member_id: params[1], role: membership.role, state: 'active' });
  })),
  route('POST', '/groups/{group}/removals', ofGroup((world, { body }) => {
    const whom = (body.members ?? []) as string[];
    const leaving = world.members.filter(({ member, organisation }) => whom.includes(member.id) || (organisation && organisation.id === body.organisation));
    world.members = world.members.filter((membership) => !leaving.includes(membership));
    world.reasons.push(String(body.reason));
    return ok({ removed: leaving.map(({ member }) => member.id) });
  })),
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
  route('GET', '/groups/{group}/circles', ofGroup((world) => list(world.circles.filter(({ mine }) => mine || world.group.role === 'moderator')))),
  route('POST', '/groups/{group}/circles', ofGroup((world, { body }) => {
    const chosen = world.members.map(({ member }) => member).filter((member) => (body.members as string[]).includes(member.id));
    const circle: Circle = {
      id: id(303), name: String(body.name), mine: chosen.some((member) => member.id === world.me.id), created_by: world.people.camille,
      created_at: new Date().toISOString(), head: 1, members: chosen, readers: { members: chosen.length, organisations: 1 }, entry_requests: [], revision: 1
    };
    world.circles.push(circle);
    return { status: 201, body: circle };
  })),
  route('GET', '/groups/{group}/circles/{circle}', ofCircle((_, __, circle) => ok(circle, `"r${circle.revision}"`))),
  route('PATCH', '/groups/{group}/circles/{circle}', ofCircle((_, { body, header }, circle) =>
    header('if-match') === `"r${circle.revision}"` ? ok(Object.assign(circle, body)) : problem(412, 'stale', 'Modifié entre-temps')
  )),
  route('PUT', '/groups/{group}/circles/{circle}/members/{member}', ofCircle((world, { params }, circle) => {
    circle.members = [...circle.members, world.members.find(({ member }) => member.id === params[2])!.member];
    return nothing;
  })),
  route('DELETE', '/groups/{group}/circles/{circle}/members/{member}', ofCircle((world, { params }, circle) => {
    circle.members = circle.members.filter((member) => member.id !== params[2]);
    circle.mine = circle.members.some((member) => member.id === world.me.id);
    return nothing;
  })),
  route('POST', '/groups/{group}/circles/{circle}/entry-requests', ofCircle((world, _, circle) => {
    const opens_at = new Date(Date.now() + 86_400_000).toISOString();
    circle.entry_requests = [{ member: world.people.camille, requested_at: new Date().toISOString(), opens_at }];
    return { status: 202, body: { opens_at } };
  })),
  route('POST', '/groups/{group}/circles/{circle}/entry-requests/{member}/agreement', ofCircle((_, { params }, circle) => {
    circle.members = [...circle.members, circle.entry_requests.find(({ member }) => member.id === params[2])!.member];
    circle.entry_requests = [];
    return nothing;
  })),
  route('GET', '/groups/{group}/threads', ofGroup((world) => list(world.threads))),
  route('POST', '/groups/{group}/threads', ofGroup((world, { body }) => {
    const circle = world.circles.find((one) => one.id === body.circle) ?? null;
    const thread = { ...world.threads[1]!, id: id(204), title: String(body.title), label: circle ? ('circle' as const) : ('group' as const), circle };
    world.threads.push(thread);
    return { status: 201, body: thread };
  })),
  route('GET', '/groups/{group}/threads/{thread}', ofGroup((world, { params }) => {
    const thread = world.threads.find((one) => one.id === params[1]);
    return thread ? ok(thread, '"3"') : problem(404, 'not-found', 'Introuvable');
  })),
  route('PATCH', '/groups/{group}/threads/{thread}', ofGroup((world, { body }) => ok(Object.assign(world.threads[0]!, body), '"4"'))),
  route('PUT', '/groups/{group}/threads/{thread}/label', ofGroup((world, { params, body }) => {
    const thread = world.threads.find((one) => one.id === params[1])!;
    const circle = world.circles.find((one) => one.id === body.circle) ?? null;
    Object.assign(thread, { circle, label: circle ? 'circle' : 'group' });
    world.reasons.push(String(body.reason));
    return ok(thread, '"4"');
  })),
  route('GET', '/groups/{group}/threads/{thread}/readers', ofGroup((world, { query }) => {
    const at = query.get('at') ?? new Date().toISOString();
    world.readersAsked = query.get('post');
    const recorded = world.group.records_reading ?? false;
    const readers = at < '2026-01-01' ? [] : world.members.slice(1);
    const items = readers.map(({ member, organisation, joined_at }, index) => ({ member, organisation, since: joined_at, read_at: recorded && index === 0 ? joined_at : null }));
    return ok({ at, label: 'group', circle: null, recorded, items, next_cursor: null });
  })),
  route('POST', '/groups/{group}/uploads', ofGroup((world, { header }) =>
    world.uploadsRefused ? problem(413, 'quota-reached', 'L’espace de ce groupe ne suffit plus pour ce fichier.') : beginUpload(world, Number(header('upload-length')))
  )),
  route('HEAD', '/groups/{group}/uploads/{upload}', ofUpload((_, upload) => ({ status: 200, headers: offset(upload) }))),
  route('PATCH', '/groups/{group}/uploads/{upload}', ofUpload(({ text }, upload) => {
    upload.content += text;
    return { status: 204, headers: offset(upload) };
  })),
  route('DELETE', '/groups/{group}/uploads/{upload}', ofUpload(() => nothing)),
  route('GET', '/groups/{group}/documents', ofGroup((world, { query }) => list(documents.find(world.documents, query)))),
  route('POST', '/groups/{group}/documents', ofGroup((world, { body }) => ({
    status: 201,
    body: documents.add(world.documents, world.people.camille, String(body.name), world.uploads.get(String(body.upload_id))!.content, world.circles.find((one) => one.id === body.circle) ?? null)
  }))),
  route('GET', '/groups/{group}/documents/{document}', ofDocument((_, __, { document }) => ok(document, `"r${document.revision}"`))),
  route('PATCH', '/groups/{group}/documents/{document}', ofDocument((_, { body, header }, { document }) =>
    header('if-match') === `"r${document.revision}"` ? ok(Object.assign(document, body, { revision: document.revision + 1 })) : problem(412, 'stale', 'Modifié entre-temps')
  )),
  route('DELETE', '/groups/{group}/documents/{document}', ofDocument((_, __, { document }) => {
    Object.assign(document, { deleted: true, name: '', version: null });
    return nothing;
  })),
  route('PUT', '/groups/{group}/documents/{document}/label', ofDocument((world, { body }, { document }) => {
    const circle = world.circles.find((one) => one.id === body.circle) ?? null;
    world.reasons.push(String(body.reason));
    return ok(Object.assign(document, { label: circle ? 'circle' : 'group', circle: circle && { id: circle.id, name: circle.name } }));
  })),
  route('PUT', '/groups/{group}/documents/{document}/check-out', ofDocument((world, { body }, { document }) =>
    ok(Object.assign(document, { checked_out_by: world.people.camille, checked_out_until: new Date(Date.now() + Number(body.hours) * 3_600_000).toISOString() }))
  )),
  route('DELETE', '/groups/{group}/documents/{document}/check-out', ofDocument((_, __, { document }) => {
    Object.assign(document, { checked_out_by: null, checked_out_until: null });
    return nothing;
  })),
  route('GET', '/groups/{group}/documents/{document}/versions', ofDocument((_, __, { versions }) => list(versions))),
  route('POST', '/groups/{group}/documents/{document}/versions', ofDocument((world, { body }, found) =>
    body.base === found.document.version
      ? { status: 201, body: documents.append(found, world.people.camille, world.uploads.get(String(body.upload_id))!.content, String(body.note ?? '')) }
      : problem(409, 'newer-version', 'Une version plus récente est arrivée entre-temps.')
  )),
  route('POST', '/groups/{group}/documents/{document}/versions/{version}/restoration', ofDocument((world, { params }, found) => ({
    status: 201,
    body: documents.append(found, world.people.camille, found.contents.get(Number(params[2]))!, '', Number(params[2]))
  }))),
  route('GET', '/groups/{group}/documents/{document}/versions/{version}/content', ofDocument((_, { params }, { contents, document }) => ({
    status: 200, text: contents.get(Number(params[2]))!, headers: { 'Content-Type': document.media_type ?? '', 'Content-Disposition': `attachment; filename="${id(1)}"` }
  }))),
  route('GET', '/groups/{group}/releases', ofGroup((world) => list(world.releases))),
  route('POST', '/groups/{group}/releases', ofGroup((world, { body, header }) => {
    world.proposed.push({ ...body, key: header('idempotency-key') });
    const thread = world.threads.find(({ id }) => id === body.thread) ?? null;
    const posts = world.posts.filter(({ id }) => (body.posts as string[]).includes(id));
    const made = release(710, String(body.title), {
      summary_html: body.summary === '' ? '' : `<p>${String(body.summary)}</p>`,
      thread: thread && { id: thread.id, title: thread.title },
      label: thread?.label ?? 'group',
      circle: thread?.circle ?? null,
      proposed_by: world.people.camille,
      proposed_at: new Date().toISOString(),
      passages: posts.map((post, index) => passage(index + 1, post))
    });
    world.releases.unshift(made);
    return { status: 201, body: made };
  })),
  route('PUT', '/groups/{group}/releases/{release}/approval', approve(true)),
  route('DELETE', '/groups/{group}/releases/{release}/approval', approve(false)),
  route('PUT', '/groups/{group}/releases/{release}/passages/{number}/consent', ofRelease((_, { params, body }, release) => {
    const answered = release.passages.find(({ number }) => number === Number(params[2]))!;
    if (release.state !== 'proposed' && body.agrees && !answered.agrees) return problem(409, 'conflict', 'Déjà décidé');
    Object.assign(answered, body);
  })),
  route('POST', '/groups/{group}/releases/{release}/publication', ofRelease((_, __, release) => {
    if (!release.approved) return problem(409, 'conflict', 'Pas encore approuvée');
    for (const one of release.passages) one.agrees ??= false;
    Object.assign(release, { state: 'published', published_at: new Date().toISOString() });
  })),
  route('POST', '/groups/{group}/releases/{release}/withdrawal', ofRelease((world, { body }, release) => {
    Object.assign(release, { state: 'withdrawn', withdrawn_reason: body.reason });
    world.reasons.push(String(body.reason));
    return nothing;
  })),
  route('DELETE', '/square/{release}/passages/{number}', (world, { params }) => {
    const passage = world.releases.find(({ id }) => id === params[0])?.passages.find(({ number }) => number === Number(params[1]));
    if (!passage) return problem(404, 'not-found', 'Introuvable');
    Object.assign(passage, { agrees: false, named: false });
    return nothing;
  }),
  route('GET', '/groups/{group}/audit', ofGroup((world, { query }) => {
    world.auditAsked = Object.fromEntries(query);
    const items = world.audit.filter(({ kind, actor, subject }) =>
      kind.startsWith(query.get('kind') ?? '') && (!query.has('person') || [actor?.id, subject?.id].includes(query.get('person')!))
    );
    const half = query.has('kind') || query.has('person') ? items.length : 5;
    return query.has('cursor') ? ok({ items: items.slice(half), next_cursor: null }) : ok({ items: items.slice(0, half), next_cursor: half < items.length ? '5' : null });
  })),
  route('POST', '/groups/{group}/audit-exports', ofGroup(() => ok({ kind: 'margelle-audit-head' }))),
  route('PUT', '/groups/{group}/suspension', ofGroup((world, { body }) => {
    Object.assign(world.group, { frozen: body.suspended, frozen_reason: body.suspended ? body.reason : null });
    world.reasons.push(String(body.reason));
    return ok(world.group, `"${world.group.revision}"`);
  })),
  route('PUT', '/groups/{group}/threads/{thread}/read-mark', ofGroup((world, { body }) => {
    world.threads[0]!.read_count = Number(body.number);
    return nothing;
  })),
  route('GET', '/groups/{group}/threads/{thread}/posts', ofGroup((world, { query }) => {
    // A cursor is the number that a page begins or, with a minus, ends with.
    const limit = Number(query.get('limit') ?? 50);
    const cursor = Number(query.get('cursor') ?? query.get('from') ?? 1);
    const first = cursor < 0 ? Math.max(1, 1 - cursor - limit) : cursor;
    const end = cursor < 0 ? 1 - cursor : first + limit;
    const items = world.posts.filter(({ number }) => number >= first && number < end);
    const more = world.posts.some(({ number }) => number >= end);
    return ok({ items, next_cursor: more ? String(end) : null, prev_cursor: first > 1 ? String(1 - first) : null });
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
