-- The record of who was let in and who did what: one hash chain a group. Entries are written in the transaction of what
-- they record, by triggers, so that no path forgets them; they are chained behind it (persistence/audit.cpp), so that
-- nobody waits for the chain.

-- ---- for this migration and later ones -------------------------------------------------------------------------

-- Enables and forces row security on a table, and lets the definer functions see it.
CREATE PROCEDURE margelle.protect(p_table text) LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('ALTER TABLE margelle.%I ENABLE ROW LEVEL SECURITY', p_table);
    EXECUTE format('ALTER TABLE margelle.%I FORCE ROW LEVEL SECURITY', p_table);
    EXECUTE format('CREATE POLICY gate ON margelle.%I TO margelle_gate USING (true) WITH CHECK (true)', p_table);
    EXECUTE format('GRANT SELECT ON margelle.%I TO margelle_gate', p_table);
END $$;

-- Gives the definer functions that are new to margelle_gate, and opens them to margelle_app alone.
CREATE PROCEDURE margelle.give_to_gate() LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE f regprocedure;
BEGIN
    GRANT CREATE ON SCHEMA margelle TO margelle_gate;
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
              WHERE p.pronamespace = 'margelle'::regnamespace AND p.prosecdef AND p.proowner <> 'margelle_gate'::regrole LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO margelle_gate', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO margelle_app', f);
    END LOOP;
    REVOKE CREATE ON SCHEMA margelle FROM margelle_gate;
END $$;
REVOKE ALL ON PROCEDURE margelle.protect, margelle.give_to_gate FROM PUBLIC;

-- ---- the entries -----------------------------------------------------------------------------------------------

CREATE TABLE margelle.audit_entries (
    group_id        uuid NOT NULL REFERENCES margelle.groups,
    entry           bigint GENERATED ALWAYS AS IDENTITY,
    transaction     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at              timestamptz NOT NULL DEFAULT now(),
    kind            text NOT NULL,
    actor_id        uuid REFERENCES margelle.members,       -- NULL: nobody signed in
    subject_id      uuid REFERENCES margelle.members,       -- whom it is about
    object_id       uuid,                                   -- what it is about: a thread, a circle, an invitation
    data            jsonb NOT NULL DEFAULT '{}',            -- ids, numbers, states, a moderator's reason
    personal        jsonb,                                  -- names and addresses as they were; NULL once anonymised
    salt            bytea,                                  -- NULL once anonymised
    personal_sha256 bytea,                                  -- these three since it was chained
    position        bigint,
    hash            bytea,
    PRIMARY KEY (group_id, entry),
    UNIQUE (group_id, position)
);
CREATE INDEX audit_unsealed ON margelle.audit_entries (group_id, entry) WHERE position IS NULL;
CREATE INDEX audit_actor ON margelle.audit_entries (group_id, actor_id, entry);
CREATE INDEX audit_subject ON margelle.audit_entries (group_id, subject_id, entry);
CREATE INDEX audit_object ON margelle.audit_entries (group_id, object_id, entry);

-- The end of each group's chain.
CREATE TABLE margelle.audit_heads (
    group_id uuid PRIMARY KEY REFERENCES margelle.groups,
    position bigint NOT NULL,
    hash     bytea NOT NULL
);

CALL margelle.protect('audit_entries');
CALL margelle.protect('audit_heads');
GRANT INSERT, UPDATE (position, hash, personal_sha256) ON margelle.audit_entries TO margelle_gate;
GRANT INSERT, UPDATE (position, hash) ON margelle.audit_heads TO margelle_gate;
GRANT SELECT (group_id, entry, at, kind, actor_id, subject_id, object_id, data, personal, salt, personal_sha256, position, hash)
   ON margelle.audit_entries TO margelle_app;
GRANT SELECT ON margelle.audit_heads TO margelle_app;
CREATE POLICY read ON margelle.audit_entries FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()));
-- Receipts carry the head, from the lobby on.
CREATE POLICY read ON margelle.audit_heads FOR SELECT TO margelle_app USING (group_id = (SELECT margelle.current_lobby()));

-- Writes one entry. Whoever acts is found in the transaction's settings; where nobody has entered yet (an invitation
-- taken up before the account has a session) it is the subject.
CREATE FUNCTION margelle.record(p_group uuid, p_kind text, p_subject uuid, p_object uuid, p_data jsonb, p_email text DEFAULT NULL)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO margelle.audit_entries (group_id, kind, actor_id, subject_id, object_id, data, personal, salt)
    SELECT p_group, p_kind, who.actor, p_subject, p_object, jsonb_strip_nulls(p_data),
           jsonb_strip_nulls(jsonb_build_object('actor', a.name, 'subject', s.name, 'email', p_email,
                                                'address', nullif(current_setting('margelle.address', true), ''))),
           uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
      FROM (SELECT coalesce(margelle.current_member(), p_subject) AS actor) who
      LEFT JOIN margelle.members a ON a.member_id = who.actor
      LEFT JOIN margelle.members s ON s.member_id = p_subject
