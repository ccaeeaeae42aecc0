import { createHash } from 'node:crypto';
import type {
  AuditEntry,
  Circle,
  Confirmation,
  Group,
  Invitation,
  InvitationOffer,
  JoinRequest,
  LogEvent,
  Me,
  Membership,
  MyAcceptance,
  MyInvitation,
  MyReceipt,
  Nda,
  NdaVersion,
  PendingMember,
  Person,
  Post,
  RegisterEntry,
  Release,
  SignatureOffer,
  Thread
} from '../../src/lib/api/types';
import { documentsOf, type FakeUpload } from './documents';
import { id } from './ids';

export { id };

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const person = (n: number, name: string): Person => ({ id: id(n), name });

const camille = person(1, 'Camille Durand');
const leila = person(2, 'Leïla Benhamou');
const yves = person(3, 'Yves Lacaze');
const ines = person(4, 'Inès Morel');

const city = { id: id(51), name: 'Ville de Bellerive', state: 'verified' as const };
const workshop = { id: id(52), name: 'La Scierie coopérative', state: 'declared' as const };

function member(who: Person, role: Membership['role'], category: string, organisation: typeof city | typeof workshop | null): Membership {
  return { member: who, role, category, organisation, title: null, joined_at: ago(90_000), accepted: true };
}

function post(number: number, author: Person, minutes: number, html: string, more: Partial<Post> = {}): Post {
  return {
    id: id(1000 + number),
    thread_id: id(201),
    number,
    author,
    category: author === leila ? 'social_economy' : author === camille ? 'authority' : 'resident',
    organisation_name: author === leila ? workshop.name : author === camille ? city.name : null,
    in_reply_to: null,
    body: html.replace(/<[^>]+>/g, ''),
    body_html: html,
    created_at: ago(minutes),
    edited_at: null,
    deleted: false,
    reactions: {},
    my_reactions: [],
    revision: 1,
    ...more
  };
}

const answers = (to: Post) => ({ in_reply_to: { id: to.id, number: to.number, author_name: to.author.name } });

function conversation(): Post[] {
  const opening = post(
    1,
    leila,
    4000,
    '<p>La scierie produit <strong>1 200 tonnes de chutes</strong> par an. Aujourd’hui, elles partent à 180 km. Deux questions pour commencer :</p><ul><li>quelle chaufferie communale pourrait en prendre une partie ?</li><li>qui porte le stockage en hiver ?</li></ul>',
    { reactions: { agree: 3, explore: 1 }, my_reactions: ['agree'] }
  );
  const figures = post(
    2,
    camille,
    3900,
    '<p>Voici ce que consomment nos trois bâtiments.</p><table><thead><tr><th>Bâtiment</th><th>MWh par an</th><th>Chaudière</th></tr></thead><tbody><tr><td>Groupe scolaire</td><td>310</td><td>Gaz, 2003</td></tr><tr><td>Gymnase</td><td>180</td><td>Fioul, 1998</td></tr></tbody></table>',
    { ...answers(opening), edited_at: ago(3800), revision: 2 }
  );
  const worry = post(3, yves, 2000, '<p>Et les camions ? La rue des Tanneurs ne peut pas en prendre davantage.</p>', {
    ...answers(figures),
    reactions: { reservation: 2 }
  });
  const route = post(4, leila, 1500, '<p>Le chemin de la gare évite le bourg. <span class="mention" data-member="' + id(3) + '">@Yves Lacaze</span>, peut-on le parcourir ensemble ?</p>', answers(worry));
  const gone = post(5, ines, 1400, '', { ...answers(worry), deleted: true });
  const fresh = post(6, ines, 90, '<p><span class="mention" data-member="' + id(1) + '">@Camille Durand</span>, le gymnase chauffe-t-il aussi l’été ?</p>', answers(figures));
  return [opening, figures, worry, route, gone, fresh, post(7, yves, 20, '<blockquote><p>qui porte le stockage</p></blockquote><p>La halle vide de la gare ferait l’affaire.</p>')];
}

export function passage(number: number, post: Pick<Post, 'id' | 'author' | 'body_html' | 'created_at'>, more: Partial<Release['passages'][number]> = {}): Release['passages'][number] {
  const body_html = post.body_html.replace(/<span class="mention"[^>]*>.*?<\/span>/g, '<span class="mention">@…</span>');
  return { number, post_id: post.id, author: post.author, body_html, written_at: post.created_at, agrees: null, named: false, ...more };
}

