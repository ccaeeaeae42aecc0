-- The one path by which posts are written: many at once, over any groups, each under its author's own rights. Several
-- requests that wait for the same disk share one transaction (server/writer.hpp); a batch of one is not special.

GRANT INSERT ON margelle.posts, margelle.read_marks, margelle.addressed, margelle.idempotency_keys TO margelle_gate;
GRANT UPDATE (post_count, last_post_at) ON margelle.threads TO margelle_gate;
GRANT UPDATE (number, own_later) ON margelle.read_marks TO margelle_gate;
GRANT UPDATE (body_hash, created_id, at) ON margelle.idempotency_keys TO margelle_gate;

-- Writes posts, their places in their threads, whom they speak to, and their events. One element of each array a post: the
-- SHA-256 of its author's session token (or access key), where it goes, its own id, what it answers (NULL: nothing), its text, whom it
-- mentions (an array literal), and its Idempotency-Key with the request's hash (NULL: none). With
-- p_brief the posts of a thread that somebody holds are left out, as if their keys were in use, and another lock that is not had within a tenth of a second is an error.
-- Answers a row for each, in their order. Outcomes: "created"; "refused" (may not write there, or is not signed in);
-- "no_thread"; "closed"; "no_parent"; "key" (used already, or in use); "again" (rights changed meanwhile).
-- Locks threads, then heads, both in the order of their groups.
CREATE FUNCTION margelle.write_posts(p_tokens bytea[], p_groups uuid[], p_threads uuid[], p_posts uuid[], p_parents uuid[],
                                     p_bodies text[], p_htmls text[], p_mentions text[], p_keys text[], p_hashes bytea[], p_brief boolean DEFAULT false)
RETURNS TABLE (outcome text, stale boolean, feed_id uuid, post_id uuid, thread_id uuid, number int, author_id uuid, author_name text, author_bot boolean, category text,
               organisation_name text, parent_id uuid, parent_number int, parent_author_name text, body text, body_html text, created_at timestamptz)
-- Planning it anew for each number of posts would take longer than running it; and everything is looked up by its key in the order in
-- which it is written here, so that a plan made while a table is small still serves when it is large: what is one row by its key is a scalar
-- subquery, because a join or an EXISTS may be planned to read the whole table once.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET join_collapse_limit = 1 AS $$
#variable_conflict use_column
DECLARE
    held boolean[];
    free uuid[];            -- NULL: whichever it is, its turn is waited for
