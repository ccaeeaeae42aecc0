// People and groups, made through the HTTP interface as any client would.
import { randomUUID } from 'node:crypto';

export const password = 'la corde et le seau';
let count = 0;

export class Person {
  constructor(server, { name, email, cookie, id }) {
    Object.assign(this, { server, name, email, cookie, id });
  }

  /** Creates an account, and signs in. */
  static async create(server, name) {
    const email = `${name.split(' ')[0].normalize('NFD').replace(/[^A-Za-z]/g, '').toLowerCase()}.${++count}@bellerive.example`;
    await server.command(['member', 'add', email, '--name', name], { input: password });
    return Person.signIn(server, email, password);
  }

  static async signIn(server, email, secret) {
    const { me, cookie } = await signIn(server, email, secret);
    return new Person(server, { name: me.name, email, cookie, id: me.id });
  }

  async ask(method, path, body, headers = {}) {
    const response = await fetch(`${this.server.url}/api/v1${path}`, {
      method,
      headers: {
        Cookie: `${this.cookie.name}=${this.cookie.value}`,
        Origin: this.server.url,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers
      },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    const text = await response.text();
    return { status: response.status, etag: response.headers.get('etag'), text, json: text === '' ? null : JSON.parse(text) };
  }

  async #done(method, path, body, headers) {
    const answer = await this.ask(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  get(path) {
    return this.#done('GET', path);
  }

  post(path, body) {
    return this.#done('POST', path, body, { 'Idempotency-Key': `"${randomUUID()}"` });
  }

  put(path, body) {
    return this.#done('PUT', path, body);
  }

  patch(path, body, headers) {
    return this.#done('PATCH', path, body, headers);
  }

  delete(path) {
    return this.#done('DELETE', path);
  }
}

export async function signIn(server, email, secret) {
  const response = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { Origin: server.url, 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: secret })
  });
  if (!response.ok) throw new Error(`signing in ${email}: ${response.status} ${await response.text()}`);
  const [name, value] = response.headers.getSetCookie()[0].split(';')[0].split('=');
  return { me: await response.json(), cookie: { name, value } };
}

/** A working group, moderated by whoever created it; under an agreement unless it is light. */
export class Group {
  constructor(server, moderator, { id, name }) {
    Object.assign(this, { server, moderator, id, name, address: `/groupes/${id}`, path: `/groups/${id}` });
  }

  static async create(server, moderator, name, { light = false, ...more } = {}) {
    const body = { name, purpose: 'Essayer ensemble.', confidentiality: light ? 'light' : 'nda', category: 'authority', ...more };
    const group = new Group(server, moderator, await moderator.post('/groups', body));
    if (!light) {
      await group.publish('material');
      await group.accept(moderator);
    }
    return group;
  }

  async publish(kind, text = `Ce qui se dit ici reste ici. (${randomUUID()})`) {
    await this.moderator.post(`${this.path}/nda/versions`, { kind, text, summary: 'Ce qui se dit ici reste ici.', language: 'fr' });
  }

  async accept(person) {
    const { current } = await person.get(`${this.path}/nda`);
    await person.post(`${this.path}/nda/acceptance`, {
      version: current.number,
      sha256: current.sha256,
      full_name: person.name,
      agreed: true
    });
  }

  /** Invites a person who has an account, and has them come in. */
  async welcome(person, { category = 'resident' } = {}) {
    await this.moderator.post(`${this.path}/invitations`, { invitations: [{ email: person.email, name: person.name, category }] });
    const { items } = await person.get('/me/invitations');
    await person.post(`/me/invitations/${items.find(({ group }) => group.id === this.id).id}/acceptance`, { category });
    const { required } = await person.get(`${this.path}/nda`);
    if (required) await this.accept(person);
  }

  async thread(author, title, body = 'Une question pour commencer.') {
    const { id } = await author.post(`${this.path}/threads`, { title, body });
    return { id, title, address: `${this.address}/discussions/${id}`, path: `${this.path}/threads/${id}` };
  }

  write(author, thread, body, replyTo = null) {
    return author.post(`${thread.path}/posts`, { body, reply_to: replyTo });
  }
}
