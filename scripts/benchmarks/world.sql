-- What the lines measure on: psql -v members= -v groups= -v members_per_group= -v threads= (of each group) -v posts= (of all).
-- Ids are a letter and a number, so that scripts and statements can say them without asking: see public.id. A member's session
-- token is "bench-" and their number. Thread 0 has a whole page whatever the number of posts; the others get theirs in turn.
-- Triggers and foreign keys rest meanwhile: this fills tables as requests would have, but in seconds.
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;

CREATE FUNCTION public.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE 
    AS $$ SELECT (rpad(to_hex(ascii(kind)), 20, '0') || lpad(to_hex(number), 12, '0'))::uuid $$;

INSERT INTO margelle.members (member_id, name) SELECT id('member', n), 'Membre ' || n FROM generate_series(1, :members) n;
INSERT INTO margelle.accounts (member_id, email, notice) SELECT id('member', n), 'membre' || n || '@bench.example', 'off' FROM generate_series(1, :members) n;
INSERT INTO margelle.sessions (session_id, member_id, token_hash, authentication, expires_at)
SELECT id('session', n), id('member', n), sha256(convert_to('bench-' || n, 'UTF8')), 'password', now() + interval '1 day' FROM generate_series(1, :members) n;
INSERT INTO margelle.organisations (organisation_id, name, category)
SELECT id('organisation', n), 'Structure ' || n, 'authority' FROM generate_series(0, :members / 10) n;

INSERT INTO margelle.groups (group_id, name, confidentiality) SELECT id('group', g), 'Groupe ' || g, 'nda' FROM generate_series(0, :groups - 1) g;
INSERT INTO margelle.feed_heads (group_id, feed_id) SELECT id('group', g), id('group', g) FROM generate_series(0, :groups - 1) g;
INSERT INTO margelle.memberships (group_id, member_id, role, state, category, organisation_id)
SELECT id('group', g), id('member', n), CASE k WHEN 0 THEN 'moderator' ELSE 'member' END, 'active', 'authority', id('organisation', n / 10)
  FROM generate_series(0, :groups - 1) g, generate_series(0, :members_per_group - 1) k, LATERAL (SELECT (g * 7 + k) % :members + 1 AS n) chosen;
INSERT INTO margelle.nda_versions (group_id, number, kind, language, body, body_html, summary, summary_html, sha256, published_by)
SELECT group_id, 1, 'material', 'fr', 'Accord', '<p>Accord</p>', 'En clair', '<p>En clair</p>', sha256('Accord'), member_id
  FROM margelle.memberships WHERE role = 'moderator';
INSERT INTO margelle.nda_register (group_id, member_id, act, version, full_name, receipt)
SELECT group_id, member_id, 'accepted', 1, 'Membre', '{}' FROM margelle.memberships;

INSERT INTO margelle.threads (group_id, thread_id, feed_id, title, author_id)
SELECT id('group', t / :threads), id('thread', t), id('group', t / :threads), 'Discussion ' || t, id('member', (t / :threads * 7) % :members + 1)
  FROM generate_series(0, :groups * :threads - 1) t;
INSERT INTO margelle.posts (group_id, thread_id, post_id, feed_id, number, author_id, body, body_html, created_at)
SELECT id('group', t / :threads), id('thread', t), lpad(to_hex(n), 32, '0')::uuid, id('group', t / :threads), number,
       id('member', (t / :threads * 7 + number % :members_per_group) % :members + 1), text, '<p>' || text || '</p>', now() - (:posts - n) * interval '1 second'
  FROM generate_series(0, :posts - 1) n,
       LATERAL (SELECT CASE WHEN n < 50 THEN 0 ELSE (n - 50) % (:groups * :threads) END AS t) thread,
       LATERAL (SELECT CASE WHEN n < 50 THEN n + 1 ELSE (n - 50) / (:groups * :threads) + CASE t WHEN 0 THEN 51 ELSE 1 END END AS number) place,
       LATERAL (SELECT rpad('Message ' || number || ' de la discussion ' || t || ' : ', 190, 'des mots ') AS text) words;
UPDATE margelle.threads x SET post_count = p.number FROM (SELECT group_id, thread_id, max(number) AS number FROM margelle.posts GROUP BY 1, 2) p
 WHERE x.group_id = p.group_id AND x.thread_id = p.thread_id;
COMMIT;
VACUUM ANALYZE;
