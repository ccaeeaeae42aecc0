// A margelle of its own: a fresh database on the scratch cluster, a free port, a folder of mails. Nothing outlives stop().
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from './eventually.mjs';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../..', import.meta.url));

function setting(name) {
  if (!process.env[name]) throw new Error(`${name} is not set: run scripts/test`);
  return process.env[name];
}

const binary = setting('MARGELLE_BINARY');
const cluster = setting('MARGELLE_TEST_PGHOST');
const psql = (database, ...commands) =>
  run('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-h', cluster, '-U', 'postgres', '-d', database, ...commands.flatMap((sql) => ['-c', sql])]);

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Roles are the cluster's: the lock keeps test programs that run side by side from making them at the same time. */
async function alone(act) {
  const holder = spawn('psql', ['-Xqt', '-h', cluster, '-U', 'postgres', '-d', 'postgres'], { stdio: ['pipe', 'pipe', 'inherit'] });
  holder.stdin.write("SELECT pg_advisory_lock(1);\n\\echo locked\n");
  for await (const line of createInterface(holder.stdout)) if (line === 'locked') break;
  try {
    await act();
  } finally {
    holder.stdin.end();
    await once(holder, 'exit');
  }
}

export class Server {
  #process;
  #log = '';

  static async start({ demonstration = false } = {}) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'margelle-browser-test-'));
    server.database = `browser_${randomBytes(6).toString('hex')}`;
    server.url = `http://localhost:${await freePort()}`;
    process.on('exit', () => server.#process?.kill('SIGKILL'));
    try {
      await alone(() => server.#prepare());
      if (demonstration) await server.command(['demo', 'load']);
      server.#serve();
      await eventually(async () => {
        if (server.#process.exitCode !== null) throw new Error(`ended with ${server.#process.exitCode}`);
        return (await fetch(`${server.url}/readyz`).catch(() => null))?.ok;
      });
    } catch (fault) {
      await server.stop().catch(() => {});
      throw new Error(`margelle does not start: ${fault.message}\n${server.#log}`);
    }
    return server;
  }

  get #environment() {
    const as = (role) => `postgresql:///${this.database}?host=${cluster}&user=${role}`;
    return {
      ...process.env,
      DATABASE_URL: as('margelle_app'),
      MARGELLE_MIGRATION_URL: as('margelle_owner'),
      MARGELLE_MAIL_DIR: join(this.folder, 'mail'),
      MARGELLE_SIGNING_KEY: join(this.folder, 'signing-key'),
      MARGELLE_MASTER_KEY: join(this.folder, 'master-key'),
      MARGELLE_WEB_ROOT: join(repository, 'clients/web/dist'),
      MARGELLE_LISTEN: `127.0.0.1:${new URL(this.url).port}`,
      MARGELLE_PUBLIC_URL: this.url,
      MARGELLE_HOST: 'Ville de Bellerive',
      MARGELLE_DEMO_PASSWORD: demonstrationPassword
    };
  }

  async #prepare() {
    await psql(
      'postgres',
      `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'margelle_owner') THEN
         CREATE ROLE margelle_owner LOGIN CREATEROLE; END IF; END $$`,
      `CREATE DATABASE ${this.database} OWNER margelle_owner`
    );
    await this.#makeKey('new', 'signing-key');
    await this.#makeKey('master', 'master-key');
    await this.command(['migrate']);
  }

  async #makeKey(kind, name) {
    const { stdout } = await this.command(['key', kind], { MARGELLE_SIGNING_KEY: '', MARGELLE_MASTER_KEY: '' });
    writeFileSync(join(this.folder, name), stdout, { mode: 0o600 });
  }

  #serve() {
    this.#process = spawn(binary, ['serve'], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on('data', (text) => (this.#log += text));
  }

  /** Runs one of margelle's commands to its end. */
  async command(words, { input = '', ...environment } = {}) {
    const running = run(binary, words, { env: { ...this.#environment, ...environment } });
    running.child.stdin.end(input);
    return running;
  }

  /** The mails to an address, the oldest first: subject, body, and the address of the button. */
  mails(address) {
    const folder = join(this.folder, 'mail');
    return readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .filter((text) => text.includes(`<${address}>`))
      .map((text) => {
        const [head, ...body] = text.split(/\r?\n\r?\n/);
        return { subject: /^Subject: (.*)$/m.exec(head)[1], body: body.join('\n\n'), link: /^https?:\S+#\S+$/m.exec(text)?.[0] };
      });
  }

  /** The link in the nth mail to an address, once that has been sent. */
  async mailedLink(address, nth = 0) {
    return eventually(() => this.mails(address).filter(({ link }) => link)[nth]?.link);
  }

  /** What the offline check says of a receipt, with the public key that the server gives out. */
  async verifyReceipt(receipt) {
    const { items } = await (await fetch(`${this.url}/api/v1/receipt-keys`)).json();
    const [file, key] = ['receipt.json', 'key.pem'].map((name) => join(this.folder, name));
    writeFileSync(file, receipt);
    writeFileSync(key, items[0].pem);
    return this.command(['verify-receipt', file, '--key', key]).then(
      ({ stdout }) => ({ valid: true, said: stdout }),
      ({ code, stdout, stderr }) => ({ valid: false, code, said: stdout + stderr })
    );
  }

  /** Fails when the server did not end as it should, or a sanitizer had something to say. */
  async stop() {
    if (this.#process && this.#process.exitCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    await psql('postgres', `DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
    rmSync(this.folder, { recursive: true, force: true });
    if (this.#process && this.#process.exitCode !== 0) {
      throw new Error(`margelle ended with ${this.#process.exitCode ?? this.#process.signalCode}:\n${this.#log}`);
    }
  }
}

export const demonstrationPassword = 'un puits au milieu du bourg';
