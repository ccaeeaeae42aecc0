-- Circles, each with a log of its own; and what else changes who reads: labels, suspension, leaving and removal.
--
-- Who enters or leaves a circle is recorded, told in the circle's log and followed by a new access epoch, whichever path
-- it takes: triggers do it. They wait for the commit, where the heads are locked, behind every append that proves the
-- epoch under which the transaction entered.

ALTER TABLE margelle.circles
    ADD COLUMN created_by uuid NOT NULL REFERENCES margelle.members,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN revision   int NOT NULL DEFAULT 1,
    ADD CHECK (length(name) BETWEEN 1 AND 80);
CREATE UNIQUE INDEX circles_name ON margelle.circles (group_id, lower(name));
CREATE INDEX circle_members_circle ON margelle.circle_members (group_id, circle_id);

-- Moderators outside of a circle who ask to enter it.
CREATE TABLE margelle.circle_requests (
    group_id     uuid NOT NULL,
    circle_id    uuid NOT NULL,
    member_id    uuid NOT NULL REFERENCES margelle.members,
    requested_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, circle_id, member_id),
    FOREIGN KEY (group_id, circle_id) REFERENCES margelle.circles
);
CALL margelle.protect('circle_requests');

-- Why the group was suspended, or reopened, the last time.
ALTER TABLE margelle.groups ADD COLUMN frozen_reason text CHECK (length(frozen_reason) BETWEEN 1 AND 500);

GRANT INSERT, DELETE ON margelle.circle_members, margelle.circle_requests TO margelle_gate;
GRANT INSERT ON margelle.circles TO margelle_gate;
GRANT UPDATE (feed_id, revision) ON margelle.threads TO margelle_gate;
GRANT UPDATE (feed_id) ON margelle.posts, margelle.post_revisions, margelle.reactions, margelle.addressed TO margelle_gate;
GRANT UPDATE (kind, actor_id, data) ON margelle.events TO margelle_gate;

GRANT UPDATE (name, revision) ON margelle.circles TO margelle_app;
GRANT INSERT, DELETE ON margelle.circle_members TO margelle_app;
GRANT SELECT ON margelle.circle_requests TO margelle_app;
GRANT UPDATE (frozen_reason) ON margelle.groups TO margelle_app;

CREATE POLICY rename ON margelle.circles FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write()));
-- Nobody lets themself in: who adds is inside.
CREATE POLICY add ON margelle.circle_members FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND circle_id = ANY ((SELECT margelle.current_circles())::uuid[])
                AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write()));
CREATE POLICY remove ON margelle.circle_members FOR DELETE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND ((SELECT margelle.is_moderator()) OR member_id = (SELECT margelle.current_member())));
CREATE POLICY read ON margelle.circle_requests FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (circle_id = ANY ((SELECT margelle.current_circles())::uuid[]) OR (SELECT margelle.is_moderator())));

-- ---- told and recorded by themselves ---------------------------------------------------------------------------

-- Appends to a log that its caller may not see.
CREATE FUNCTION margelle.append_event(p_group uuid, p_feed uuid, p_kind text, p_data jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH head AS (UPDATE margelle.feed_heads h SET last_seq = h.last_seq + 1 WHERE h.group_id = p_group AND h.feed_id = p_feed
                  RETURNING h.last_seq)
    INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id, data)
    SELECT p_group, p_feed, head.last_seq, p_kind, margelle.current_member(), p_data FROM head
$$;

CREATE FUNCTION margelle.circle_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM margelle.record(NEW.group_id, 'circle.created', NULL, NEW.circle_id, jsonb_build_object('name', NEW.name));
        PERFORM margelle.append_event(NEW.group_id, NEW.circle_id, 'circle.created', '{}');
    ELSE
        PERFORM margelle.record(NEW.group_id, 'circle.renamed', NULL, NEW.circle_id, jsonb_build_object('from', OLD.name, 'to', NEW.name));
        PERFORM margelle.append_event(NEW.group_id, NEW.circle_id, 'circle.renamed', '{}');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER changed AFTER INSERT OR UPDATE OF name ON margelle.circles DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION margelle.circle_changed();

CREATE FUNCTION margelle.circle_membership_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    who margelle.circle_members;
    what text := CASE TG_OP WHEN 'INSERT' THEN 'circle.joined' ELSE 'circle.left' END;
BEGIN
    who := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
    PERFORM margelle.raise_epoch(who.group_id);
    PERFORM margelle.record(who.group_id, what, who.member_id, who.circle_id, '{}');
    PERFORM margelle.append_event(who.group_id, who.circle_id, what, jsonb_build_object('member_id', who.member_id));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER changed AFTER INSERT OR DELETE ON margelle.circle_members DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION margelle.circle_membership_changed();

CREATE FUNCTION margelle.entry_requested() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'circle.entry_requested', NEW.member_id, NEW.circle_id, '{}');
    PERFORM margelle.append_event(NEW.group_id, NEW.circle_id, 'circle.entry_announced', jsonb_build_object('member_id', NEW.member_id));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requested AFTER INSERT ON margelle.circle_requests DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION margelle.entry_requested();