export function release(n: number, title: string, more: Partial<Release> = {}): Release {
  return {
    id: id(n), title, summary_html: '', thread: null, label: 'group', circle: null, proposed_by: leila, proposed_at: ago(300), state: 'proposed',
    published_at: null, withdrawn_reason: null, approvals: [], approved: false, passages: [], ...more
  };
}

/** One in each state: proposed with answers awaited, public, withdrawn. */
function proposals(): Release[] {
  const [opening, figures, worry, route] = conversation();
  return [
    release(703, 'Un stockage à la gare', { state: 'withdrawn', withdrawn_reason: 'À reprendre après la visite', summary_html: '<p>La halle vide de la gare.</p>', proposed_by: yves }),
    release(701, 'Ce que deviennent les chutes de la scierie', {
      summary_html: '<p>Une scierie, trois bâtiments communaux, et <strong>une question de camions</strong>.</p>',
      thread: { id: id(201), title: 'Que faire des chutes de la scierie ?' },
      approvals: [{ member: leila, moderator: false, at: ago(200) }],
      passages: [passage(1, opening!, { agrees: true, named: true }), passage(2, figures!), passage(3, worry!), passage(4, route!, { agrees: false })]
    }),
    release(702, 'Ce que consomment nos bâtiments', {
      state: 'published', published_at: ago(2000), proposed_at: ago(9000), approved: true, label: 'circle', circle: { id: id(301), name: 'Financement' },
      summary_html: '<p>Des relevés sur trois hivers.</p>',
      approvals: [{ member: camille, moderator: true, at: ago(2500) }, { member: leila, moderator: false, at: ago(2400) }],
      passages: [passage(1, figures!, { agrees: true, named: true }), passage(2, worry!, { agrees: true }), passage(3, opening!, { agrees: false })]
    })
  ];
}

/** One entry of each sort that reads differently, the newest first. */
function entries(): AuditEntry[] {
  const entry = (position: number | null, kind: string, more: Partial<AuditEntry>): AuditEntry => ({
    at: ago(100 * (40 - (position ?? 40))), kind, actor: leila, subject: null, object: null, data: {}, email: null, address: '192.0.2.10', position, hash: null, ...more
  });
  return [
    entry(null, 'read.as', { subject: yves, data: { as: `member:${id(3)}` } }),
    entry(null, 'release.declined', { actor: camille, subject: camille, object: { id: id(702), name: 'Ce que consomment nos bâtiments' }, data: { passage: 1 } }),
    entry(38, 'access.refused', { actor: null, data: { operation: 'getThread' } }),
    entry(37, 'thread.labelled', { object: { id: id(203), name: 'Compte rendu' }, data: { from: id(101), to: id(301), reason: 'Il y est question d’argent' } }),
    entry(36, 'circle.joined', { subject: camille, object: { id: id(302), name: null } }),
    entry(35, 'role.changed', { subject: yves, data: { from: 'member', to: 'observer' } }),
    entry(34, 'invitation.sent', { email: 'nadia.roche@asso.example' }),
    entry(33, 'nda.accepted', { actor: yves, subject: yves, data: { version: 2 } }),
    entry(32, 'member.removed', { subject: ines }),
    entry(31, 'dataset.archived', {})
  ];
}

const text = `## 1. Ce qui est confidentiel\n\nCe qui s’écrit dans le groupe, et les documents qui y sont déposés.\n\n## 2. Durée\n\nTrois ans après la fin du groupe.\n`;