$$;

-- What a handler does that changes no table: an export, a reading as somebody else. For those who are in.
CREATE FUNCTION margelle.record_act(p_kind text, p_subject uuid, p_object uuid, p_data jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT margelle.record(margelle.current_group(), p_kind, p_subject, p_object, p_data) WHERE margelle.current_group() IS NOT NULL
$$;

-- Somebody reads as somebody else: once an hour for each pair of them. Nobody in the group, or no category, is nobody to read as.
CREATE FUNCTION margelle.record_reading_as(p_as text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE subject uuid := CASE WHEN p_as LIKE 'member:%' THEN split_part(p_as, ':', 2) END;
BEGIN
    IF subject IS NOT NULL AND NOT EXISTS (SELECT FROM margelle.memberships m
                                            WHERE m.group_id = margelle.current_group() AND m.member_id = subject)
       OR p_as LIKE 'category:%' AND NOT EXISTS (SELECT FROM margelle.actor_categories c WHERE c.category = split_part(p_as, ':', 2)) THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM margelle.audit_entries e
                    WHERE e.group_id = margelle.current_group() AND e.actor_id = margelle.current_member() AND e.kind = 'read.as'
                      AND e.data ->> 'as' = p_as AND e.at > now() - interval '1 hour') THEN
        PERFORM margelle.record_act('read.as', subject, NULL, jsonb_build_object('as', p_as));
    END IF;
END $$;

-- The log that tells of an object of a group, and so who reads it; NULL when there is no such object.
CREATE FUNCTION margelle.feed_of(p_group uuid, p_object uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT t.feed_id FROM margelle.threads t WHERE t.group_id = p_group AND t.thread_id = p_object
    UNION ALL SELECT p.feed_id FROM margelle.posts p WHERE p.group_id = p_group AND p.post_id = p_object
    UNION ALL SELECT c.circle_id FROM margelle.circles c WHERE c.group_id = p_group AND c.circle_id = p_object
$$;

-- Somebody was refused what a group holds. One entry for each person (nobody's count as one), object and hour; nothing
-- when there is no such group, or no such object in it, or when the caller might have read it.
CREATE FUNCTION margelle.record_refusal(p_group uuid, p_object uuid, p_operation text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    who uuid := margelle.current_member();
    inside boolean := margelle.current_group() = p_group;
    feed uuid := margelle.feed_of(p_group, p_object);
BEGIN
    IF NOT EXISTS (SELECT FROM margelle.groups g WHERE g.group_id = p_group) THEN
        RETURN;
    END IF;
    IF inside AND (feed IS NULL OR feed = p_group OR feed = ANY (margelle.current_circles())) THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM margelle.audit_entries e
                WHERE e.group_id = p_group AND e.kind = 'access.refused' AND e.actor_id IS NOT DISTINCT FROM who
                  AND e.object_id IS NOT DISTINCT FROM CASE WHEN feed IS NOT NULL THEN p_object END
                  AND e.at > now() - interval '1 hour') THEN
        RETURN;
    END IF;
    PERFORM margelle.record(p_group, 'access.refused', NULL, CASE WHEN feed IS NOT NULL THEN p_object END,
                            jsonb_build_object('operation', p_operation));
END $$;

-- ---- what is recorded by itself --------------------------------------------------------------------------------

CREATE FUNCTION margelle.record_membership() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    before text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    facts jsonb := jsonb_build_object('role', NEW.role, 'category', NEW.category, 'organisation_id', NEW.organisation_id);
BEGIN
    IF NEW.state IS DISTINCT FROM before THEN
        PERFORM margelle.record(NEW.group_id, CASE WHEN NEW.state = 'requested' THEN 'member.requested'
                                                   WHEN NEW.state = 'active' THEN 'member.joined'
                                                   WHEN NEW.state = 'removed' THEN 'member.removed'
                                                   WHEN before = 'requested' THEN 'member.not_admitted'
                                                   ELSE 'member.left' END, NEW.member_id, NULL, facts);
    ELSIF NEW.role <> OLD.role THEN
        PERFORM margelle.record(NEW.group_id, 'role.changed', NEW.member_id, NULL, jsonb_build_object('from', OLD.role, 'to', NEW.role));
    ELSIF (NEW.organisation_id, NEW.category) IS DISTINCT FROM (OLD.organisation_id, OLD.category) THEN
        PERFORM margelle.record(NEW.group_id, 'member.represents', NEW.member_id, NULL, facts - 'role');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT OR UPDATE OF state, role, category, organisation_id ON margelle.memberships
    FOR EACH ROW EXECUTE FUNCTION margelle.record_membership();

CREATE FUNCTION margelle.record_invitation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'invitation.' || CASE NEW.state WHEN 'pending' THEN 'sent' ELSE NEW.state END,
                            NULL, NEW.invitation_id, jsonb_build_object('role', NEW.role), NEW.email);
    RETURN NULL;
END $$;
CREATE TRIGGER record_new AFTER INSERT ON margelle.invitations FOR EACH ROW EXECUTE FUNCTION margelle.record_invitation();
CREATE TRIGGER record_fate AFTER UPDATE OF state ON margelle.invitations
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION margelle.record_invitation();

CREATE FUNCTION margelle.record_register() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'nda.' || NEW.act, NEW.member_id, NULL, jsonb_build_object('version', NEW.version));
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT ON margelle.nda_register FOR EACH ROW EXECUTE FUNCTION margelle.record_register();

CREATE FUNCTION margelle.record_publication() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'nda.published', NULL, NULL,
                            jsonb_build_object('version', NEW.number, 'kind', NEW.kind, 'sha256', encode(NEW.sha256, 'hex')));
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT ON margelle.nda_versions FOR EACH ROW EXECUTE FUNCTION margelle.record_publication();

