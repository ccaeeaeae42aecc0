-- What surrounds the register: when somebody left, until when they owe secrecy, reminders, the named signatory of an
-- organisation, and the end of what is kept.

-- ---- the register ----------------------------------------------------------------------------------------------

-- An entry changes once in its life: when it is made anonymous, which takes the person away and leaves the fact.
CREATE FUNCTION margelle.keep_register() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.anonymised_at IS NOT NULL OR NEW.anonymised_at IS NULL
       OR NEW.full_name IS NOT NULL OR NEW.receipt ?| ARRAY['member', 'full_name', 'capacity', 'signatory', 'context', 'signature']
       OR (NEW.group_id, NEW.entry, NEW.act, NEW.version, NEW.at) IS DISTINCT FROM (OLD.group_id, OLD.entry, OLD.act, OLD.version, OLD.at) THEN
        RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'PL003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON margelle.nda_register FOR EACH ROW EXECUTE FUNCTION margelle.keep_register();

-- A person's secrecy counts from the day they stop being active; asking to come back does not move it.
CREATE FUNCTION margelle.note_leaving() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.left_at := CASE WHEN NEW.state = 'active' THEN NULL WHEN OLD.state = 'active' THEN now() ELSE OLD.left_at END;
    RETURN NEW;
END $$;
CREATE TRIGGER note_leaving BEFORE UPDATE OF state ON margelle.memberships FOR EACH ROW EXECUTE FUNCTION margelle.note_leaving();

-- The last day of secrecy; NULL: not over, because they never left, or without end.
CREATE FUNCTION margelle.secrecy_end(p_left_at timestamptz, p_months int) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT ((p_left_at AT TIME ZONE 'UTC')::date + make_interval(months => p_months))::date $$;

-- ---- reminders -------------------------------------------------------------------------------------------------

CREATE TABLE margelle.nda_reminders (
    group_id    uuid NOT NULL REFERENCES margelle.groups,
    member_id   uuid NOT NULL REFERENCES margelle.members,
    reminded_by uuid NOT NULL REFERENCES margelle.members,
    reminded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, member_id)
);
CALL margelle.protect('nda_reminders');
GRANT SELECT, INSERT, UPDATE (reminded_by, reminded_at) ON margelle.nda_reminders TO margelle_app;
CREATE POLICY moderate ON margelle.nda_reminders TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()))
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND reminded_by = (SELECT margelle.current_member()));

CREATE FUNCTION margelle.record_reminder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'nda.reminded', NEW.member_id, NULL, '{}');
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT OR UPDATE ON margelle.nda_reminders FOR EACH ROW EXECUTE FUNCTION margelle.record_reminder();

-- ---- the signatory of an organisation --------------------------------------------------------------------------

-- Whom a member named to confirm what they accepted on behalf of their organisation: a mayor, a director, who needs no
-- account. The token of the mail answers once.
CREATE TABLE margelle.nda_signatures (
    group_id     uuid NOT NULL REFERENCES margelle.groups,
    signature_id uuid NOT NULL UNIQUE,
    entry        bigint NOT NULL,
    member_id    uuid NOT NULL,                                 -- who accepted, and asks
    name         text NOT NULL,
    email        text NOT NULL,
    capacity     text NOT NULL DEFAULT '',
    state        text NOT NULL DEFAULT 'awaiting' CHECK (state IN ('awaiting', 'confirmed', 'refused', 'replaced')),
    token_hash   bytea UNIQUE,                                  -- of the token in the mail sent last
    asked_at     timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '30 days',
    answered_at  timestamptz,
    receipt      jsonb,                                         -- as signed; NULL unless confirmed
    PRIMARY KEY (group_id, signature_id),
    FOREIGN KEY (group_id, member_id, entry) REFERENCES margelle.nda_register ON UPDATE CASCADE,
    CHECK ((state = 'confirmed') = (receipt IS NOT NULL))
);
-- An entry has at most one request that counts; the others were replaced.
CREATE UNIQUE INDEX nda_signatures_entry ON margelle.nda_signatures (group_id, entry) WHERE state <> 'replaced';
CALL margelle.protect('nda_signatures');
GRANT UPDATE (name, email, capacity, state, token_hash, answered_at, receipt) ON margelle.nda_signatures TO margelle_gate;
GRANT SELECT (group_id, signature_id, entry, member_id, name, capacity, state, asked_at, expires_at, answered_at, receipt),
      INSERT (group_id, signature_id, entry, member_id, name, email, capacity), UPDATE (state) ON margelle.nda_signatures TO margelle_app;