BEGIN
    IF p_brief THEN
        SET LOCAL lock_timeout = '100ms';
        free := ARRAY(SELECT t.thread_id FROM margelle.threads t
                       WHERE (t.group_id, t.thread_id) IN (SELECT a.group_id, a.thread_id FROM unnest(p_groups, p_threads) a(group_id, thread_id))
                       ORDER BY t.group_id, t.thread_id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    -- In a statement of its own: what whoever held the lock before wrote, the next statement sees.
    held := ARRAY(SELECT a.key IS NULL OR coalesce(pg_try_advisory_xact_lock(hashtextextended(s.member_id || ' createPost ' || a.key, 0)), false)
                    FROM unnest(p_tokens, p_keys) WITH ORDINALITY a(token, key, place) LEFT JOIN margelle.sessions s ON s.token_hash = a.token
                   ORDER BY a.place);
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, held[a.place] AND coalesce(a.thread_id = ANY (free), true) AS held
          FROM unnest(p_tokens, p_groups, p_threads, p_posts, p_parents, p_bodies, p_htmls, p_mentions, p_keys, p_hashes)
               WITH ORDINALITY a(token, group_id, thread_id, post_id, parent_id, body, html, mentions, key, hash, place)),
    writer AS MATERIALIZED (
        SELECT a.place, i.member_id, i.stale, i.bot, i.category, i.access_epoch,
               (SELECT n.name FROM margelle.members n WHERE n.member_id = i.member_id) AS name,
               (SELECT o.name FROM margelle.organisations o WHERE o.organisation_id = i.organisation_id) AS organisation_name,
               a.held AND (SELECT k.key FROM margelle.idempotency_keys k WHERE k.caller_id = i.member_id AND k.operation = 'createPost'
                              AND k.key = a.key AND k.at > now() - interval '24 hours') IS NULL
                      AND (a.key IS NULL OR row_number() OVER (PARTITION BY i.member_id, a.key ORDER BY a.place) = 1) AS fresh
          FROM asked a
         CROSS JOIN LATERAL (SELECT x.*, false AS bot FROM margelle.insider(a.token, a.group_id) x
                             UNION ALL SELECT x.*, true FROM margelle.discussing_bot(a.token, a.group_id) x) i
         WHERE i.role <> 'observer' AND NOT i.frozen),
    thread AS MATERIALIZED (
        SELECT t.group_id, t.thread_id, t.feed_id, t.post_count, t.closed_at IS NOT NULL AS closed FROM margelle.threads t
         WHERE (t.group_id, t.thread_id) IN (SELECT a.group_id, a.thread_id FROM asked a JOIN writer w USING (place) WHERE w.fresh)
         ORDER BY t.group_id, t.thread_id FOR NO KEY UPDATE OF t),
    placed AS MATERIALIZED (
        SELECT a.*, w.member_id, w.access_epoch, t.feed_id, t.post_count, t.closed,
               p.number AS parent_number, p.author_id AS parent_author_id, a.parent_id IS NULL OR p.thread_id = a.thread_id IS TRUE AS answers
          FROM asked a JOIN writer w USING (place) JOIN thread t USING (group_id, thread_id)
          LEFT JOIN margelle.posts p ON p.group_id = a.group_id AND p.post_id = a.parent_id
         WHERE w.fresh AND (t.feed_id = t.group_id OR (SELECT x.circle_id FROM margelle.circle_members x
               WHERE x.group_id = t.group_id AND x.member_id = w.member_id AND x.circle_id = t.feed_id) IS NOT NULL)),
    head AS MATERIALIZED (
        SELECT h.group_id, h.feed_id, h.last_seq, h.access_epoch FROM margelle.feed_heads h
         WHERE (h.group_id, h.feed_id) IN (SELECT p.group_id, p.feed_id FROM placed p WHERE p.answers AND NOT p.closed)
         ORDER BY h.group_id, h.feed_id <> h.group_id, h.feed_id FOR NO KEY UPDATE OF h),
    -- The epoch proves that no right changed since the gate was read.
    fit AS MATERIALIZED (
        SELECT p.*, (p.post_count + row_number() OVER (PARTITION BY p.group_id, p.thread_id ORDER BY p.place))::int AS number,
               h.last_seq + row_number() OVER (PARTITION BY p.group_id, p.feed_id ORDER BY p.place) AS seq
          FROM placed p JOIN head h ON h.group_id = p.group_id AND h.feed_id = p.feed_id AND h.access_epoch = p.access_epoch
         WHERE p.answers AND NOT p.closed),
    counted AS (
        UPDATE margelle.threads t SET post_count = x.number, last_post_at = now()
          FROM (SELECT f.group_id, f.thread_id, max(f.number) AS number FROM fit f GROUP BY f.group_id, f.thread_id) x
         WHERE t.group_id = x.group_id AND t.thread_id = x.thread_id),
    ended AS (
        UPDATE margelle.feed_heads h SET last_seq = x.seq
          FROM (SELECT f.group_id, f.feed_id, max(f.seq) AS seq FROM fit f GROUP BY f.group_id, f.feed_id) x
         WHERE h.group_id = x.group_id AND h.feed_id = x.feed_id),
    written AS (
        INSERT INTO margelle.posts (group_id, thread_id, post_id, feed_id, number, parent_id, parent_number, parent_author_id, author_id, body, body_html)
        SELECT f.group_id, f.thread_id, f.post_id, f.feed_id, f.number, f.parent_id, f.parent_number, f.parent_author_id, f.member_id, f.body, f.html FROM fit f),
    told AS (
        INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id, data)
        SELECT f.group_id, f.feed_id, f.seq, CASE f.number WHEN 1 THEN 'thread.created' ELSE 'post.created' END, f.member_id,
               jsonb_build_object('thread_id', f.thread_id, 'post_id', f.post_id, 'number', f.number) FROM fit f),
    called AS (
        INSERT INTO margelle.addressed (group_id, member_id, thread_id, post_id, number, feed_id, reason)
        SELECT f.group_id, f.parent_author_id, f.thread_id, f.post_id, f.number, f.feed_id, 'reply' FROM fit f WHERE f.parent_author_id <> f.member_id
        UNION
        SELECT f.group_id, m.member_id, f.thread_id, f.post_id, f.number, f.feed_id, 'mention'
          FROM fit f JOIN margelle.memberships m ON m.group_id = f.group_id AND m.member_id = ANY (f.mentions::uuid[])
               AND m.state = 'active' AND m.member_id <> f.member_id
         WHERE f.mentions <> '{}'),
    -- Whoever had read everything has read their own posts as well; for others, they are not among those that wait.
    own AS (
        SELECT f.group_id, f.member_id, f.thread_id, min(f.number) AS first, max(f.number) AS last, count(*)::int AS n
          FROM fit f GROUP BY f.group_id, f.member_id, f.thread_id),
    mark AS MATERIALIZED (
        SELECT r.* FROM own o CROSS JOIN LATERAL (          -- each by its key, however many there are
            SELECT x.group_id, x.member_id, x.thread_id, x.number, x.own_later FROM margelle.read_marks x
             WHERE x.group_id = o.group_id AND x.member_id = o.member_id AND x.thread_id = o.thread_id FOR UPDATE) r),
    marked AS (
        INSERT INTO margelle.read_marks AS r (group_id, member_id, thread_id, number, own_later)
        SELECT o.group_id, o.member_id, o.thread_id, x.number, x.own_later
          FROM own o LEFT JOIN mark m USING (group_id, member_id, thread_id),
               LATERAL (SELECT coalesce(m.number, 0), coalesce(m.own_later, 0)) was(number, own_later),
               LATERAL (SELECT CASE WHEN was.number + was.own_later + 1 < o.first THEN was.number WHEN o.last - o.first + 1 = o.n THEN o.last ELSE o.first END,
                               CASE WHEN was.number + was.own_later + 1 < o.first THEN was.own_later + o.n WHEN o.last - o.first + 1 = o.n THEN 0 ELSE o.n - 1 END)
                       x(number, own_later)
        ON CONFLICT (group_id, member_id, thread_id) DO UPDATE SET number = greatest(r.number, excluded.number), own_later = excluded.own_later),
    kept AS (
        INSERT INTO margelle.idempotency_keys AS k (caller_id, operation, key, body_hash, created_id)
        SELECT f.member_id, 'createPost', f.key, f.hash, f.post_id FROM fit f WHERE f.key IS NOT NULL
        ON CONFLICT (caller_id, operation, key) DO UPDATE SET body_hash = excluded.body_hash, created_id = excluded.created_id, at = now())
    SELECT CASE WHEN w.place IS NULL THEN 'refused' WHEN NOT w.fresh THEN 'key' WHEN p.place IS NULL THEN 'no_thread' WHEN p.closed THEN 'closed'
                WHEN NOT p.answers THEN 'no_parent' WHEN f.place IS NULL THEN 'again' ELSE 'created' END,
           w.stale, f.feed_id, a.post_id, a.thread_id, f.number, w.member_id, w.name, w.bot, w.category, w.organisation_name,
           CASE WHEN f.parent_number IS NOT NULL THEN a.parent_id END, f.parent_number,
           (SELECT r.name FROM margelle.members r WHERE r.member_id = f.parent_author_id), a.body, a.html, now()
      FROM asked a
      LEFT JOIN writer w USING (place)
      LEFT JOIN placed p USING (place)
      LEFT JOIN fit f USING (place)
     ORDER BY a.place;
END $$;
CALL margelle.give_to_gate();