function version(number: number, kind: NdaVersion['kind'], source: string): NdaVersion {
  return {
    number,
    kind,
    text: source,
    text_html: source.replace(/^## (.*)$/gm, '<h2>$1</h2>').replace(/^(?!<h2>)(.+)$/gm, '<p>$1</p>'),
    summary: 'En clair',
    summary_html:
      '<p>Vous pouvez parler de ce qui s’écrit ici avec les membres du groupe, et avec eux seulement.</p><p>Votre engagement dure trois ans après la fin du groupe.</p>',
    translation: null,
    translation_html: null,
    sha256: createHash('sha256').update(source).digest('hex'),
    sha256_covers: 'text',
    language: 'fr',
    holds_from: '2026-01-05',
    secrecy_months: 36,
    published_at: ago(60_000)
  };
}

/** The caller's entry in the register, on behalf of the city. */
export function accepted(version: number, at: string): NonNullable<Nda['mine']> {
  return { act: 'accepted', version, at, organisation_name: city.name, organisation_state: 'personal' };
}

const newest = version(2, 'material', text.replace('Trois ans', 'Cinq ans'));
const terms = { version: 2, sha256: newest.sha256, language: 'fr' as const, holds_from: newest.holds_from, secrecy_months: 36 };
const signature = { algorithm: 'Ed25519' as const, key_id: 'a1b2c3', value: 'c2lnbmF0dXJl' };
const hall = { id: id(104), name: 'Halle de la gare' };
const townHall = { id: city.id, name: city.name, category: 'authority', siret: '21030023400017' };
const mayor = { name: 'Marie Maire', email: 'maire@bellerive.example', capacity: 'Maire' };

export const confirmation: Confirmation = {
  format: 1,
  kind: 'margelle-nda-confirmation',
  group: hall,
  nda: terms,
  organisation: townHall,
  acceptance: { sha256: newest.sha256, member: camille, full_name: 'Camille Durand', accepted_at: '2026-01-06T10:00:00Z' },
  signatory: mayor,
  full_name: 'Marie Maire',
  confirmed_at: '2026-01-08T10:00:00Z',
  context: { address: '192.0.2.20', user_agent: 'Mozilla/5.0', authentication: 'mail' },
  signature
};

/** Of a group that one has left, whose agreement still binds. */
const myReceipt: MyReceipt = {
  receipt: {
    format: 1,
    kind: 'margelle-nda-receipt',
    group: hall,
    nda: terms,
    member: { ...camille, email: 'camille.durand@bellerive.example' },
    organisation: townHall,
    capacity: 'Adjointe à l’énergie',
    signatory: mayor,
    full_name: 'Camille Durand',
    accepted_at: '2026-01-06T10:00:00Z',
    context: { address: '192.0.2.10', user_agent: 'Mozilla/5.0', authentication: 'password', language: 'fr', audit_head: { position: 12, sha256: newest.sha256 } },
    signature
  },
  confirmation: null,
  organisation_state: 'awaiting',
  left_at: '2026-03-01T10:00:00Z',
  secrecy_months: 36,
  secrecy_ends_on: '2029-03-01',
  language: 'fr',
  text: newest.text,
  text_html: newest.text_html,
  summary: newest.summary,
  summary_html: newest.summary_html,
  translation: null,
  translation_html: null
};

/** What the fake server remembers: one person, a group under an agreement, and what surrounds them. */
export function makeWorld() {
  const me: Me = {
    id: camille.id,
    name: camille.name,
    email: 'camille.durand@bellerive.example',
    language: 'fr',
    time_zone: 'Europe/Paris',
    notice: 'daily',
    administrator: false,
    has_password: true,
    organisations: [{ organisation: { ...city, category: 'authority', siret: null, territory: null, themes: [] }, title: 'Adjointe à l’énergie', state: 'verified' }]
  };
  const group: Group = {
    id: id(101),
    name: 'Bois de chauffage et chutes de scierie',
    purpose: 'Alimenter trois bâtiments communaux avec les chutes de bois produites à moins de vingt kilomètres, sans camions de plus dans le bourg.',
    themes: ['energy', 'waste'],
    phase: 'partnership',
    confidentiality: 'nda',
    listing: 'listed',
    standing: 'in',
    role: 'moderator',
    categories: ['authority', 'social_economy', 'resident', 'association'],
    news: { threads: 1, posts: 2, replies: 1, mentions: 1 },
    revision: 1,
    head: 40,
    charter: '',
    charter_html: '<p>On écrit court, on cite ses sources, on répond dans la semaine.</p>',
    territory: '03023',
    territory_name: 'Bellerive',
    starts_on: '2026-01-05',
    ends_on: '2026-12-18',
    milestones: [
      { title: 'Visite de la scierie', date: '2026-02-12' },
      { title: 'Choix du lieu de stockage', date: '2027-03-01' }
    ],
    needed_categories: ['authority', 'developer', 'social_economy', 'resident', 'association', 'research'],
    missing_categories: ['developer', 'research'],
    frozen: false,
    readers: { members: 23, organisations: 14 },
    thread_count: 3,
    nda_version: 2,
    acceptance_for: 'either',
    my_member_id: camille.id,
    my_category: 'authority',
    my_organisation: { id: city.id, name: city.name }
  };
  const thread = (n: number, title: string, more: Partial<Thread>): Thread => ({
    id: id(n),
    title,
    author: leila,
    label: 'group',
    circle: null,
    pinned: false,
    closed: false,
    post_count: 4,
    read_count: 4,
    unread_count: 0,
    last_post_at: ago(3000),
    created_at: ago(20_000),
    revision: 1,
    ...more
  });
  return {
    signedIn: true,
    me,
    password: 'un puits au milieu du village',
    group,
    groups: [
      { ...group, id: id(102), name: 'Compost de quartier', purpose: 'Partager les composteurs des résidences.', news: { threads: 0, posts: 0, replies: 0, mentions: 0 }, role: 'member' as const, confidentiality: 'light' as const }
    ] as Group[],
    listed: [{ ...group, id: id(103), name: 'Mobilités du plateau', purpose: 'Se déplacer sans voiture entre les villages.', themes: ['mobility'], standing: 'stranger' as const, role: null, news: null, confidentiality: 'light' as const }] as Group[],
    members: [
      member(camille, 'moderator', 'authority', city),
      member(ines, 'member', 'association', null),
      member(leila, 'member', 'social_economy', workshop),
      member(yves, 'observer', 'resident', null)
    ],
    threads: [
      thread(201, 'Que faire des chutes de la scierie ?', { pinned: true, post_count: 7, read_count: 5, unread_count: 2, last_post_at: ago(20) }),
      thread(202, 'Qui finance l’étude de faisabilité ?', { author: camille }),
      thread(203, 'Compte rendu de la première rencontre', { closed: true, circle: { id: id(301), name: 'Financement' }, label: 'circle' })
    ],
    circles: [
      { id: id(301), name: 'Financement', mine: true, created_by: leila, created_at: ago(40_000), head: 7, members: [camille, leila], readers: { members: 2, organisations: 2 }, entry_requests: [{ member: ines, requested_at: ago(60), opens_at: ago(-1380) }], revision: 1 },
      { id: id(302), name: 'Transport', mine: false, created_by: leila, created_at: ago(40_000), head: null, members: [ines, yves], readers: { members: 2, organisations: 0 }, entry_requests: [], revision: 1 }
    ] as Circle[],
    documents: documentsOf({ camille, leila, yves }),
    /** On their way, by their ids. */
    uploads: new Map<string, FakeUpload>(),
    releases: proposals(),
    audit: entries(),
    posts: conversation(),
    events: [] as LogEvent[],
    /** The logs of the circles, each with numbers of its own. */
    circleEvents: new Map<string, LogEvent[]>(),
    nda: {
      required: true,
      acceptance_for: 'either',
      gate: 'open',
      current: version(2, 'material', text.replace('Trois ans', 'Cinq ans')),
      mine: accepted(2, ago(50_000))
    } as Nda,
    versions: [version(2, 'material', text.replace('Trois ans', 'Cinq ans')), version(1, 'material', text)],
    invitations: [
      { id: id(401), email: 'nadia.roche@asso.example', name: 'Nadia Roche', organisation_name: null, category: null, role: 'member', language: 'fr', state: 'pending', created_at: ago(600), expires_at: ago(-9000), delivery: 'sent' }
    ] as Invitation[],
    requests: [
      { member: person(9, 'Paul Vidal'), message: 'Je chauffe ma maison au bois depuis vingt ans et j’ai tenu la déchèterie.', category: 'resident', organisation: null, requested_at: ago(700) }
    ] as JoinRequest[],
    myInvitations: [
      { id: id(402), group: { id: id(104), name: 'Halle de la gare', purpose: 'Rouvrir la halle aux associations.', confidentiality: 'nda' }, inviter_name: 'Leïla Benhamou', role: 'member', category: 'authority', expires_at: ago(-9000) }
    ] as MyInvitation[],
    offer: {
      group: { id: group.id, name: group.name, purpose: group.purpose, confidentiality: 'nda' },
      email: 'camille.durand@bellerive.example',
      name: 'Camille Durand',
      organisation_name: 'Ville de Bellerive',
      category: 'authority',
      language: 'fr',
      role: 'member',
      inviter_name: 'Leïla Benhamou',
      message: 'Nous avons besoin de votre regard sur les bâtiments communaux.',
      account_exists: false,
      expires_at: ago(-9000)
    } as InvitationOffer,
    /** What moderators gave as reasons, in order. */
    reasons: [] as string[],
    /** What was asked, in order, and as whom. */
    asked: [] as { method: string; path: string; readAs: string | undefined }[],
    /** What was sent with each proposal, and its key. */
    proposed: [] as Record<string, unknown>[],
    /** The message of which the readers were asked last. */
    readersAsked: null as string | null,
    /** The last question asked of the record. */
    auditAsked: {} as Record<string, string>,
    register: [
      { member: yves, act: 'refused', version: 2, full_name: null, organisation_name: null, organisation_siret: null, capacity: null, organisation_state: null, signatory: null, at: '2026-01-07T10:00:00Z' },
      { member: leila, act: 'accepted', version: 2, full_name: 'Leïla Benhamou', organisation_name: workshop.name, organisation_siret: '21030023400017', capacity: 'Gérante', organisation_state: 'confirmed', signatory: { name: 'Hugo Petit', capacity: 'Président', answered_at: '2026-01-08T10:00:00Z' }, at: '2026-01-06T10:00:00Z' }
    ] as RegisterEntry[],
    pending: [
      { member: yves, role: 'observer', organisation_name: null, latest_act: 'refused', accepted_version: null, since: ago(9000), reminded_at: ago(60) },
      { member: ines, role: 'member', organisation_name: null, latest_act: 'accepted', accepted_version: 1, since: ago(8000), reminded_at: null }
    ] as PendingMember[],
    receipts: [
      { group: hall, version: 2, at: '2026-01-06T10:00:00Z', organisation_name: city.name, capacity: 'Adjointe à l’énergie', organisation_state: 'awaiting', left_at: '2026-03-01T10:00:00Z', secrecy_months: 36, secrecy_ends_on: '2029-03-01' }
    ] as MyAcceptance[],
    receipt: myReceipt,
    signature: {
      group: { name: hall.name },
      organisation: { name: city.name, siret: townHall.siret },
      member: { full_name: 'Camille Durand', capacity: 'Adjointe à l’énergie', accepted_at: '2026-01-06T10:00:00Z' },
      signatory: { name: mayor.name, capacity: mayor.capacity },
      agreement: newest,
      expires_at: ago(-40_000)
    } as SignatureOffer | null,
    /** What was sent with each answer to the agreement, and with each version published. */
    answers: [] as Record<string, unknown>[],
    published: [] as Record<string, unknown>[],
    /** What was sent with each new group. */
    made: [] as Record<string, unknown>[],
    /** Idempotency keys already answered, with the post each created. */
    created: new Map<string, Post>(),
    /** What the next requests meet, so that tests can break things. */
    upgradeRefused: false,
    postsRefused: 0,
    uploadsRefused: false,
    people: { camille, leila, yves, ines }
  };
}

export type World = ReturnType<typeof makeWorld>;

/** Another member writes: a post and its event in the group's log. */
export function write(world: World, author: Person, html: string, more: Partial<Post> = {}): LogEvent {
  const thread = world.threads[0]!;
  const written = post(thread.post_count + 1, author, 0, html, more);
  thread.post_count += 1;
  world.posts.push(written);
  const event = record(world, 'post.created', author.id, { thread_id: thread.id, post_id: written.id, number: written.number });
  return { ...event, data: { ...event.data, post: written } };
}

/** Something happens in a circle: told in its own log alone. */
export function recordIn(world: World, circle: Circle, kind: string, actor: string, data: LogEvent['data']): LogEvent & { circle: string } {
  const event = { seq: circle.head! + 1, kind, at: new Date().toISOString(), actor, data };
  circle.head = event.seq;
  world.circleEvents.set(circle.id, [...(world.circleEvents.get(circle.id) ?? []), event]);
  return { ...event, circle: circle.id };
}

export function record(world: World, kind: string, actor: string, data: LogEvent['data']): LogEvent {
  const event = { seq: world.group.head! + 1, kind, at: new Date().toISOString(), actor, data };
  world.group.head = event.seq;
  world.events.push(event);
  return event;
}