CREATE FUNCTION margelle.record_suspension() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, CASE WHEN NEW.frozen_at IS NULL THEN 'group.reopened' ELSE 'group.suspended' END,
                            NULL, NULL, jsonb_build_object('reason', NEW.frozen_reason));
    RETURN NULL;
END $$;
CREATE TRIGGER record_suspension AFTER UPDATE OF frozen_at, frozen_reason ON margelle.groups
    FOR EACH ROW WHEN ((OLD.frozen_at, OLD.frozen_reason) IS DISTINCT FROM (NEW.frozen_at, NEW.frozen_reason))
    EXECUTE FUNCTION margelle.record_suspension();

-- ---- kept true -------------------------------------------------------------------------------------------------

-- Only those who take part in the group belong to its circles; whoever enters one no longer asks to.
CREATE FUNCTION margelle.keep_within_group() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM margelle.memberships m
                    WHERE m.group_id = NEW.group_id AND m.member_id = NEW.member_id AND m.state = 'active') THEN
        RAISE EXCEPTION 'a circle holds members of the group' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM margelle.circle_requests q
     WHERE q.group_id = NEW.group_id AND q.circle_id = NEW.circle_id AND q.member_id = NEW.member_id;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_within_group BEFORE INSERT ON margelle.circle_members FOR EACH ROW EXECUTE FUNCTION margelle.keep_within_group();