CREATE FUNCTION margelle.record_group() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM margelle.record(NEW.group_id, 'group.created', NULL, NULL,
                                jsonb_build_object('confidentiality', NEW.confidentiality, 'listing', NEW.listing));
    ELSIF NEW.listing <> OLD.listing THEN
        PERFORM margelle.record(NEW.group_id, 'group.listing_changed', NULL, NULL, jsonb_build_object('from', OLD.listing, 'to', NEW.listing));
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.records_reading <> OLD.records_reading THEN
        PERFORM margelle.record(NEW.group_id, CASE WHEN NEW.records_reading THEN 'group.reading_recorded' ELSE 'group.reading_unrecorded' END,
                                NULL, NULL, '{}');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER record_new AFTER INSERT ON margelle.groups FOR EACH ROW EXECUTE FUNCTION margelle.record_group();
CREATE TRIGGER record_change AFTER UPDATE OF listing, records_reading ON margelle.groups
    FOR EACH ROW EXECUTE FUNCTION margelle.record_group();

-- ---- the chain -------------------------------------------------------------------------------------------------

-- The oldest entries that are not chained yet, group by group, each with its group's head; nothing while another node is
-- at it. Only what every snapshot agrees on: entries of transactions that began before any still open one.
CREATE FUNCTION margelle.unsealed_audit(p_limit int)
RETURNS TABLE (group_id uuid, entry bigint, at timestamptz, kind text, actor_id uuid, subject_id uuid, object_id uuid, data jsonb,
               personal jsonb, salt bytea, head_position bigint, head_hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('margelle.audit')) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT e.group_id, e.entry, e.at, e.kind, e.actor_id, e.subject_id, e.object_id, e.data, e.personal, e.salt, h.position, h.hash
      FROM margelle.audit_entries e LEFT JOIN margelle.audit_heads h ON h.group_id = e.group_id
     WHERE e.position IS NULL AND e.transaction < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY e.group_id, e.entry LIMIT p_limit;
END $$;

-- Chains one entry behind its group's head. In the transaction, and so under the lock, of unsealed_audit.
CREATE FUNCTION margelle.seal_audit(p_group uuid, p_entry bigint, p_position bigint, p_personal_sha256 bytea, p_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE margelle.audit_entries e SET position = p_position, personal_sha256 = p_personal_sha256, hash = p_hash
     WHERE e.group_id = p_group AND e.entry = p_entry AND e.position IS NULL;
    INSERT INTO margelle.audit_heads AS h (group_id, position, hash) VALUES (p_group, p_position, p_hash)
    ON CONFLICT (group_id) DO UPDATE SET position = excluded.position, hash = excluded.hash WHERE h.position = excluded.position - 1
$$;

-- Nothing that was recorded changes; a chained entry keeps its place; only its personal part may be erased.
CREATE FUNCTION margelle.keep_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.group_id, NEW.entry, NEW.transaction, NEW.at, NEW.kind, NEW.actor_id, NEW.subject_id, NEW.object_id, NEW.data)
          IS DISTINCT FROM (OLD.group_id, OLD.entry, OLD.transaction, OLD.at, OLD.kind, OLD.actor_id, OLD.subject_id, OLD.object_id, OLD.data)
       OR (OLD.position IS NOT NULL AND (NEW.position, NEW.hash, NEW.personal_sha256) IS DISTINCT FROM (OLD.position, OLD.hash, OLD.personal_sha256))
       OR (NEW.personal IS NOT NULL AND NEW.personal IS DISTINCT FROM OLD.personal)
       OR (NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt) THEN
        RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'PL003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON margelle.audit_entries FOR EACH ROW EXECUTE FUNCTION margelle.keep_audit();

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.record, margelle.feed_of, margelle.record_membership, margelle.record_invitation, margelle.record_register,
       margelle.record_publication, margelle.record_group FROM margelle_app;
