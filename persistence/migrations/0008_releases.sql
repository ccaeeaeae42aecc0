-- Releases to the public square: copies of passages, with a summary, that a group decides to show to everybody. Whoever
-- reads the thread sees a release before it is published, nobody else; after it everybody does, without an account.
--
-- What goes out is what its author agreed to, word for word: passages are copied when they are proposed, and only the
-- copies are ever published. Silence is no.

CREATE TABLE margelle.releases (
    group_id         uuid NOT NULL REFERENCES margelle.groups,
    release_id       uuid NOT NULL UNIQUE,
    feed_id          uuid NOT NULL,                         -- who reads it before it is published: kept as the thread's
    thread_id        uuid,
    title            text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    summary_html     text NOT NULL,
    proposed_by      uuid NOT NULL REFERENCES margelle.members,
    proposed_at      timestamptz NOT NULL DEFAULT now(),
    published_at     timestamptz,
    withdrawn_at     timestamptz,
    withdrawn_reason text CHECK (length(withdrawn_reason) BETWEEN 1 AND 500),
    PRIMARY KEY (group_id, release_id),
    FOREIGN KEY (group_id, feed_id) REFERENCES margelle.feed_heads,
    FOREIGN KEY (group_id, thread_id) REFERENCES margelle.threads
);
CREATE INDEX releases_thread ON margelle.releases (group_id, thread_id);
CREATE INDEX releases_square ON margelle.releases (published_at DESC, release_id DESC) WHERE published_at IS NOT NULL AND withdrawn_at IS NULL;

CREATE TABLE margelle.release_passages (
    group_id   uuid NOT NULL,
    release_id uuid NOT NULL,
    number     int NOT NULL,
    feed_id    uuid NOT NULL,
    post_id    uuid NOT NULL,
    author_id  uuid NOT NULL REFERENCES margelle.members,
    body_html  text NOT NULL,
    written_at timestamptz NOT NULL,
    agrees     boolean,                                     -- NULL: no answer, which counts as no
    named      boolean NOT NULL DEFAULT false,              -- may be named as the author
    PRIMARY KEY (group_id, release_id, number),
    UNIQUE (group_id, post_id, release_id),
    FOREIGN KEY (group_id, release_id) REFERENCES margelle.releases,
    FOREIGN KEY (group_id, post_id) REFERENCES margelle.posts
);

CREATE INDEX release_passages_author ON margelle.release_passages (group_id, author_id);

CREATE TABLE margelle.release_approvals (
    group_id   uuid NOT NULL,
    release_id uuid NOT NULL,
    member_id  uuid NOT NULL REFERENCES margelle.members,
    feed_id    uuid NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, release_id, member_id),
    FOREIGN KEY (group_id, release_id) REFERENCES margelle.releases
);

CALL margelle.protect('releases');
CALL margelle.protect('release_passages');
CALL margelle.protect('release_approvals');

GRANT UPDATE (feed_id, published_at, withdrawn_at, withdrawn_reason) ON margelle.releases TO margelle_gate;
GRANT UPDATE (feed_id, agrees, named, body_html) ON margelle.release_passages TO margelle_gate;
GRANT UPDATE (feed_id), DELETE ON margelle.release_approvals TO margelle_gate;
GRANT SELECT, INSERT (group_id, release_id, feed_id, thread_id, title, summary_html, proposed_by) ON margelle.releases TO margelle_app;
GRANT SELECT, INSERT (group_id, release_id, number, post_id), UPDATE (agrees, named) ON margelle.release_passages TO margelle_app;
GRANT SELECT, INSERT (group_id, release_id, member_id, feed_id), DELETE ON margelle.release_approvals TO margelle_app;

CREATE POLICY read ON margelle.releases FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY propose ON margelle.releases FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()) AND proposed_by = (SELECT margelle.current_member()));
CREATE POLICY read ON margelle.release_passages FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
-- What it says is copied by a trigger.
CREATE POLICY propose ON margelle.release_passages FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()));
CREATE POLICY answer ON margelle.release_passages FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
           AND author_id = (SELECT margelle.current_member()));
CREATE POLICY read ON margelle.release_approvals FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY approve ON margelle.release_approvals FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()) AND member_id = (SELECT margelle.current_member()));
CREATE POLICY take_back ON margelle.release_approvals FOR DELETE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND member_id = (SELECT margelle.current_member()));