-- Whoever no longer takes part leaves the circles, and gets no mail of the group that still waits, but for the one that
-- tells them so; the invitations that they sent are withdrawn, and where access was, those that would let them back in.
-- Whoever no longer moderates asks to enter no circle, and invites nobody to moderate.
CREATE FUNCTION margelle.withdraw_rights() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM margelle.circle_requests q WHERE q.group_id = NEW.group_id AND q.member_id = NEW.member_id;
    IF NEW.state <> 'active' THEN
        DELETE FROM margelle.circle_members c WHERE c.group_id = NEW.group_id AND c.member_id = NEW.member_id;
        DELETE FROM margelle.outbox o
         WHERE o.group_id = NEW.group_id AND o.member_id = NEW.member_id AND o.sent_at IS NULL AND o.kind <> 'access_ended';
    END IF;
    UPDATE margelle.invitations i SET state = 'withdrawn', token_hash = NULL
     WHERE i.group_id = NEW.group_id AND i.state = 'pending'
       AND ((i.invited_by = NEW.member_id AND (NEW.state <> 'active' OR i.role = 'moderator'))
            OR (NEW.state = 'removed' AND lower(i.email) = (SELECT lower(a.email) FROM margelle.accounts a WHERE a.member_id = NEW.member_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER withdraw_rights AFTER UPDATE OF state, role ON margelle.memberships
    FOR EACH ROW WHEN (OLD.state = 'active' AND (NEW.state <> 'active' OR NEW.role <> OLD.role))
    EXECUTE FUNCTION margelle.withdraw_rights();

-- Whoever takes part, on whichever way they came, has no invitation left to take up later.
CREATE FUNCTION margelle.settle_invitations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.invitations i SET state = 'accepted', token_hash = NULL FROM margelle.accounts a
     WHERE i.group_id = NEW.group_id AND i.state = 'pending' AND a.member_id = NEW.member_id AND lower(i.email) = lower(a.email);
    RETURN NULL;
END $$;
CREATE TRIGGER settle_invitations AFTER INSERT OR UPDATE OF state ON margelle.memberships
    FOR EACH ROW WHEN (NEW.state = 'active') EXECUTE FUNCTION margelle.settle_invitations();

-- ---- circles ---------------------------------------------------------------------------------------------------

-- Makes a circle with its log in the moderator's group. Its first members are named here; whoever comes later is let in
-- by somebody inside, or after a day's notice.
CREATE FUNCTION margelle.create_circle(p_circle uuid, p_name text, p_members uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    epoch bigint;
BEGIN
    IF g IS NULL OR NOT margelle.is_moderator() OR NOT margelle.may_write() THEN
        RAISE EXCEPTION 'moderators make circles' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Locked, so that no change of rights passes this log by.
    SELECT h.access_epoch INTO epoch FROM margelle.feed_heads h WHERE h.group_id = g AND h.feed_id = g FOR NO KEY UPDATE;
    INSERT INTO margelle.circles (group_id, circle_id, name, created_by) VALUES (g, p_circle, p_name, margelle.current_member());
    INSERT INTO margelle.feed_heads (group_id, feed_id, access_epoch) VALUES (g, p_circle, epoch);
    INSERT INTO margelle.circle_members (group_id, circle_id, member_id) SELECT g, p_circle, m FROM unnest(p_members) m;
END $$;

-- A moderator outside of a circle asks to enter it (announced); asks again within a day (waits) or later (entered).
-- No row where it is not theirs to ask.
CREATE FUNCTION margelle.request_entry(p_circle uuid) RETURNS TABLE (outcome text, opens_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    who uuid := margelle.current_member();
BEGIN
    IF NOT margelle.is_moderator() OR NOT margelle.may_write()
       OR NOT EXISTS (SELECT FROM margelle.circles c WHERE c.group_id = g AND c.circle_id = p_circle)
       OR EXISTS (SELECT FROM margelle.circle_members c WHERE c.group_id = g AND c.circle_id = p_circle AND c.member_id = who) THEN
        RETURN;
    END IF;
    outcome := 'announced';
    INSERT INTO margelle.circle_requests AS q (group_id, circle_id, member_id) VALUES (g, p_circle, who)
    ON CONFLICT DO NOTHING RETURNING q.requested_at + interval '24 hours' INTO opens_at;
    IF NOT FOUND THEN
        SELECT q.requested_at + interval '24 hours' INTO opens_at FROM margelle.circle_requests q
         WHERE q.group_id = g AND q.circle_id = p_circle AND q.member_id = who;
        outcome := CASE WHEN opens_at > now() THEN 'waits' ELSE 'entered' END;
        IF outcome = 'entered' THEN
            INSERT INTO margelle.circle_members (group_id, circle_id, member_id) VALUES (g, p_circle, who);
        END IF;
    END IF;
    RETURN NEXT;
END $$;

-- Somebody inside agrees to a request. False when there is none.
CREATE FUNCTION margelle.agree_to_entry(p_circle uuid, p_member uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE g uuid := margelle.current_group();
BEGIN
    IF NOT margelle.may_write() OR (p_circle = ANY (margelle.current_circles())) IS NOT TRUE
       OR NOT EXISTS (SELECT FROM margelle.circle_requests q WHERE q.group_id = g AND q.circle_id = p_circle AND q.member_id = p_member) THEN
        RETURN false;
    END IF;
    INSERT INTO margelle.circle_members (group_id, circle_id, member_id) VALUES (g, p_circle, p_member);
    RETURN true;
END $$;

-- ---- labels ----------------------------------------------------------------------------------------------------

-- Moves a thread, with all that belongs to it, to another log that the moderator reads. In the old one its events become
-- husks, so that the numbers stay without gap. Content is locked before the heads, as everywhere: the posts against what
-- is about to refer to them. Answers the log that it leaves; NULL when rights changed since the epoch.
CREATE FUNCTION margelle.relabel_thread(p_thread uuid, p_feed uuid, p_epoch bigint, p_reason text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    readable uuid[] := margelle.current_circles() || g;
    old uuid;
BEGIN
    IF NOT margelle.is_moderator() OR NOT margelle.may_write() OR (p_feed = ANY (readable)) IS NOT TRUE THEN
        RAISE EXCEPTION 'moderators label what they read' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT t.feed_id INTO old FROM margelle.threads t
     WHERE t.group_id = g AND t.thread_id = p_thread AND t.feed_id = ANY (readable) FOR UPDATE;
    IF old IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM margelle.posts p WHERE p.group_id = g AND p.thread_id = p_thread ORDER BY p.number FOR UPDATE;
    UPDATE margelle.threads t SET feed_id = p_feed, revision = t.revision + 1 WHERE t.group_id = g AND t.thread_id = p_thread;
    UPDATE margelle.posts p SET feed_id = p_feed WHERE p.group_id = g AND p.thread_id = p_thread;
    UPDATE margelle.post_revisions r SET feed_id = p_feed FROM margelle.posts p
     WHERE p.group_id = g AND p.thread_id = p_thread AND r.group_id = g AND r.post_id = p.post_id;
    UPDATE margelle.reactions r SET feed_id = p_feed FROM margelle.posts p
     WHERE p.group_id = g AND p.thread_id = p_thread AND r.group_id = g AND r.post_id = p.post_id;
    UPDATE margelle.addressed a SET feed_id = p_feed FROM margelle.posts p
     WHERE p.group_id = g AND p.thread_id = p_thread AND a.group_id = g AND a.post_id = p.post_id;
    IF margelle.raise_epoch(g) <> p_epoch + 1 THEN
        RETURN NULL;
    END IF;
    UPDATE margelle.events e SET kind = 'withdrawn', actor_id = NULL, data = '{}'
     WHERE e.group_id = g AND e.feed_id = old AND e.data ->> 'thread_id' = p_thread::text;
    PERFORM margelle.append_event(g, old, 'thread.withdrawn', jsonb_build_object('thread_id', p_thread));
    PERFORM margelle.append_event(g, p_feed, 'thread.arrived', jsonb_build_object('thread_id', p_thread));
    PERFORM margelle.record(g, 'thread.labelled', NULL, p_thread, jsonb_build_object('from', old, 'to', p_feed, 'reason', p_reason));
    RETURN old;
END $$;

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.append_event, margelle.circle_changed, margelle.circle_membership_changed, margelle.entry_requested,
       margelle.record_suspension, margelle.keep_within_group, margelle.withdraw_rights, margelle.settle_invitations FROM margelle_app;
