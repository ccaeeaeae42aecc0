-- What the ETag of a page is made of, for many readers at once: whoever has the page already is told so without its posts being read.

-- One element of each array a reader: the SHA-256 of their session's token, and the thread that they ask for.
-- Answers a row for each, in their order: who they are, and where the logs end that tell of the thread's changes and its authors'. NULL where they may not read the thread, or there is none.
CREATE FUNCTION margelle.known_pages(p_tokens bytea[], p_groups uuid[], p_threads uuid[])
RETURNS TABLE (member_id uuid, stale boolean, heads text)
-- Planned as write_posts is.
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET join_collapse_limit = 1 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.member_id, r.stale, r.heads
      FROM unnest(p_tokens, p_groups, p_threads) WITH ORDINALITY a(token, group_id, thread_id, place)
      LEFT JOIN LATERAL (
           SELECT i.member_id, i.stale, h.last_seq || ' ' || g.last_seq AS heads
             FROM margelle.insider(a.token, a.group_id) i
             JOIN margelle.threads t ON t.group_id = a.group_id AND t.thread_id = a.thread_id
             JOIN margelle.feed_heads h ON h.group_id = a.group_id AND h.feed_id = t.feed_id
             JOIN margelle.feed_heads g ON g.group_id = a.group_id AND g.feed_id = a.group_id
            WHERE t.feed_id = t.group_id OR (SELECT x.circle_id FROM margelle.circle_members x
                  WHERE x.group_id = t.group_id AND x.member_id = i.member_id AND x.circle_id = t.feed_id) IS NOT NULL) r ON true
     ORDER BY a.place;
END $$;
CALL margelle.give_to_gate();