-- ---- what is decided -------------------------------------------------------------------------------------------

-- A passage as it would be published: mentions lose the names of those who are mentioned.
CREATE FUNCTION margelle.without_mentions(p_html text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT regexp_replace(p_html, '<span class="mention" data-member="[0-9a-f-]{36}">.*?</span>', '<span class="mention">@…</span>', 'g')
$$;

-- Moderators outside of a circle read the record: of what is released from there it says no more than that it is.
CREATE FUNCTION margelle.told_to_all(p_group uuid, p_feed uuid, p_data jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN p_feed = p_group THEN p_data ELSE '{}' END
$$;

-- Whether somebody reads a log of a group now. For the functions below.
CREATE FUNCTION margelle.reads_feed(p_group uuid, p_feed uuid, p_member uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM margelle.memberships m
                     JOIN margelle.groups g ON g.group_id = m.group_id
                     JOIN margelle.accounts a ON a.member_id = m.member_id AND a.locked_at IS NULL
                    WHERE m.group_id = p_group AND m.member_id = p_member AND m.state = 'active'
                      AND margelle.gate_open(p_group, p_member, g.confidentiality))
           AND (p_feed = p_group OR EXISTS (SELECT FROM margelle.circle_members c
                 WHERE c.group_id = p_group AND c.circle_id = p_feed AND c.member_id = p_member))
$$;

-- Whether two persons approve who read what they approve now, and may write; one of them a moderator.
CREATE FUNCTION margelle.is_approved(p_release uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT count(*) >= 2 AND coalesce(bool_or(m.role = 'moderator'), false)
      FROM margelle.release_approvals a
      JOIN margelle.memberships m ON m.group_id = a.group_id AND m.member_id = a.member_id AND m.role <> 'observer'
     WHERE a.group_id = margelle.current_group() AND a.release_id = p_release AND margelle.reads_feed(a.group_id, a.feed_id, a.member_id)
$$;

-- Publishes an approved release that the moderator reads. What its author has not agreed to, or what somebody wrote who
-- does not read it any more and so could not say no, is left out for good. False when it is not approved, or was decided
-- before; unique_violation when nothing would be left.
CREATE FUNCTION margelle.publish_release(p_release uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    r record;
    out_go bigint;
    left_out bigint;
BEGIN
    IF NOT margelle.is_moderator() OR NOT margelle.may_write() THEN
        RAISE EXCEPTION 'moderators publish' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Answers and approvals wait for this lock, or are seen behind it.
    SELECT x.feed_id, x.summary_html INTO r FROM margelle.releases x
     WHERE x.group_id = g AND x.release_id = p_release AND x.published_at IS NULL AND x.withdrawn_at IS NULL
       AND x.feed_id = ANY (margelle.current_circles() || g) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM FROM margelle.release_approvals a WHERE a.group_id = g AND a.release_id = p_release FOR UPDATE;
    IF NOT margelle.is_approved(p_release) THEN
        RETURN false;
    END IF;
    UPDATE margelle.release_passages p SET agrees = false
     WHERE p.group_id = g AND p.release_id = p_release AND p.agrees AND NOT margelle.reads_feed(g, r.feed_id, p.author_id);
    SELECT count(*) FILTER (WHERE p.agrees), count(*) FILTER (WHERE p.agrees IS NOT true) INTO out_go, left_out
      FROM margelle.release_passages p WHERE p.group_id = g AND p.release_id = p_release;
    IF out_go = 0 AND r.summary_html = '' THEN
        RAISE EXCEPTION 'nothing is left to publish' USING ERRCODE = 'unique_violation';
    END IF;
    UPDATE margelle.releases x SET published_at = now() WHERE x.group_id = g AND x.release_id = p_release;
    PERFORM margelle.record(g, 'release.published', NULL, p_release,
                            margelle.told_to_all(g, r.feed_id, jsonb_build_object('passages', out_go, 'left_out', left_out)));
    RETURN true;
END $$;

-- Takes a release back, from the square as well: a moderator who reads it, any moderator once everybody does, or before
-- that whoever proposed it. Answers the log that told of it; NULL when it is not theirs to take back, or was already.
CREATE FUNCTION margelle.withdraw_release(p_release uuid, p_reason text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    r record;
BEGIN
    UPDATE margelle.releases x SET withdrawn_at = now(), withdrawn_reason = p_reason
     WHERE x.group_id = g AND x.release_id = p_release AND x.withdrawn_at IS NULL
       AND (x.feed_id = ANY (margelle.current_circles() || g) OR x.published_at IS NOT NULL)
       AND (margelle.is_moderator() OR (x.proposed_by = margelle.current_member() AND x.published_at IS NULL))
    RETURNING x.feed_id, x.thread_id INTO r;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM margelle.record(g, 'release.withdrawn', NULL, p_release, margelle.told_to_all(g, r.feed_id, jsonb_build_object('reason', p_reason)));
    PERFORM margelle.append_event(g, r.feed_id, 'release.changed', jsonb_strip_nulls(jsonb_build_object('release_id', p_release, 'thread_id', r.thread_id)));
    RETURN r.feed_id;
END $$;

-- Takes one's own passage off the square: also for those who have left since. False when there is none of theirs.
CREATE FUNCTION margelle.take_back_passage(p_release uuid, p_number int) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH taken_back AS (
        UPDATE margelle.release_passages p SET agrees = false, named = false
         WHERE p.release_id = p_release AND p.number = p_number AND p.author_id = margelle.current_member() AND p.agrees
           AND EXISTS (SELECT FROM margelle.releases r WHERE r.release_id = p_release AND r.published_at IS NOT NULL)
        RETURNING 1)
    SELECT EXISTS (SELECT FROM taken_back)
$$;

-- ---- kept true, and on record ----------------------------------------------------------------------------------

-- A passage is a message's own words under its author's name, and comes with the proposal: not after anybody approved it.
CREATE FUNCTION margelle.copy_passage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    r record;
    p record;
BEGIN
    -- An approval holds the release as well: whichever comes second sees the first.
    PERFORM FROM margelle.releases x WHERE x.group_id = NEW.group_id AND x.release_id = NEW.release_id FOR UPDATE;
    SELECT x.feed_id, x.thread_id INTO r FROM margelle.releases x
     WHERE x.group_id = NEW.group_id AND x.release_id = NEW.release_id AND x.proposed_by = margelle.current_member()
       AND x.published_at IS NULL AND x.withdrawn_at IS NULL
       AND NOT EXISTS (SELECT FROM margelle.release_approvals a WHERE a.group_id = x.group_id AND a.release_id = x.release_id);
    SELECT x.author_id, x.body_html, x.created_at INTO p FROM margelle.posts x
     WHERE x.group_id = NEW.group_id AND x.post_id = NEW.post_id AND x.thread_id = r.thread_id AND x.feed_id = r.feed_id AND x.deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a passage is a message of the thread' USING ERRCODE = 'check_violation';
    END IF;
    NEW.feed_id := r.feed_id;
    NEW.author_id := p.author_id;
    NEW.body_html := margelle.without_mentions(p.body_html);
    NEW.written_at := p.created_at;
    RETURN NEW;
END $$;
CREATE TRIGGER copy_passage BEFORE INSERT ON margelle.release_passages FOR EACH ROW EXECUTE FUNCTION margelle.copy_passage();

CREATE FUNCTION margelle.release_proposed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'release.proposed', NULL, NEW.release_id, '{}');
    RETURN NULL;
END $$;
CREATE TRIGGER proposed AFTER INSERT ON margelle.releases FOR EACH ROW EXECUTE FUNCTION margelle.release_proposed();

-- An answer, while the release is proposed: any; later: what takes something back.
CREATE FUNCTION margelle.passage_answered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE r record;
BEGIN
    SELECT x.published_at, x.withdrawn_at INTO r FROM margelle.releases x
     WHERE x.group_id = NEW.group_id AND x.release_id = NEW.release_id FOR SHARE;
    IF (r.published_at IS NOT NULL OR r.withdrawn_at IS NOT NULL)
       AND ((NEW.agrees AND OLD.agrees IS NOT TRUE) OR (NEW.named AND NOT OLD.named)) THEN
        RAISE EXCEPTION 'what is decided is only taken back' USING ERRCODE = 'unique_violation';
    END IF;
    IF NEW.agrees AND NEW.body_html = '' THEN
        RAISE EXCEPTION 'the passage was deleted' USING ERRCODE = 'unique_violation';
    END IF;
    -- Not what a publication leaves out, nor what a moderator deletes: those are on record themselves.
    IF margelle.current_member() = NEW.author_id THEN
        PERFORM margelle.record(NEW.group_id, CASE WHEN NEW.agrees THEN 'release.agreed' ELSE 'release.declined' END, NEW.author_id,
                                NEW.release_id,
                                margelle.told_to_all(NEW.group_id, NEW.feed_id, jsonb_build_object('passage', NEW.number, 'named', NEW.named)));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answered BEFORE UPDATE OF agrees, named ON margelle.release_passages
    FOR EACH ROW WHEN ((OLD.agrees, OLD.named) IS DISTINCT FROM (NEW.agrees, NEW.named) AND NEW.agrees IS NOT NULL)
    EXECUTE FUNCTION margelle.passage_answered();

CREATE FUNCTION margelle.approval_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    approval margelle.release_approvals;
    r record;
BEGIN
    approval := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
    SELECT x.feed_id, x.published_at, x.withdrawn_at INTO r FROM margelle.releases x
     WHERE x.group_id = approval.group_id AND x.release_id = approval.release_id FOR SHARE;
    IF r.published_at IS NOT NULL OR r.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'it is decided' USING ERRCODE = 'unique_violation';
    END IF;
    PERFORM margelle.record(approval.group_id, CASE TG_OP WHEN 'INSERT' THEN 'release.approved' ELSE 'release.approval_withdrawn' END, approval.member_id,
                            approval.release_id, '{}');
    approval.feed_id := r.feed_id;      -- it may have moved until the lock
    RETURN approval;
END $$;
CREATE TRIGGER changed BEFORE INSERT OR DELETE ON margelle.release_approvals FOR EACH ROW EXECUTE FUNCTION margelle.approval_changed();

-- A thread takes what is proposed of it along to its new readers. Releases come first: what approves one holds it.
CREATE FUNCTION margelle.releases_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.releases r SET feed_id = NEW.feed_id WHERE r.group_id = NEW.group_id AND r.thread_id = NEW.thread_id;
    UPDATE margelle.release_passages p SET feed_id = NEW.feed_id FROM margelle.releases r
     WHERE r.group_id = NEW.group_id AND r.thread_id = NEW.thread_id AND p.group_id = NEW.group_id AND p.release_id = r.release_id;
    UPDATE margelle.release_approvals a SET feed_id = NEW.feed_id FROM margelle.releases r
     WHERE r.group_id = NEW.group_id AND r.thread_id = NEW.thread_id AND a.group_id = NEW.group_id AND a.release_id = r.release_id;
    RETURN NULL;
END $$;
CREATE TRIGGER releases_follow AFTER UPDATE OF feed_id ON margelle.threads
    FOR EACH ROW WHEN (OLD.feed_id <> NEW.feed_id) EXECUTE FUNCTION margelle.releases_follow();

-- What is deleted is deleted everywhere, the square included.
CREATE FUNCTION margelle.delete_passages() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.release_passages p SET agrees = false, body_html = '' WHERE p.group_id = NEW.group_id AND p.post_id = NEW.post_id;
    RETURN NULL;
END $$;
CREATE TRIGGER delete_passages AFTER UPDATE OF deleted_at ON margelle.posts
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION margelle.delete_passages();

-- Who erases their account can take nothing back any more: their passages go with it.
CREATE FUNCTION margelle.erase_passages() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.release_passages p SET agrees = false, named = false WHERE p.author_id = NEW.member_id AND p.agrees IS NOT false;
    RETURN NULL;
END $$;
CREATE TRIGGER erase_passages AFTER UPDATE OF erased_at ON margelle.members
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION margelle.erase_passages();

-- What somebody approved does not count again because they come back: what is proposed in a log of a group (NULL: in any)
-- loses their approval. A publication under way holds its release: it is waited for first, and then it is decided.
CREATE FUNCTION margelle.end_approvals_of(p_group uuid, p_member uuid, p_feed uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM margelle.releases r
      WHERE r.group_id = p_group AND r.published_at IS NULL AND r.withdrawn_at IS NULL AND (p_feed IS NULL OR r.feed_id = p_feed)
      ORDER BY r.release_id FOR UPDATE;      -- all of them: an approval under way does not show yet, and holds its release
    DELETE FROM margelle.release_approvals a USING margelle.releases r
     WHERE a.group_id = p_group AND a.member_id = p_member AND r.group_id = a.group_id AND r.release_id = a.release_id
       AND r.published_at IS NULL AND r.withdrawn_at IS NULL AND (p_feed IS NULL OR r.feed_id = p_feed);
END $$;

-- With taking part, or writing, in the group.
CREATE FUNCTION margelle.end_approvals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.end_approvals_of(NEW.group_id, NEW.member_id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER end_approvals AFTER UPDATE OF state, role ON margelle.memberships
    FOR EACH ROW WHEN (OLD.state = 'active' AND (NEW.state <> 'active' OR NEW.role = 'observer')) EXECUTE FUNCTION margelle.end_approvals();

-- With belonging to the circle that reads it.
CREATE FUNCTION margelle.end_approvals_in_circle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.end_approvals_of(OLD.group_id, OLD.member_id, OLD.circle_id);
    RETURN NULL;
END $$;
CREATE TRIGGER end_approvals AFTER DELETE ON margelle.circle_members FOR EACH ROW EXECUTE FUNCTION margelle.end_approvals_in_circle();

-- With the agreement, once they refuse it or withdraw from it.
CREATE FUNCTION margelle.end_approvals_without_agreement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT (SELECT margelle.gate_open(g.group_id, NEW.member_id, g.confidentiality) FROM margelle.groups g WHERE g.group_id = NEW.group_id) THEN
        PERFORM margelle.end_approvals_of(NEW.group_id, NEW.member_id, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER end_approvals AFTER INSERT ON margelle.nda_register
    FOR EACH ROW WHEN (NEW.act <> 'accepted') EXECUTE FUNCTION margelle.end_approvals_without_agreement();

-- A refused attempt to reach a release is on record as one to reach its thread.
CREATE OR REPLACE FUNCTION margelle.feed_of(p_group uuid, p_object uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT t.feed_id FROM margelle.threads t WHERE t.group_id = p_group AND t.thread_id = p_object
    UNION ALL SELECT p.feed_id FROM margelle.posts p WHERE p.group_id = p_group AND p.post_id = p_object
    UNION ALL SELECT c.circle_id FROM margelle.circles c WHERE c.group_id = p_group AND c.circle_id = p_object
    UNION ALL SELECT r.feed_id FROM margelle.releases r WHERE r.group_id = p_group AND r.release_id = p_object
$$;

-- ---- the square ------------------------------------------------------------------------------------------------
-- Open to everybody: what is published and not taken back. The group is named where everybody may know that it exists,
-- an author where they agreed.

CREATE FUNCTION margelle.square(p_before timestamptz, p_release uuid, p_limit int)
RETURNS TABLE (id uuid, title text, group_name text, published_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.release_id, r.title, CASE WHEN g.listing = 'listed' THEN g.name END, r.published_at
      FROM margelle.releases r JOIN margelle.groups g ON g.group_id = r.group_id
     WHERE r.published_at IS NOT NULL AND r.withdrawn_at IS NULL
       AND (p_before IS NULL OR (r.published_at, r.release_id) < (p_before, p_release))
     ORDER BY r.published_at DESC, r.release_id DESC LIMIT p_limit
$$;

CREATE FUNCTION margelle.square_entry(p_release uuid)
RETURNS TABLE (id uuid, title text, group_name text, published_at timestamptz, summary_html text, passages jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.release_id, r.title, CASE WHEN g.listing = 'listed' THEN g.name END, r.published_at, r.summary_html,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('number', p.number, 'body_html', p.body_html,
                       'author_name', CASE WHEN p.named THEN m.name END, 'mine', p.author_id IS NOT DISTINCT FROM margelle.current_member(),
                       'written_at', to_char(p.written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ORDER BY p.number), '[]')
              FROM margelle.release_passages p JOIN margelle.members m ON m.member_id = p.author_id
             WHERE p.group_id = r.group_id AND p.release_id = r.release_id AND p.agrees)
      FROM margelle.releases r JOIN margelle.groups g ON g.group_id = r.group_id
     WHERE r.release_id = p_release AND r.published_at IS NOT NULL AND r.withdrawn_at IS NULL
$$;

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.reads_feed, margelle.copy_passage, margelle.erase_passages, margelle.end_approvals, margelle.end_approvals_of,
       margelle.end_approvals_in_circle, margelle.end_approvals_without_agreement, margelle.release_proposed, margelle.passage_answered, margelle.approval_changed, margelle.releases_follow,
       margelle.delete_passages, margelle.feed_of FROM margelle_app;
