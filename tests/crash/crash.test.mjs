// Kills the server, and PostgreSQL with all its processes, with SIGKILL in the middle of the load, in turn: whatever post was acknowledged
// is in the table afterwards, and nothing is half written. MARGELLE_BUILD is a build folder with margelle and margelle_load;
// MARGELLE_CRASH_ROUNDS says how many rounds (2). The PostgreSQL is the test's own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const rounds = Number(process.env.MARGELLE_CRASH_ROUNDS ?? 2);
const scratch = mkdtempSync(join(tmpdir(), 'margelle-crash.'));
const programs = '/usr/lib/postgresql/15/bin';
// lab.mjs reads them as it is loaded.
Object.assign(process.env, {
  BENCH_SOCKET: join(scratch, 'postgres'),
  BENCH_SCRATCH: scratch,
  BENCH_BUILD: process.env.MARGELLE_BUILD,
  BENCH_WEB_ROOT: join(import.meta.dirname, '../../clients/web/dist'),
  PATH: `${process.env.PATH}:${programs}`
});
const { createWorld, lines, psql, run, serve, stop } = await import('../../scripts/benchmarks/lab.mjs');
const { cookies, range, threadPath } = await import('../../scripts/benchmarks/ids.mjs');

const sizes = { members: 32, groups: 4, members_per_group: 32, threads: 5, posts: 200 };
const data = join(scratch, 'postgres/data');
// PostgreSQL refuses to run as root.
const owner = process.getuid() === 0 ? ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'] : [];
let postgres;

async function createCluster() {
  chmodSync(scratch, 0o711);
  mkdirSync(join(scratch, 'postgres'));
  if (owner.length) await run('chown', ['postgres:', join(scratch, 'postgres')]);
  await run('setpriv', [...owner, `${programs}/initdb`, '--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C.UTF-8']);
}

// Confirmed is what is on the disk, as in production. In a process group of its own, which can be killed as a whole.
async function startPostgres() {
  const settings = ['-D', data, '-k', join(scratch, 'postgres'), '-p', '5432', '-c', 'listen_addresses=', '-c', 'fsync=on', '-c', 'synchronous_commit=on'];
  postgres = spawn('setpriv', ['--pdeathsig', 'INT', ...owner, `${programs}/postgres`, ...settings], { detached: true, stdio: 'ignore' });
  const ended = once(postgres, 'exit');
  for (;;) {
    if (await psql('postgres', ['--command', 'SELECT']).then(() => true, () => false)) return;
    assert.equal(await Promise.race([ended, sleep(100)]), undefined, 'PostgreSQL does not start');
  }
}

async function endPostgres(signal) {
  const ended = once(postgres, 'exit');
  if (signal === 'SIGKILL') {
    // Its processes are each in a group of their own.
    const children = readFileSync(`/proc/${postgres.pid}/task/${postgres.pid}/children`, 'utf8').trim().split(' ').map(Number);
    for (const process_ of [postgres.pid, ...children]) process.kill(process_, signal);
  } else {
    postgres.kill(signal);
  }
  await ended;
}

after(async () => {
  if (postgres) await endPostgres('SIGINT');
  rmSync(scratch, { recursive: true, force: true });
});

test(`${rounds} rounds of killing lose no acknowledged post`, async (t) => {
  await createCluster();
  await startPostgres();
  const database = await createWorld('crash', sizes);
  const who = lines('cookies', cookies(sizes.members));
  const where = lines('threads', range(sizes.groups * sizes.threads).map((thread) => threadPath(thread, sizes.threads)));
  let server = await serve(database);

  // Reports, and the ids that were acknowledged.
  async function post(seconds) {
    const acknowledged = join(scratch, 'acknowledged');
    const options = { target: server.target, seconds, clients: 32, cookies: who, threads: where, acknowledged };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const report = JSON.parse(await run(join(process.env.MARGELLE_BUILD, 'tests/load/margelle_load'), ['post', ...args, '--idempotency']));
    return { report, ids: readFileSync(acknowledged, 'utf8').split('\n').filter(Boolean) };
  }

  // How many of these posts are missing, and of the threads' posts, logs and counts.
  const missing = async (ids) =>
    (await psql(database, [], `CREATE TEMP TABLE acknowledged (post_id uuid);
COPY acknowledged FROM STDIN;
${ids.join('\n')}
\\.
SELECT count(*) FROM acknowledged a WHERE NOT EXISTS (SELECT FROM margelle.posts p WHERE p.post_id = a.post_id)
UNION ALL SELECT count(*) FROM acknowledged a WHERE NOT EXISTS (SELECT FROM margelle.events e WHERE e.data->>'post_id' = a.post_id::text)
UNION ALL SELECT count(*) FROM margelle.threads t WHERE t.post_count <> (SELECT count(*) FROM margelle.posts p WHERE p.group_id = t.group_id AND p.thread_id = t.thread_id);
`)).trim();

  for (let round = 0; round < rounds; ++round) {
    const posting = post(2);
    await sleep(500 + Math.random() * 1000);
    const victim = round % 2 ? 'PostgreSQL' : 'the server';
    if (round % 2) {
      await endPostgres('SIGKILL');
      await startPostgres();
    } else {
      const ended = once(server.child, 'exit');
      server.child.kill('SIGKILL');
      await ended;
    }
    const { ids, report } = await posting;
    if (round % 2 === 0) server = await serve(database);
    assert.ok(ids.length > 0, `${victim} was killed before any post was acknowledged`);
    assert.equal(await missing(ids), '0\n0\n0', `missing of ${ids.length} after ${victim} was killed`);
    const again = await post(0.5);
    assert.ok(again.ids.length > 0, `nothing is written after ${victim} was killed`);
    t.diagnostic(`${victim}: ${ids.length} acknowledged, ${report.failures} connections broken, ${again.ids.length} afterwards`);
  }
  await stop(server.child);
});
