-- The definer functions: the only SQL that sees beyond the policies. docs/architecture.md lists them.
-- Each belongs to margelle_gate, runs with search_path = pg_catalog, and is open to margelle_app alone.

GRANT SELECT ON ALL TABLES IN SCHEMA margelle TO margelle_gate;
GRANT INSERT ON margelle.groups, margelle.memberships, margelle.feed_heads, margelle.sessions, margelle.members,
      margelle.accounts, margelle.mail_tokens, margelle.organisations, margelle.member_organisations, margelle.events,
      margelle.outbox TO margelle_gate;
GRANT UPDATE (present_categories) ON margelle.groups TO margelle_gate;
GRANT UPDATE (role, state, category, organisation_id, message, since) ON margelle.memberships TO margelle_gate;
GRANT UPDATE (state, token_hash, name, email, message) ON margelle.invitations TO margelle_gate;
GRANT UPDATE (last_seq, access_epoch) ON margelle.feed_heads TO margelle_gate;
GRANT UPDATE (password_hash, locked_at, noticed_at, notice) ON margelle.accounts TO margelle_gate;
GRANT UPDATE (used_at) ON margelle.mail_tokens TO margelle_gate;
GRANT UPDATE (attempts, next_at, sent_at, failed_at, failure) ON margelle.outbox TO margelle_gate;
GRANT UPDATE (name, erased_at) ON margelle.members TO margelle_gate;
GRANT UPDATE (state, email_domain) ON margelle.organisations TO margelle_gate;
GRANT UPDATE (confirmed_at) ON margelle.member_organisations TO margelle_gate;
GRANT DELETE ON margelle.accounts, margelle.sessions, margelle.member_organisations, margelle.mail_tokens,
      margelle.outbox, margelle.idempotency_keys, margelle.attempts, margelle.addressed TO margelle_gate;

-- Whether a member has accepted what holds in a group: their latest entry accepts a version that is not older than
-- the last material one whose day has come (the first is awaited from its publication on). Refusing a correction of form,
-- or before its day a version published ahead, takes nothing back of what was accepted. True in a light group; false where
-- there is no version yet. One row, without rights of its own, so that the planner puts the text in the place of a call.
CREATE FUNCTION margelle.gate(p_group uuid, p_member uuid, p_confidentiality text) RETURNS TABLE (open boolean)
LANGUAGE sql STABLE AS $$
    SELECT p_confidentiality = 'light' OR coalesce((
        SELECT r.act = 'accepted' AND r.version >= (SELECT max(v.number) FROM margelle.nda_versions v
                                                    WHERE v.group_id = p_group AND v.kind = 'material'
                                                      AND (v.holds_from <= current_date OR v.number = 1))
          FROM margelle.nda_register r JOIN margelle.nda_versions x ON x.group_id = r.group_id AND x.number = r.version
         WHERE r.group_id = p_group AND r.member_id = p_member
           AND NOT (r.act = 'refused' AND (x.kind = 'minor' OR (x.holds_from > current_date AND x.number > 1)))
         ORDER BY r.entry DESC LIMIT 1), false)