CREATE POLICY read ON margelle.nda_signatures FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) OR member_id = (SELECT margelle.current_member()));
CREATE POLICY ask ON margelle.nda_signatures FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_lobby()) AND member_id = (SELECT margelle.current_member()));
CREATE POLICY replace ON margelle.nda_signatures FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_lobby()) AND member_id = (SELECT margelle.current_member()) AND state IN ('awaiting', 'refused'))
    WITH CHECK (group_id = (SELECT margelle.current_lobby()) AND member_id = (SELECT margelle.current_member()) AND state = 'replaced');

CREATE FUNCTION margelle.record_signature() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, 'signature.' || CASE NEW.state WHEN 'awaiting' THEN 'requested' ELSE NEW.state END,
                            NULL, NEW.signature_id, jsonb_build_object('entry', NEW.entry), NEW.email);
    RETURN NULL;
END $$;
CREATE TRIGGER record_new AFTER INSERT ON margelle.nda_signatures FOR EACH ROW EXECUTE FUNCTION margelle.record_signature();
CREATE TRIGGER record_fate AFTER UPDATE OF state ON margelle.nda_signatures
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION margelle.record_signature();

-- Whom an acceptance binds: the person alone (personal), or the organisation as well once its signatory confirmed.
CREATE FUNCTION margelle.organisation_state(p_group uuid, p_entry bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT coalesce((SELECT CASE WHEN s.state = 'awaiting' AND s.expires_at <= now() THEN 'personal' ELSE s.state END
                       FROM margelle.nda_signatures s WHERE s.group_id = p_group AND s.entry = p_entry AND s.state <> 'replaced'), 'personal')
$$;

-- Whether a request may be answered: within its days, once, and while the acceptance is not taken back.
CREATE FUNCTION margelle.signature_open(s margelle.nda_signatures) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT s.state = 'awaiting' AND s.expires_at > now() AND NOT EXISTS (
        SELECT FROM margelle.nda_register later WHERE later.group_id = s.group_id AND later.member_id = s.member_id
           AND later.entry > s.entry AND later.act <> 'accepted')
$$;

-- What a signatory's link shows: the agreement that was accepted and by whom, nothing else of the group. No row
-- where it may no longer be answered.
CREATE FUNCTION margelle.lookup_signature(p_token_hash bytea)
RETURNS TABLE (group_id uuid, signature_id uuid, name text, email text, capacity text, expires_at timestamptz, acceptance jsonb,
               version int, language text, body text, body_html text, summary text, summary_html text, translation text,
               translation_html text, sha256 bytea, holds_from date, secrecy_months int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT s.group_id, s.signature_id, s.name, s.email, s.capacity, s.expires_at, r.receipt, v.number, v.language, v.body, v.body_html,
           v.summary, v.summary_html, v.translation, v.translation_html, v.sha256, v.holds_from, v.secrecy_months
      FROM margelle.nda_signatures s
      JOIN margelle.nda_register r ON r.group_id = s.group_id AND r.member_id = s.member_id AND r.entry = s.entry
      JOIN margelle.nda_versions v ON v.group_id = r.group_id AND v.number = r.version
     WHERE s.token_hash = p_token_hash AND margelle.signature_open(s)
$$;

-- Takes the answer of whoever holds the token, once; with a receipt it confirms, without it refuses. Answers the number
-- of the event in the group's log; no row when the link is no longer good.
CREATE FUNCTION margelle.answer_signature(p_token_hash bytea, p_receipt jsonb) RETURNS TABLE (group_id uuid, seq bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE s record;
BEGIN
    UPDATE margelle.nda_signatures x
       SET state = CASE WHEN p_receipt IS NULL THEN 'refused' ELSE 'confirmed' END, receipt = p_receipt, answered_at = now(), token_hash = NULL
      FROM margelle.lookup_signature(p_token_hash) o
     WHERE x.signature_id = o.signature_id AND x.state = 'awaiting'
    RETURNING x.group_id, x.member_id, x.state, o.version INTO s;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE margelle.feed_heads h SET last_seq = h.last_seq + 1 WHERE h.group_id = s.group_id AND h.feed_id = s.group_id
    RETURNING h.group_id, h.last_seq INTO group_id, seq;
    INSERT INTO margelle.events (group_id, feed_id, seq, kind, data)
    VALUES (s.group_id, s.group_id, answer_signature.seq, 'signature.' || s.state, jsonb_build_object('member_id', s.member_id, 'version', s.version));
    RETURN NEXT;
END $$;

CREATE FUNCTION margelle.renew_signature_token(p_signature uuid, p_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE margelle.nda_signatures SET token_hash = p_token_hash WHERE signature_id = p_signature AND state = 'awaiting'
$$;

-- ---- one's own receipts, also after leaving --------------------------------------------------------------------

-- The group's name is the one that was signed: whoever left a hidden group learns nothing new of it.
CREATE FUNCTION margelle.my_receipts()
RETURNS TABLE (group_id uuid, group_name text, version int, at timestamptz, organisation_name text, capacity text,
               organisation_state text, left_at timestamptz, secrecy_months int, secrecy_ends_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.group_id, r.receipt #>> '{group,name}', r.version, r.at, r.receipt #>> '{organisation,name}', r.receipt ->> 'capacity',
           margelle.organisation_state(r.group_id, r.entry), m.left_at, v.secrecy_months, margelle.secrecy_end(m.left_at, v.secrecy_months)
      FROM margelle.nda_register r
      JOIN margelle.nda_versions v ON v.group_id = r.group_id AND v.number = r.version
      LEFT JOIN margelle.memberships m ON m.group_id = r.group_id AND m.member_id = r.member_id
     WHERE r.member_id = margelle.current_member() AND r.act = 'accepted'
     ORDER BY r.entry DESC
$$;

-- The caller's latest acceptance of a version, with the text that was accepted.
CREATE FUNCTION margelle.my_receipt(p_group uuid, p_version int)
RETURNS TABLE (receipt jsonb, confirmation jsonb, organisation_state text, left_at timestamptz, secrecy_months int, secrecy_ends_on date,
               language text, body text, body_html text, summary text, summary_html text, translation text, translation_html text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.receipt, s.receipt, margelle.organisation_state(r.group_id, r.entry), m.left_at, v.secrecy_months,
           margelle.secrecy_end(m.left_at, v.secrecy_months),
           v.language, v.body, v.body_html, v.summary, v.summary_html, v.translation, v.translation_html
      FROM margelle.nda_register r
      JOIN margelle.nda_versions v ON v.group_id = r.group_id AND v.number = r.version
      LEFT JOIN margelle.memberships m ON m.group_id = r.group_id AND m.member_id = r.member_id
      LEFT JOIN margelle.nda_signatures s ON s.group_id = r.group_id AND s.entry = r.entry AND s.state = 'confirmed'
     WHERE r.group_id = p_group AND r.member_id = margelle.current_member() AND r.version = p_version AND r.act = 'accepted'
     ORDER BY r.entry DESC LIMIT 1
$$;

-- ---- mail ------------------------------------------------------------------------------------------------------

-- Whoever stops being active is told what stays: their duty of secrecy.
CREATE FUNCTION margelle.tell_access_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO margelle.outbox (mail_id, kind, member_id, group_id) VALUES (gen_random_uuid(), 'access_ended', NEW.member_id, NEW.group_id);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_access_ended AFTER UPDATE OF state ON margelle.memberships
    FOR EACH ROW WHEN (OLD.state = 'active' AND NEW.state IN ('left', 'removed')) EXECUTE FUNCTION margelle.tell_access_ended();

-- What a person who left owes a group, by what they accepted last: none, until a day, without_end.
CREATE FUNCTION margelle.duty_of(p_group uuid, p_member uuid) RETURNS TABLE (duty text, ends_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT CASE WHEN v.number IS NULL THEN 'none' WHEN v.secrecy_months IS NULL THEN 'without_end' ELSE 'until' END,
           margelle.secrecy_end(m.left_at, v.secrecy_months)
      FROM margelle.memberships m
      LEFT JOIN LATERAL (SELECT r.version FROM margelle.nda_register r
                          WHERE r.group_id = m.group_id AND r.member_id = m.member_id AND r.act = 'accepted' ORDER BY r.entry DESC LIMIT 1) r ON true
      LEFT JOIN margelle.nda_versions v ON v.group_id = m.group_id AND v.number = r.version
     WHERE m.group_id = p_group AND m.member_id = p_member
$$;

-- ---- housekeeping ----------------------------------------------------------------------------------------------

-- Asked twice a second.
CREATE INDEX nda_versions_ahead ON margelle.nda_versions (holds_from) WHERE holds_from > (published_at AT TIME ZONE 'UTC')::date;
CREATE INDEX events_nda_holds ON margelle.events (group_id) WHERE kind = 'nda.holds';

-- Closes the gate where the day of a version published ahead has come: an event, a raised epoch, and word to every
-- node. The gate itself goes by the date; this tells those who are connected. Answers how many.
CREATE FUNCTION margelle.hold_versions() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    v record;
    n bigint := 0;
    number bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('margelle.versions')) THEN
        RETURN 0;
    END IF;
    FOR v IN SELECT x.group_id, x.number FROM margelle.nda_versions x
              WHERE x.holds_from > (x.published_at AT TIME ZONE 'UTC')::date AND x.holds_from BETWEEN current_date - 30 AND current_date
                AND NOT EXISTS (SELECT FROM margelle.events e WHERE e.group_id = x.group_id AND e.feed_id = x.group_id
                                   AND e.kind = 'nda.holds' AND e.data ->> 'version' = x.number::text)
              ORDER BY x.group_id, x.number LOOP
        UPDATE margelle.feed_heads h SET last_seq = h.last_seq + 1 WHERE h.group_id = v.group_id AND h.feed_id = v.group_id
        RETURNING h.last_seq INTO number;
        PERFORM margelle.raise_epoch(v.group_id);
        INSERT INTO margelle.events (group_id, feed_id, seq, kind, data)
        VALUES (v.group_id, v.group_id, number, 'nda.holds', jsonb_build_object('version', v.number));
        PERFORM pg_notify('margelle_feeds', '- ' || h.group_id || ' ' || h.feed_id) FROM margelle.feed_heads h WHERE h.group_id = v.group_id;
        n := n + 1;
    END LOOP;
    RETURN n;
END $$;

-- Takes the person out of what no longer proves anything: the entries of whoever left, once the longest secrecy that
-- they accepted in the group and the limitation period behind it are over. The entries pass to a pseudonym; what was
-- accepted and when stays, as do the hashes of the audit chain. Of those who accepted nothing that still counts, the audit
-- forgets who they are once the limitation period is over; whom somebody invited, whoever that was, as the invitation does,
-- or once they erased their account. With somebody's arrival goes what they were sent (0009_readings.sql). Answers how many persons passed to a pseudonym.
CREATE FUNCTION margelle.anonymise_register(p_limitation_years int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    due record;
    pseudonym uuid;
    n bigint := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('margelle.register')) THEN
        RETURN 0;
    END IF;
    FOR due IN
        SELECT r.group_id, r.member_id
          FROM margelle.nda_register r
          JOIN margelle.nda_versions v ON v.group_id = r.group_id AND v.number = r.version
          JOIN margelle.memberships m ON m.group_id = r.group_id AND m.member_id = r.member_id
         WHERE r.anonymised_at IS NULL
         GROUP BY r.group_id, r.member_id
        HAVING bool_and(coalesce(margelle.secrecy_end(m.left_at, CASE r.act WHEN 'accepted' THEN v.secrecy_months ELSE 0 END)
                                 + make_interval(years => p_limitation_years) < now(), false)) LOOP
        pseudonym := gen_random_uuid();
        INSERT INTO margelle.members (member_id, name, erased_at) VALUES (pseudonym, '—', now());
        UPDATE margelle.nda_register r
           SET member_id = pseudonym, full_name = NULL, anonymised_at = now(),
               receipt = r.receipt - ARRAY['member', 'full_name', 'capacity', 'signatory', 'context', 'signature']
         WHERE r.group_id = due.group_id AND r.member_id = due.member_id;
        UPDATE margelle.nda_signatures s
           SET name = '—', email = '—', capacity = '', token_hash = NULL,
               receipt = s.receipt - ARRAY['acceptance', 'full_name', 'signatory', 'context', 'signature']
         WHERE s.group_id = due.group_id AND s.member_id = pseudonym;
        UPDATE margelle.audit_entries e SET personal = NULL, salt = NULL
         WHERE e.group_id = due.group_id AND e.position IS NOT NULL
           AND (due.member_id IN (e.actor_id, e.subject_id)
                OR e.object_id IN (SELECT s.signature_id FROM margelle.nda_signatures s
                                    WHERE s.group_id = due.group_id AND s.member_id = pseudonym));
        n := n + 1;
    END LOOP;
    UPDATE margelle.audit_entries e SET personal = NULL, salt = NULL
     WHERE e.personal IS NOT NULL AND e.position IS NOT NULL AND e.at + make_interval(years => p_limitation_years) < now()
       AND NOT EXISTS (SELECT FROM margelle.memberships m
                        WHERE m.group_id = e.group_id AND m.member_id IN (e.actor_id, e.subject_id) AND m.state = 'active')
       AND NOT EXISTS (SELECT FROM margelle.nda_register r
                        WHERE r.group_id = e.group_id AND r.member_id IN (e.actor_id, e.subject_id) AND r.anonymised_at IS NULL);
    UPDATE margelle.invitations i SET email = 'erased@erased.invalid', name = '', message = '', token_hash = NULL
     WHERE i.email <> 'erased@erased.invalid' AND i.expires_at + make_interval(years => p_limitation_years) < now();
    UPDATE margelle.audit_entries e SET personal = NULL, salt = NULL
     WHERE e.personal IS NOT NULL AND e.position IS NOT NULL AND starts_with(e.kind, 'invitation.')
       AND (e.at + make_interval(years => p_limitation_years) < now()
            OR EXISTS (SELECT FROM margelle.invitations i WHERE i.group_id = e.group_id AND i.invitation_id = e.object_id
                          AND i.email = 'erased@erased.invalid'));
    DELETE FROM margelle.readings r USING (
        SELECT DISTINCT ON (e.group_id, e.subject_id) e.group_id, e.subject_id, e.personal FROM margelle.audit_entries e
         WHERE e.kind = 'member.joined' ORDER BY e.group_id, e.subject_id, e.entry DESC) arrival
     WHERE arrival.personal IS NULL AND r.group_id = arrival.group_id AND r.member_id = arrival.subject_id;
    RETURN n;
END $$;
GRANT UPDATE (member_id, full_name, receipt, anonymised_at) ON margelle.nda_register TO margelle_gate;
GRANT UPDATE (personal, salt) ON margelle.audit_entries TO margelle_gate;

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.signature_open, margelle.record_reminder, margelle.record_signature, margelle.tell_access_ended FROM margelle_app;
