-- One group with a log, an act in it, and the two ways of recording it.
INSERT INTO margelle.members (member_id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'Bench');
INSERT INTO margelle.groups (group_id, name, confidentiality) VALUES ('00000000-0000-4000-8000-000000000002', 'Bench', 'light');
INSERT INTO margelle.feed_heads (group_id, feed_id) VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002');
INSERT INTO margelle.audit_heads (group_id, position, hash) VALUES ('00000000-0000-4000-8000-000000000002', 1, '\x00');

CREATE FUNCTION public.act() RETURNS void LANGUAGE sql AS $$
    WITH head AS (UPDATE margelle.feed_heads SET last_seq = last_seq + 1 WHERE group_id = '00000000-0000-4000-8000-000000000002' RETURNING last_seq)
    INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id)
    SELECT '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002', last_seq, 'bench', '00000000-0000-4000-8000-000000000001' FROM head
$$;

CREATE FUNCTION public.record() RETURNS void LANGUAGE sql AS $$
    SELECT margelle.record('00000000-0000-4000-8000-000000000002', 'bench', '00000000-0000-4000-8000-000000000001', NULL, '{"from": "member", "to": "observer"}')
$$;

-- What a chain in front would ask for: the end of the chain, locked until the commit.
CREATE FUNCTION public.chain() RETURNS void LANGUAGE sql AS $$
    UPDATE margelle.audit_heads SET position = position + 1, hash = sha256(hash || sha256('personal') || convert_to('{"kind": "bench"}', 'UTF8'))
     WHERE group_id = '00000000-0000-4000-8000-000000000002'
$$;