$$;
CREATE FUNCTION margelle.gate_open(p_group uuid, p_member uuid, p_confidentiality text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT g.open FROM margelle.gate(p_group, p_member, p_confidentiality) g
$$;

-- Whose session that is and how they stand in a group, for the functions that answer many at once: what `enter` finds out for whoever
-- is in, and no row for anybody else. A row for the same reason.
CREATE FUNCTION margelle.insider(p_token_hash bytea, p_group uuid)
RETURNS TABLE (member_id uuid, stale boolean, role text, category text, organisation_id uuid, frozen boolean, access_epoch bigint)
LANGUAGE sql STABLE AS $$
    SELECT s.member_id, s.last_used_at < now() - interval '1 minute', m.role, m.category, m.organisation_id, g.frozen_at IS NOT NULL, h.access_epoch
      FROM margelle.sessions s
      JOIN margelle.accounts c ON c.member_id = s.member_id AND c.locked_at IS NULL
      JOIN margelle.memberships m ON m.group_id = p_group AND m.member_id = s.member_id AND m.state = 'active'
      JOIN margelle.groups g ON g.group_id = p_group
      JOIN margelle.feed_heads h ON h.group_id = p_group AND h.feed_id = p_group
      CROSS JOIN LATERAL margelle.gate(p_group, s.member_id, g.confidentiality) agreement
     WHERE s.token_hash = p_token_hash AND s.expires_at > now() AND s.last_used_at > now() - interval '14 days' AND agreement.open
     LIMIT 1            -- there is no second one; said, so that each is looked up by its keys
$$;

-- Whose access key that is, in the same form, where that bot may write messages in the group.
CREATE FUNCTION margelle.discussing_bot(p_token_hash bytea, p_group uuid)
RETURNS TABLE (member_id uuid, stale boolean, role text, category text, organisation_id uuid, frozen boolean, access_epoch bigint)
LANGUAGE sql STABLE AS $$
    SELECT b.bot_id, false, m.role, NULL::text, NULL::uuid, g.frozen_at IS NOT NULL, h.access_epoch
      FROM margelle.access_keys k
      JOIN margelle.bots b ON b.group_id = k.group_id AND b.bot_id = k.bot_id AND b.revoked_at IS NULL AND b.confirmed_at IS NOT NULL AND 'threads:write' = ANY (b.scopes)
      JOIN margelle.accounts c ON c.member_id = b.owner_id AND c.locked_at IS NULL
      JOIN margelle.memberships m ON m.group_id = p_group AND m.member_id = b.owner_id AND m.state = 'active'
      JOIN margelle.groups g ON g.group_id = p_group
      JOIN margelle.feed_heads h ON h.group_id = p_group AND h.feed_id = p_group
      CROSS JOIN LATERAL margelle.gate(p_group, b.owner_id, g.confidentiality) agreement
     WHERE k.token_hash = p_token_hash AND k.group_id = p_group AND k.revoked_at IS NULL AND k.expires_at > now() AND agreement.open
     LIMIT 1
$$;

-- Whether an invitation may be taken up: in its days, and while whoever sent it takes part in the group and is not locked out;
-- to moderate, while they moderate it.
CREATE FUNCTION margelle.invitation_open(i margelle.invitations) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT i.state = 'pending' AND i.expires_at > now() AND EXISTS (
        SELECT FROM margelle.memberships m JOIN margelle.accounts a ON a.member_id = m.member_id AND a.locked_at IS NULL
         WHERE m.group_id = i.group_id AND m.member_id = i.invited_by AND m.state = 'active' AND (i.role <> 'moderator' OR m.role = 'moderator'))
$$;

-- How a group looks to somebody else: "member:<id>", "category:<category>" (a member of it, in those circles where all of
-- that category are) or "public".
CREATE FUNCTION margelle.standing_of(p_group uuid, p_as text)
RETURNS TABLE (standing text, role text, circles uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT CASE WHEN m.state = 'active' AND margelle.gate_open(p_group, m.member_id, g.confidentiality) THEN 'in'
                WHEN m.state = 'active' AND (m.role = 'moderator' OR EXISTS (SELECT FROM margelle.nda_versions v WHERE v.group_id = p_group))
                    THEN 'lobby'
                WHEN m.state IN ('active', 'requested') THEN 'requested'
                WHEN g.listing = 'listed' THEN 'stranger' END,
           m.role,
           ARRAY(SELECT c.circle_id FROM margelle.circle_members c WHERE c.group_id = p_group AND c.member_id = m.member_id)
      FROM margelle.groups g
      LEFT JOIN margelle.memberships m ON m.group_id = g.group_id AND m.member_id::text = split_part(p_as, ':', 2)
     WHERE g.group_id = p_group AND p_as LIKE 'member:%'
    UNION ALL
    SELECT 'in', 'member', ARRAY(
           SELECT c.circle_id FROM margelle.circle_members c
             JOIN margelle.memberships m ON m.group_id = c.group_id AND m.member_id = c.member_id
            WHERE c.group_id = p_group AND m.state = 'active' AND m.category = split_part(p_as, ':', 2)
            GROUP BY c.circle_id
           HAVING count(*) = (SELECT count(*) FROM margelle.memberships x
                               WHERE x.group_id = p_group AND x.state = 'active' AND x.category = split_part(p_as, ':', 2)))
     WHERE p_as LIKE 'category:%'
    UNION ALL
    SELECT CASE WHEN g.listing = 'listed' THEN 'stranger' END, NULL, NULL FROM margelle.groups g WHERE g.group_id = p_group AND p_as = 'public'
$$;

-- The first statement of every transaction. Clears the settings, finds out who acts (by the SHA-256 of their session's
-- token) and where they stand in the group asked for (NULL: none), and sets what the policies compare with; the client's
-- network address is kept for the audit. A bot is found by the SHA-256 of its access key; it stands where its owner does, in its own
-- group, with what its scopes let it do and nothing else; scopes are NULL for people. Whoever is in may read as somebody else (p_as, see standing_of): then the settings
-- are those of what both may see, and nothing is written.
-- Answers one row; member_id is NULL for a caller that is not signed in, standing is NULL where the group must look
-- as if it did not exist.
CREATE FUNCTION margelle.enter(p_token_hash bytea, p_group uuid, p_address text DEFAULT '', p_as text DEFAULT NULL)
RETURNS TABLE (member_id uuid, session_id uuid, authentication text, language text, administrator boolean, stale boolean,
               standing text, role text, may_write boolean, frozen boolean, records_reading boolean, access_epoch bigint, nda_version int,
               scopes text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g record;
    b record;
    other record;
    circles uuid[];
    made text;          -- an assignment is evaluated by itself; PERFORM would run a query each time
BEGIN
    made := set_config('margelle.member', '', true);
    made := set_config('margelle.card', '', true);
    made := set_config('margelle.lobby', '', true);
    made := set_config('margelle.group', '', true);
    made := set_config('margelle.circles', '', true);
    made := set_config('margelle.may_write', '', true);
    made := set_config('margelle.role', '', true);
    made := set_config('margelle.scopes', '', true);
    made := set_config('margelle.address', p_address, true);

    SELECT s.member_id, s.session_id, s.authentication, a.language, a.administrator, s.last_used_at < now() - interval '1 minute'
      INTO member_id, session_id, authentication, language, administrator, stale
      FROM margelle.sessions s JOIN margelle.accounts a ON a.member_id = s.member_id
     WHERE s.token_hash = p_token_hash AND s.expires_at > now() AND s.last_used_at > now() - interval '14 days'
       AND a.locked_at IS NULL;
    IF NOT FOUND THEN
        SELECT x.bot_id, x.group_id, x.owner_id, x.confirmed_at, x.scopes, k.key_id, a.language, coalesce(k.last_used_at, '-infinity') < now() - interval '1 minute' AS stale
          INTO b
          FROM margelle.access_keys k
          JOIN margelle.bots x ON x.group_id = k.group_id AND x.bot_id = k.bot_id AND x.revoked_at IS NULL
          JOIN margelle.accounts a ON a.member_id = x.owner_id AND a.locked_at IS NULL
         WHERE k.token_hash = p_token_hash AND k.revoked_at IS NULL AND k.expires_at > now();
        IF NOT FOUND THEN
            RETURN NEXT;
            RETURN;
        END IF;
        member_id := b.bot_id;
        session_id := b.key_id;
        authentication := 'key';
        language := b.language;
        administrator := false;
        stale := b.stale;
        scopes := array_to_string(b.scopes, ' ');
        made := set_config('margelle.member', member_id::text, true);
        made := set_config('margelle.scopes', 'none', true);        -- no person; and nothing may be done yet
        SELECT x.frozen_at, x.records_reading, h.access_epoch, m.role, agreement.open AS accepted,
               (SELECT max(v.number) FROM margelle.nda_versions v WHERE v.group_id = p_group) AS newest
          INTO g
          FROM margelle.groups x
          JOIN margelle.feed_heads h ON h.group_id = x.group_id AND h.feed_id = x.group_id
          JOIN margelle.memberships m ON m.group_id = x.group_id AND m.member_id = b.owner_id AND m.state = 'active'
          CROSS JOIN LATERAL margelle.gate(x.group_id, b.owner_id, x.confidentiality) agreement
         WHERE x.group_id = p_group AND p_group = b.group_id AND b.confirmed_at IS NOT NULL AND p_as IS NULL;
        IF FOUND THEN
            standing := CASE WHEN g.accepted THEN 'in' ELSE 'lobby' END;
            access_epoch := g.access_epoch;
            nda_version := g.newest;
            frozen := g.frozen_at IS NOT NULL;
            records_reading := g.records_reading;
            may_write := g.role <> 'observer' AND NOT frozen;
            IF standing = 'in' AND NOT frozen THEN
                made := set_config('margelle.card', p_group::text, true);
                made := set_config('margelle.group', p_group::text, true);
                made := set_config('margelle.scopes', CASE WHEN may_write THEN scopes ELSE
                    concat_ws(' ', 'none', (SELECT string_agg(s, ' ') FROM unnest(b.scopes) s WHERE s LIKE '%:read')) END, true);
            END IF;
        END IF;
        RETURN NEXT;
        RETURN;
    END IF;
    made := set_config('margelle.member', member_id::text, true);
    IF p_group IS NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    SELECT x.listing, x.frozen_at, x.records_reading, h.access_epoch, m.role, m.state, agreement.open AS accepted,
           (SELECT max(v.number) FROM margelle.nda_versions v WHERE v.group_id = p_group) AS newest,
           ARRAY(SELECT c.circle_id FROM margelle.circle_members c WHERE c.group_id = p_group AND c.member_id = enter.member_id) AS circles
      INTO g
      FROM margelle.groups x
      JOIN margelle.feed_heads h ON h.group_id = x.group_id AND h.feed_id = x.group_id
      LEFT JOIN margelle.memberships m ON m.group_id = x.group_id AND m.member_id = enter.member_id
      CROSS JOIN LATERAL margelle.gate(x.group_id, enter.member_id, x.confidentiality) agreement
     WHERE x.group_id = p_group;
    IF NOT FOUND THEN
        RETURN NEXT;
        RETURN;
    END IF;

    IF g.state = 'active' AND g.accepted THEN
        standing := 'in';
    ELSIF g.state = 'active' AND (g.newest IS NOT NULL OR g.role = 'moderator') THEN
        standing := 'lobby';
    ELSIF g.state IN ('active', 'requested') THEN
        standing := 'requested';        -- a member where no agreement is published yet waits like one who asked
    ELSIF EXISTS (SELECT FROM margelle.invitations i JOIN margelle.accounts a ON lower(a.email) = lower(i.email)
                   WHERE i.group_id = p_group AND a.member_id = enter.member_id
                     AND i.state = 'pending' AND margelle.invitation_open(i)) THEN
        standing := 'invited';
    ELSIF g.listing = 'listed' THEN
        standing := 'stranger';
    ELSE
        RETURN NEXT;
        RETURN;
    END IF;

    IF standing = 'in' THEN
        role := g.role;
        circles := g.circles;
        IF p_as IS NOT NULL THEN
            SELECT x.standing, x.role, x.circles INTO other FROM margelle.standing_of(p_group, p_as) x;
            standing := other.standing;
            role := CASE WHEN standing IN ('lobby', 'in') THEN
                CASE WHEN 'observer' IN (role, other.role) THEN 'observer' WHEN 'member' IN (role, other.role) THEN 'member' ELSE role END END;
            circles := ARRAY(SELECT unnest(circles) INTERSECT SELECT unnest(other.circles));
            IF standing IS NULL THEN
                RETURN NEXT;
                RETURN;
            END IF;
        END IF;
    ELSIF standing = 'lobby' THEN
        role := g.role;
    END IF;

    access_epoch := g.access_epoch;
    nda_version := CASE WHEN standing IN ('lobby', 'in') THEN g.newest END;
    made := set_config('margelle.card', p_group::text, true);
    IF standing IN ('lobby', 'in') THEN
        made := set_config('margelle.lobby', p_group::text, true);
        made := set_config('margelle.role', role, true);
    END IF;
    IF standing = 'in' THEN
        frozen := g.frozen_at IS NOT NULL;
        records_reading := g.records_reading;
        may_write := role <> 'observer' AND NOT frozen AND p_as IS NULL;
        made := set_config('margelle.group', p_group::text, true);
        made := set_config('margelle.circles', coalesce(circles::text, ''), true);
        made := set_config('margelle.may_write', may_write::text, true);
    END IF;
    RETURN NEXT;
END $$;

-- ---- signing in ----------------------------------------------------------------------------------------------

CREATE FUNCTION margelle.account_by_email(p_email text)
RETURNS TABLE (member_id uuid, password_hash text, locked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.member_id, a.password_hash, a.locked_at IS NOT NULL FROM margelle.accounts a WHERE lower(a.email) = lower(p_email)
$$;

-- Opens a session for a member whose identity the server has just checked. Absolute life: 90 days; idle: 14 (enter).
CREATE FUNCTION margelle.open_session(p_session uuid, p_member uuid, p_token_hash bytea, p_authentication text,
                                      p_user_agent text, p_address text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO margelle.sessions (session_id, member_id, token_hash, authentication, user_agent, address, expires_at)
    SELECT p_session, a.member_id, p_token_hash, p_authentication, left(p_user_agent, 300), p_address, now() + interval '90 days'
      FROM margelle.accounts a WHERE a.member_id = p_member AND a.locked_at IS NULL
$$;

-- Ends the sessions of a member, all or all but one, and answers which.
CREATE FUNCTION margelle.end_sessions(p_member uuid, p_except uuid) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM margelle.sessions s WHERE s.member_id = p_member AND s.session_id IS DISTINCT FROM p_except RETURNING s.session_id
$$;

CREATE FUNCTION margelle.issue_mail_token(p_token_hash bytea, p_kind text, p_member uuid, p_life interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO margelle.mail_tokens (token_hash, kind, member_id, expires_at) VALUES (p_token_hash, p_kind, p_member, now() + p_life)
$$;

-- Uses a token up and answers whose it was; no row when it is unknown, used or too old.
CREATE FUNCTION margelle.redeem_mail_token(p_token_hash bytea, p_kind text) RETURNS TABLE (member_id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE margelle.mail_tokens t SET used_at = now()
      FROM margelle.accounts a
     WHERE t.token_hash = p_token_hash AND t.kind = p_kind AND t.used_at IS NULL AND t.expires_at > now()
       AND a.member_id = t.member_id AND a.locked_at IS NULL
    RETURNING t.member_id
$$;

-- With a new password the links end that were on their way: somebody else may have asked for them, or read them.
CREATE FUNCTION margelle.set_password(p_member uuid, p_password_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE margelle.accounts SET password_hash = p_password_hash WHERE member_id = p_member;
    UPDATE margelle.mail_tokens SET used_at = now() WHERE member_id = p_member AND kind IN ('sign_in', 'set_password') AND used_at IS NULL;
$$;

-- The token of a mail's stop link serves more than once: a second click must not look like a failure.
CREATE FUNCTION margelle.stop_notices(p_token_hash bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH stopped AS (
        UPDATE margelle.accounts a SET notice = 'off' FROM margelle.mail_tokens t
         WHERE t.token_hash = p_token_hash AND t.kind = 'stop_notices' AND t.expires_at > now() AND a.member_id = t.member_id
        RETURNING 1)
    SELECT EXISTS (SELECT FROM stopped)
$$;

-- ---- accounts ------------------------------------------------------------------------------------------------

CREATE FUNCTION margelle.create_account(p_member uuid, p_email text, p_name text, p_language text, p_time_zone text,
                                        p_password_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO margelle.members (member_id, name) VALUES (p_member, p_name);
    INSERT INTO margelle.accounts (member_id, email, language, time_zone, password_hash)
    VALUES (p_member, p_email, p_language, coalesce(p_time_zone, 'Europe/Paris'), p_password_hash);
END $$;

-- Erases the caller's account: the profile and every session go, contributions stay under a pseudonym, the register
-- keeps its entries as evidence. Refused (PL002) while a group would lose its last moderator.
CREATE FUNCTION margelle.erase_account() RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    who uuid := margelle.current_member();
    g uuid;
    n bigint;
    moderated boolean;
BEGIN
    IF who IS NULL THEN
        RETURN;
    END IF;
    FOR g IN SELECT m.group_id FROM margelle.memberships m
              WHERE m.member_id = who AND m.state IN ('active', 'requested') ORDER BY m.group_id LOOP
        UPDATE margelle.memberships m SET state = 'left', since = now()
         WHERE m.group_id = g AND m.member_id = who AND m.state IN ('active', 'requested') RETURNING m.role = 'moderator' INTO moderated;
        CONTINUE WHEN NOT FOUND;        -- withdrawn meanwhile
        UPDATE margelle.feed_heads h SET last_seq = h.last_seq + 1 WHERE h.group_id = g AND h.feed_id = g RETURNING h.last_seq INTO n;
        PERFORM margelle.raise_epoch(g);
        -- Again under the head's lock: the other moderator may have left meanwhile.
        IF moderated AND NOT EXISTS (SELECT FROM margelle.memberships m
                                      WHERE m.group_id = g AND m.role = 'moderator' AND m.state = 'active') THEN
            RAISE EXCEPTION 'the last moderator stays' USING ERRCODE = 'PL002';
        END IF;
        INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id, data)
        VALUES (g, g, n, 'membership.changed', who, jsonb_build_object('member_id', who, 'state', 'left'));
        RETURN NEXT g;
    END LOOP;
    UPDATE margelle.memberships m SET message = '' WHERE m.member_id = who;
    UPDATE margelle.audit_entries e SET personal = NULL, salt = NULL
      FROM margelle.invitations i JOIN margelle.accounts a ON lower(a.email) = lower(i.email)
     WHERE a.member_id = who AND e.group_id = i.group_id AND e.object_id = i.invitation_id AND e.position IS NOT NULL;
    UPDATE margelle.invitations i SET state = CASE i.state WHEN 'pending' THEN 'withdrawn' ELSE i.state END, token_hash = NULL, name = '', message = '',
           email = 'erased@erased.invalid' FROM margelle.accounts a WHERE a.member_id = who AND lower(i.email) = lower(a.email);
    DELETE FROM margelle.sessions WHERE member_id = who;
    DELETE FROM margelle.mail_tokens WHERE member_id = who;
    DELETE FROM margelle.idempotency_keys WHERE caller_id = who;
    DELETE FROM margelle.outbox WHERE outbox.member_id = who;
    DELETE FROM margelle.member_organisations WHERE member_id = who;
    DELETE FROM margelle.accounts WHERE member_id = who;
    UPDATE margelle.members SET name = '—', erased_at = now() WHERE member_id = who;
END $$;

-- ---- organisations -------------------------------------------------------------------------------------------

CREATE FUNCTION margelle.is_administrator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM margelle.accounts a WHERE a.member_id = margelle.current_member() AND a.administrator)
$$;

-- Administrators say whether an organisation is what it says (p_state, NULL: as before), and at which domain its people
-- have their addresses (p_domain, where p_domain_given). False where there is none.
CREATE FUNCTION margelle.verify_organisation(p_organisation uuid, p_state text, p_domain_given boolean, p_domain text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH verified AS (
        UPDATE margelle.organisations o
           SET state = coalesce(p_state, o.state), email_domain = CASE WHEN p_domain_given THEN lower(p_domain) ELSE o.email_domain END
         WHERE o.organisation_id = p_organisation AND margelle.is_administrator()
        RETURNING 1)
    SELECT EXISTS (SELECT FROM verified)
$$;

-- Administrators confirm that whoever has this address is one of an organisation's people. False unless they say so
-- themselves.
CREATE FUNCTION margelle.confirm_affiliation(p_organisation uuid, p_email text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH confirmed AS (
        UPDATE margelle.member_organisations x SET confirmed_at = now() FROM margelle.accounts a
         WHERE x.organisation_id = p_organisation AND a.member_id = x.member_id AND lower(a.email) = lower(p_email)
           AND margelle.is_administrator()
        RETURNING 1)
    SELECT EXISTS (SELECT FROM confirmed)
$$;

-- ---- groups --------------------------------------------------------------------------------------------------

-- Creates a group with its log; the caller moderates it.
CREATE FUNCTION margelle.create_group(p_group uuid, p_name text, p_confidentiality text, p_listing text, p_category text,
                                      p_organisation uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE who uuid := margelle.current_member();
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'nobody acts' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO margelle.groups (group_id, name, confidentiality, listing) VALUES (p_group, p_name, p_confidentiality, p_listing);
    INSERT INTO margelle.feed_heads (group_id, feed_id, last_seq) VALUES (p_group, p_group, 1);
    INSERT INTO margelle.memberships (group_id, member_id, role, state, category, organisation_id)
    VALUES (p_group, who, 'moderator', 'active', p_category,
            (SELECT o.organisation_id FROM margelle.member_organisations o WHERE o.member_id = who AND o.organisation_id = p_organisation));
    INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id) VALUES (p_group, p_group, 1, 'group.created', who);
END $$;

-- The caller's groups, wherever they stand in each, with what is new where they are in.
CREATE FUNCTION margelle.my_groups()
RETURNS TABLE (group_id uuid, name text, purpose text, themes text[], phase text, confidentiality text, listing text,
               standing text, role text, categories text[], threads bigint, posts bigint, replies bigint, mentions bigint, last_post_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH mine AS (
        SELECT m.group_id, m.role,
               CASE WHEN m.state = 'requested' THEN 'requested'
                    WHEN margelle.gate_open(m.group_id, m.member_id, g.confidentiality) THEN 'in'
                    WHEN m.role = 'moderator' OR EXISTS (SELECT FROM margelle.nda_versions v WHERE v.group_id = m.group_id) THEN 'lobby'
                    ELSE 'requested' END AS standing
          FROM margelle.memberships m JOIN margelle.groups g ON g.group_id = m.group_id
         WHERE m.member_id = margelle.current_member() AND m.state IN ('active', 'requested'))
    SELECT g.group_id, g.name, g.purpose, g.themes, g.phase, g.confidentiality, g.listing, mine.standing,
           CASE WHEN mine.standing IN ('lobby', 'in') THEN mine.role END, g.present_categories,
           news.threads, news.posts, called.replies, called.mentions, news.last_post_at
      FROM mine JOIN margelle.groups g ON g.group_id = mine.group_id
      LEFT JOIN LATERAL (
           SELECT count(*) FILTER (WHERE t.post_count > coalesce(r.number + r.own_later, 0)) AS threads,
                  coalesce(sum(t.post_count - coalesce(r.number + r.own_later, 0)), 0)::bigint AS posts,
                  max(t.last_post_at) AS last_post_at
             FROM margelle.threads t
             LEFT JOIN margelle.read_marks r ON r.group_id = t.group_id AND r.thread_id = t.thread_id
                   AND r.member_id = margelle.current_member()
            WHERE t.group_id = g.group_id AND (t.feed_id = t.group_id OR t.feed_id IN (
                  SELECT c.circle_id FROM margelle.circle_members c
                   WHERE c.group_id = g.group_id AND c.member_id = margelle.current_member()))) news ON mine.standing = 'in'
      LEFT JOIN LATERAL (
           SELECT count(*) FILTER (WHERE a.reason = 'reply') AS replies, count(*) FILTER (WHERE a.reason = 'mention') AS mentions
             FROM margelle.addressed a
             LEFT JOIN margelle.read_marks r ON r.group_id = a.group_id AND r.thread_id = a.thread_id AND r.member_id = a.member_id
            WHERE a.group_id = g.group_id AND a.member_id = margelle.current_member() AND a.number > coalesce(r.number, 0)
              AND (a.feed_id = a.group_id OR a.feed_id IN (
                  SELECT c.circle_id FROM margelle.circle_members c
                   WHERE c.group_id = g.group_id AND c.member_id = margelle.current_member()))) called ON mine.standing = 'in'
     ORDER BY coalesce(called.replies + called.mentions, 0) DESC, news.posts > 0 DESC NULLS LAST, news.last_post_at DESC NULLS LAST, g.group_id
$$;

-- Keeps the card's categories, which a listed group shows to those who cannot see its members.
CREATE FUNCTION margelle.keep_categories() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.groups g SET present_categories = coalesce((
        SELECT array_agg(DISTINCT m.category ORDER BY m.category) FROM margelle.memberships m
         WHERE m.group_id = NEW.group_id AND m.state = 'active' AND m.category IS NOT NULL), '{}')
     WHERE g.group_id = NEW.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_categories AFTER INSERT OR UPDATE OF state, category ON margelle.memberships
    FOR EACH ROW EXECUTE FUNCTION margelle.keep_categories();

-- A group never loses its last moderator. Two who leave at once are told apart by the access epoch: the second
-- one's append is refused, and it checks again.
CREATE FUNCTION margelle.keep_a_moderator() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM margelle.memberships m
                    WHERE m.group_id = OLD.group_id AND m.role = 'moderator' AND m.state = 'active') THEN
        RAISE EXCEPTION 'the last moderator stays' USING ERRCODE = 'PL002';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_a_moderator AFTER UPDATE OF role, state ON margelle.memberships
    FOR EACH ROW WHEN (OLD.role = 'moderator' AND OLD.state = 'active' AND (NEW.role <> 'moderator' OR NEW.state <> 'active'))
    EXECUTE FUNCTION margelle.keep_a_moderator();

-- A deleted post speaks to nobody: its author does not see whom it called, so that no policy lets them forget it.
CREATE FUNCTION margelle.forget_addressed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM margelle.addressed a WHERE a.group_id = NEW.group_id AND a.post_id = NEW.post_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_addressed AFTER UPDATE OF deleted_at ON margelle.posts
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION margelle.forget_addressed();

-- Withdrawn access is not turned into leaving: whoever lost it may ask again, where the group can be seen.
CREATE FUNCTION margelle.keep_withdrawal() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'withdrawn access stays withdrawn' USING ERRCODE = 'PL003';
END $$;
CREATE TRIGGER keep_withdrawal BEFORE UPDATE OF state ON margelle.memberships
    FOR EACH ROW WHEN (OLD.state = 'removed' AND NEW.state = 'left') EXECUTE FUNCTION margelle.keep_withdrawal();

-- Published versions do not change; the register neither (0007_agreements.sql).
CREATE FUNCTION margelle.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'PL003';
END $$;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON margelle.nda_versions FOR EACH ROW EXECUTE FUNCTION margelle.refuse_change();

-- Whether a member of the group that the transaction is in has accepted what holds there.
CREATE FUNCTION margelle.has_accepted(p_member uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT margelle.gate_open(g.group_id, p_member, g.confidentiality) FROM margelle.groups g WHERE g.group_id = margelle.current_group()
$$;

-- The position of a member of that group in the organisation on whose behalf they take part.
CREATE FUNCTION margelle.member_title(p_member uuid, p_organisation uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT x.title FROM margelle.member_organisations x
     WHERE x.member_id = p_member AND x.organisation_id = p_organisation
       AND EXISTS (SELECT FROM margelle.memberships m WHERE m.group_id = margelle.current_group() AND m.member_id = p_member
                      AND m.organisation_id = p_organisation)
$$;

-- What stands behind the organisation on whose behalf a member of that group takes part, or that the caller names as
-- theirs: "verified" where an administrator verified it and knows the member as one of its people, by name or by the
-- domain of their address (which a mail has proved).
CREATE FUNCTION margelle.affiliation(p_member uuid, p_organisation uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT CASE WHEN EXISTS (
        SELECT FROM margelle.member_organisations x
          JOIN margelle.organisations o ON o.organisation_id = x.organisation_id AND o.state = 'verified'
          JOIN margelle.accounts a ON a.member_id = x.member_id
         WHERE x.member_id = p_member AND x.organisation_id = p_organisation
           AND (x.confirmed_at IS NOT NULL OR split_part(lower(a.email), '@', 2) = o.email_domain)
           AND (p_member = margelle.current_member() OR EXISTS (SELECT FROM margelle.memberships m
                 WHERE m.group_id = margelle.current_group() AND m.member_id = p_member AND m.organisation_id = p_organisation)))
        THEN 'verified' ELSE 'declared' END
$$;

-- Raises the access epoch of every log of a group, those of circles included: a change of rights in the group may be one
-- in a circle, and all its logs have one epoch. Locks the group's own head first, then the circles'. Answers the new epoch.
CREATE FUNCTION margelle.raise_epoch(p_group uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE epoch bigint;
BEGIN
    PERFORM FROM margelle.feed_heads h WHERE h.group_id = p_group ORDER BY h.feed_id <> p_group, h.feed_id FOR NO KEY UPDATE;
    UPDATE margelle.feed_heads h SET access_epoch = h.access_epoch + 1 WHERE h.group_id = p_group;
    SELECT h.access_epoch INTO epoch FROM margelle.feed_heads h WHERE h.group_id = p_group AND h.feed_id = p_group;
    RETURN epoch;
END $$;

-- The same in the group that the transaction entered, whose circles its caller may not see.
CREATE FUNCTION margelle.raise_access_epoch() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT margelle.raise_epoch(margelle.current_card())
$$;

-- ---- invitations ---------------------------------------------------------------------------------------------

CREATE FUNCTION margelle.lookup_invitation(p_token_hash bytea)
RETURNS TABLE (group_id uuid, invitation_id uuid, group_name text, purpose text, confidentiality text, email text, name text,
               organisation_name text, category text, language text, role text, inviter_name text, message text,
               member_id uuid, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT i.group_id, i.invitation_id, g.name, g.purpose, g.confidentiality, i.email, i.name, i.organisation_name, i.category,
           i.language, i.role, inviter.name, i.message, a.member_id, i.expires_at
      FROM margelle.invitations i
      JOIN margelle.groups g ON g.group_id = i.group_id
      JOIN margelle.members inviter ON inviter.member_id = i.invited_by
      LEFT JOIN margelle.accounts a ON lower(a.email) = lower(i.email)
     WHERE i.token_hash = p_token_hash AND margelle.invitation_open(i)
$$;

CREATE FUNCTION margelle.my_invitations()
RETURNS TABLE (group_id uuid, invitation_id uuid, group_name text, purpose text, confidentiality text, organisation_name text,
               category text, role text, inviter_name text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT i.group_id, i.invitation_id, g.name, g.purpose, g.confidentiality, i.organisation_name, i.category, i.role, inviter.name, i.expires_at
      FROM margelle.accounts a
      JOIN margelle.invitations i ON lower(i.email) = lower(a.email) AND i.state = 'pending' AND margelle.invitation_open(i)
      JOIN margelle.groups g ON g.group_id = i.group_id
      JOIN margelle.members inviter ON inviter.member_id = i.invited_by
     WHERE a.member_id = margelle.current_member()
     ORDER BY i.created_at DESC
$$;

-- Takes an invitation up for a member (the server has checked that it is theirs: by its token, or by their address).
-- Answers the number of the event in the group's log; no row when the invitation is no longer open.
CREATE FUNCTION margelle.take_invitation(p_invitation uuid, p_member uuid, p_category text, p_organisation uuid)
RETURNS TABLE (group_id uuid, seq bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE i record;
BEGIN
    UPDATE margelle.invitations x SET state = 'accepted', token_hash = NULL
      FROM margelle.accounts a
     WHERE x.invitation_id = p_invitation AND margelle.invitation_open(x)
       AND a.member_id = p_member AND lower(a.email) = lower(x.email)
    RETURNING x.group_id, x.role, x.category INTO i;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO margelle.memberships AS m (group_id, member_id, role, state, category, organisation_id)
    VALUES (i.group_id, p_member, i.role, 'active', coalesce(p_category, i.category), p_organisation)
    ON CONFLICT ON CONSTRAINT memberships_pkey DO UPDATE
       SET state = 'active', since = now(), role = CASE WHEN m.state = 'active' THEN m.role ELSE excluded.role END,
           category = excluded.category, organisation_id = excluded.organisation_id;
    UPDATE margelle.feed_heads h SET last_seq = h.last_seq + 1
     WHERE h.group_id = i.group_id AND h.feed_id = i.group_id RETURNING h.group_id, h.last_seq INTO group_id, seq;
    PERFORM margelle.raise_epoch(i.group_id);
    INSERT INTO margelle.events (group_id, feed_id, seq, kind, actor_id, data)
    VALUES (i.group_id, i.group_id, take_invitation.seq, 'membership.changed', p_member,
            jsonb_build_object('member_id', p_member, 'state', 'active'));
    RETURN NEXT;
END $$;

CREATE FUNCTION margelle.decline_invitation(p_invitation uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH declined AS (
        UPDATE margelle.invitations i SET state = 'declined', token_hash = NULL FROM margelle.accounts a
         WHERE i.invitation_id = p_invitation AND i.state = 'pending'
           AND a.member_id = margelle.current_member() AND lower(a.email) = lower(i.email)
        RETURNING 1)
    SELECT EXISTS (SELECT FROM declined)
$$;

-- What would become of an invitation of this address to the moderator's group.
CREATE FUNCTION margelle.invitation_finding(p_email text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT CASE
        WHEN NOT margelle.is_moderator() THEN NULL
        WHEN EXISTS (SELECT FROM margelle.accounts a JOIN margelle.memberships m ON m.member_id = a.member_id
                      WHERE lower(a.email) = lower(p_email) AND m.group_id = margelle.current_group() AND m.state = 'active')
            THEN 'already_member'
        WHEN EXISTS (SELECT FROM margelle.invitations i WHERE i.group_id = margelle.current_group()
                        AND lower(i.email) = lower(p_email) AND i.state = 'pending' AND margelle.invitation_open(i))
            THEN 'already_invited'
        ELSE 'ready' END
$$;

-- What became of the mails of a group's invitations, for its moderators.
CREATE FUNCTION margelle.invitation_deliveries() RETURNS TABLE (invitation_id uuid, delivery text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT DISTINCT ON (o.invitation_id) o.invitation_id,
           CASE WHEN o.sent_at IS NOT NULL THEN 'sent' WHEN o.failed_at IS NOT NULL THEN 'failed' ELSE 'queued' END
      FROM margelle.outbox o
     WHERE o.kind = 'invitation' AND o.group_id = margelle.current_group() AND margelle.is_moderator()
     ORDER BY o.invitation_id, o.created_at DESC
$$;

-- ---- live ----------------------------------------------------------------------------------------------------

-- The events of a feed after a number, each with the rendered post where it is a new one, while these are no more than p_text bytes together and the
-- group does not record who reads: else each asks for it. And the epoch under which they were read. The hub calls it once for all subscribers of
-- the feed, having checked their rights at that epoch.
CREATE FUNCTION margelle.feed_after(p_group uuid, p_feed uuid, p_after bigint, p_limit int, p_text int)
RETURNS TABLE (access_epoch bigint, head bigint, seq bigint, kind text, actor_id uuid, at timestamptz, data jsonb, post jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT h.access_epoch, h.last_seq, e.seq, e.kind, e.actor_id, e.at, e.data,
           CASE WHEN x.post_id IS NOT NULL AND sum(octet_length(x.body_html)) OVER (ORDER BY e.seq) <= p_text THEN
                jsonb_build_object('id', x.post_id, 'thread_id', x.thread_id, 'number', x.number,
                    'author', jsonb_build_object('id', x.author_id, 'name', a.name, 'bot', a.kind = 'bot'), 'category', m.category, 'organisation_name', o.name,
                    'in_reply_to', CASE WHEN x.parent_id IS NOT NULL THEN jsonb_build_object('id', x.parent_id, 'number', x.parent_number, 'author_name', ra.name) END,
                    'body_html', x.body_html, 'created_at', to_char(x.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                    'edited_at', to_char(x.edited_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'deleted', x.deleted_at IS NOT NULL,
                    'reactions', jsonb_build_object(), 'my_reactions', jsonb_build_array(), 'revision', x.revision) END
      FROM margelle.feed_heads h
      JOIN margelle.groups g ON g.group_id = h.group_id
      LEFT JOIN LATERAL (SELECT y.seq, y.kind, y.actor_id, y.at, y.data FROM margelle.events y
                          WHERE y.group_id = p_group AND y.feed_id = p_feed AND y.seq > p_after
                          ORDER BY y.seq LIMIT p_limit) e ON true
      LEFT JOIN margelle.posts x ON e.kind = 'post.created' AND NOT g.records_reading
           AND x.group_id = p_group AND x.feed_id = p_feed AND x.post_id = (e.data ->> 'post_id')::uuid
      LEFT JOIN margelle.members a ON a.member_id = x.author_id
      LEFT JOIN margelle.memberships m ON m.group_id = x.group_id AND m.member_id = x.author_id
      LEFT JOIN margelle.organisations o ON o.organisation_id = m.organisation_id
      LEFT JOIN margelle.members ra ON ra.member_id = x.parent_author_id
     WHERE h.group_id = p_group AND h.feed_id = p_feed
     ORDER BY e.seq
$$;

-- Which of these sessions may read a feed now.
CREATE FUNCTION margelle.readers_among(p_group uuid, p_feed uuid, p_sessions uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT s.session_id
      FROM margelle.sessions s
      JOIN margelle.accounts a ON a.member_id = s.member_id AND a.locked_at IS NULL
      JOIN margelle.memberships m ON m.group_id = p_group AND m.member_id = s.member_id AND m.state = 'active'
      JOIN margelle.groups g ON g.group_id = p_group
     WHERE s.session_id = ANY (p_sessions) AND s.expires_at > now() AND s.last_used_at > now() - interval '14 days'
       AND margelle.gate_open(p_group, s.member_id, g.confidentiality)
       AND (p_feed = p_group OR EXISTS (SELECT FROM margelle.circle_members c
             WHERE c.group_id = p_group AND c.circle_id = p_feed AND c.member_id = s.member_id))
$$;

-- Which of these sessions are still open.
CREATE FUNCTION margelle.open_among(p_sessions uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT s.session_id FROM margelle.sessions s JOIN margelle.accounts a ON a.member_id = s.member_id AND a.locked_at IS NULL
     WHERE s.session_id = ANY (p_sessions) AND s.expires_at > now() AND s.last_used_at > now() - interval '14 days'
$$;

-- ---- mail ----------------------------------------------------------------------------------------------------

-- Takes the next mail that is due, in the caller's transaction, with what is needed to render it; a mail whose reason
-- is gone (access withdrawn, invitation withdrawn, account locked) is dropped instead.
CREATE FUNCTION margelle.claim_mail()
RETURNS TABLE (mail_id uuid, kind text, attempts int, member_id uuid, invitation_id uuid, signature_id uuid, group_id uuid,
               email text, name text, language text, inviter_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM margelle.outbox o
     WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.next_at <= now() AND NOT CASE
        WHEN o.kind = 'invitation' THEN EXISTS (SELECT FROM margelle.invitations i
             WHERE i.invitation_id = o.invitation_id AND margelle.invitation_open(i))
        WHEN o.kind IN ('nda_copy', 'nda_reminder') THEN EXISTS (SELECT FROM margelle.memberships m
             JOIN margelle.accounts a ON a.member_id = m.member_id JOIN margelle.groups g ON g.group_id = m.group_id
             WHERE m.group_id = o.group_id AND m.member_id = o.member_id AND m.state = 'active' AND a.locked_at IS NULL
               AND (o.kind = 'nda_copy' OR NOT margelle.gate_open(g.group_id, m.member_id, g.confidentiality)))
        WHEN o.kind = 'signature_request' THEN EXISTS (SELECT FROM margelle.nda_signatures s
             WHERE s.signature_id = o.signature_id AND margelle.signature_open(s))
        WHEN o.kind = 'access_ended' THEN EXISTS (SELECT FROM margelle.memberships m JOIN margelle.accounts a ON a.member_id = m.member_id
             WHERE m.group_id = o.group_id AND m.member_id = o.member_id AND m.left_at IS NOT NULL AND a.locked_at IS NULL)
        WHEN o.kind = 'notice' THEN EXISTS (SELECT FROM margelle.accounts a
             WHERE a.member_id = o.member_id AND a.locked_at IS NULL AND a.notice <> 'off' AND margelle.unread_of(a.member_id) > 0)
        ELSE EXISTS (SELECT FROM margelle.accounts a WHERE a.member_id = o.member_id AND a.locked_at IS NULL) END;
    RETURN QUERY
    SELECT o.mail_id, o.kind, o.attempts, o.member_id, o.invitation_id, o.signature_id, o.group_id,
           coalesce(i.email, s.email, a.email), coalesce(nullif(i.name, ''), s.name, m.name, ''), coalesce(i.language, a.language),
           coalesce(inviter.name, m.name)
      FROM margelle.outbox o
      LEFT JOIN margelle.accounts a ON a.member_id = o.member_id
      LEFT JOIN margelle.members m ON m.member_id = o.member_id
      LEFT JOIN margelle.invitations i ON i.invitation_id = o.invitation_id
      LEFT JOIN margelle.nda_signatures s ON s.signature_id = o.signature_id
      LEFT JOIN margelle.members inviter ON inviter.member_id = i.invited_by
     WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.next_at <= now()
     ORDER BY o.next_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED;
END $$;

CREATE FUNCTION margelle.renew_invitation_token(p_invitation uuid, p_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE margelle.invitations SET token_hash = p_token_hash WHERE invitation_id = p_invitation AND state = 'pending'
$$;

-- Notes a mail's fate. A failure comes back later: 1, 2, 4 … minutes, at most 6 hours apart; after 12 it stays failed.
CREATE FUNCTION margelle.settle_mail(p_mail uuid, p_failure text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE margelle.outbox o
       SET attempts = o.attempts + 1,
           sent_at = CASE WHEN p_failure IS NULL THEN now() END,
           failed_at = CASE WHEN p_failure IS NOT NULL AND o.attempts >= 11 THEN now() END,
           next_at = now() + least(interval '6 hours', interval '1 minute' * 2 ^ least(o.attempts, 10)),
           failure = left(p_failure, 500)
     WHERE o.mail_id = p_mail
$$;

-- Unread posts over all the groups that a member may read now: the number that a notice gives.
CREATE FUNCTION margelle.unread_of(p_member uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(sum(t.post_count - coalesce(r.number + r.own_later, 0)), 0)::bigint
      FROM margelle.memberships m
      JOIN margelle.groups g ON g.group_id = m.group_id
      JOIN margelle.threads t ON t.group_id = m.group_id
      LEFT JOIN margelle.read_marks r ON r.group_id = t.group_id AND r.thread_id = t.thread_id AND r.member_id = m.member_id
     WHERE m.member_id = p_member AND m.state = 'active' AND margelle.gate_open(m.group_id, m.member_id, g.confidentiality)
       AND t.post_count > coalesce(r.number + r.own_later, 0)
       AND (t.feed_id = t.group_id OR t.feed_id IN (SELECT c.circle_id FROM margelle.circle_members c
             WHERE c.group_id = m.group_id AND c.member_id = m.member_id))
$$;

-- Queues the daily notices that are due; runs on any node, one at a time. Answers how many.
CREATE FUNCTION margelle.queue_notices() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE n bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('margelle.notices')) THEN
        RETURN 0;
    END IF;
    WITH due AS (
        UPDATE margelle.accounts a SET noticed_at = now()
         WHERE a.notice = 'daily' AND a.locked_at IS NULL AND coalesce(a.noticed_at, '-infinity') < now() - interval '1 day'
           AND NOT EXISTS (SELECT FROM margelle.sessions s WHERE s.member_id = a.member_id AND s.last_used_at > now() - interval '12 hours')
           AND margelle.unread_of(a.member_id) > 0
        RETURNING a.member_id)
    INSERT INTO margelle.outbox (mail_id, kind, member_id) SELECT gen_random_uuid(), 'notice', due.member_id FROM due;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;

-- Deletes what has outlived its use: expired sessions and tokens, old attempts, keys and mails.
CREATE FUNCTION margelle.sweep() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM margelle.sessions WHERE expires_at < now() OR last_used_at < now() - interval '14 days';
    DELETE FROM margelle.mail_tokens WHERE expires_at < now() - interval '1 day';
    DELETE FROM margelle.attempts WHERE at < now() - interval '1 hour';
    DELETE FROM margelle.idempotency_keys WHERE at < now() - interval '24 hours';
    DELETE FROM margelle.outbox WHERE coalesce(sent_at, failed_at) < now() - interval '30 days';
$$;

-- ---- whose they are, and who may call them ---------------------------------------------------------------------

DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
              WHERE p.pronamespace = 'margelle'::regnamespace AND p.prosecdef LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO margelle_gate', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO margelle_app', f);
    END LOOP;
    REVOKE ALL ON FUNCTION margelle.gate, margelle.insider, margelle.discussing_bot FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION margelle.gate, margelle.insider, margelle.discussing_bot TO margelle_gate;
    REVOKE ALL ON FUNCTION margelle.gate_open, margelle.invitation_open, margelle.standing_of, margelle.raise_epoch, margelle.is_administrator, margelle.keep_categories, margelle.keep_a_moderator, margelle.forget_addressed FROM margelle_app;
END $$;
REVOKE CREATE ON SCHEMA margelle FROM margelle_gate;
