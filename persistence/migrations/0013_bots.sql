-- Bots and their access keys: who may make, change and end them. How a bot is let in stands in margelle.enter (0003_gate.sql).

GRANT INSERT, UPDATE (owner_id, confirmed_at, scopes, revision) ON margelle.bots TO margelle_gate;
GRANT SELECT, UPDATE (revoked_at, revision) ON margelle.bots TO margelle_app;
GRANT SELECT (group_id, bot_id, key_id, name, created_by, created_at, expires_at, last_used_at, revoked_at),
      INSERT (group_id, bot_id, key_id, name, token_hash, created_by, expires_at), UPDATE (last_used_at, revoked_at) ON margelle.access_keys TO margelle_app;

CREATE POLICY read ON margelle.bots FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) OR bot_id = (SELECT margelle.current_member()));
-- Moderators end it, and whoever answers for it.
CREATE POLICY revoke ON margelle.bots FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND ((SELECT margelle.is_moderator()) OR owner_id = (SELECT margelle.current_member())));

CREATE POLICY read ON margelle.access_keys FOR SELECT TO margelle_app
    USING ((group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator())) OR bot_id = (SELECT margelle.current_member()));
CREATE POLICY issue ON margelle.access_keys FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write())
                AND created_by = (SELECT margelle.current_member()));
CREATE POLICY revoke ON margelle.access_keys FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()));
-- Its last use, which is noted outside of any group.
CREATE POLICY own ON margelle.access_keys FOR UPDATE TO margelle_app USING (bot_id = (SELECT margelle.current_member()));

-- What has been revoked stays so.
CREATE TRIGGER keep_revoked BEFORE UPDATE ON margelle.bots
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION margelle.refuse_change();
CREATE TRIGGER keep_revoked BEFORE UPDATE OF revoked_at ON margelle.access_keys
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION margelle.refuse_change();

-- Somebody may answer for a bot who takes part in the group and has accepted what holds there.
CREATE FUNCTION margelle.may_own_bot(p_group uuid, p_member uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM margelle.memberships m JOIN margelle.groups g ON g.group_id = m.group_id
                    WHERE m.group_id = p_group AND m.member_id = p_member AND m.state = 'active'
                      AND margelle.gate_open(g.group_id, m.member_id, g.confidentiality))
$$;

-- Makes a bot for the moderator's group, which works once its owner has confirmed that they answer for it; false where that owner may not answer for it.
CREATE FUNCTION margelle.create_bot(p_bot uuid, p_name text, p_owner uuid, p_scopes text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT margelle.is_moderator() OR NOT margelle.may_write() THEN
        RAISE EXCEPTION 'moderators make bots' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT margelle.may_own_bot(margelle.current_group(), p_owner) THEN
        RETURN false;
    END IF;
    INSERT INTO margelle.members (member_id, kind, name) VALUES (p_bot, 'bot', p_name);
    INSERT INTO margelle.bots (group_id, bot_id, owner_id, confirmed_at, scopes, created_by)
    VALUES (margelle.current_group(), p_bot, p_owner, CASE p_owner WHEN margelle.current_member() THEN now() END, p_scopes, margelle.current_member());
    RETURN true;
END $$;

-- Changes what is not NULL of a bot of the moderator's group: "changed", "stale" (another revision, revoked, none), "owner" (may not answer for it).
CREATE FUNCTION margelle.change_bot(p_bot uuid, p_revision int, p_name text, p_owner uuid, p_scopes text[]) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT margelle.is_moderator() OR NOT margelle.may_write() THEN
        RAISE EXCEPTION 'moderators change bots' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF p_owner IS NOT NULL AND NOT margelle.may_own_bot(margelle.current_group(), p_owner) THEN
        RETURN 'owner';
    END IF;
    UPDATE margelle.bots b
       SET owner_id = coalesce(p_owner, b.owner_id),
           confirmed_at = CASE WHEN coalesce(p_owner, b.owner_id) = b.owner_id THEN b.confirmed_at WHEN p_owner = margelle.current_member() THEN now() END, scopes = coalesce(p_scopes, b.scopes), revision = b.revision + 1
     WHERE b.group_id = margelle.current_group() AND b.bot_id = p_bot AND b.revision = p_revision AND b.revoked_at IS NULL;
    IF NOT FOUND THEN
        RETURN 'stale';
    END IF;
    UPDATE margelle.members m SET name = p_name WHERE m.member_id = p_bot AND p_name IS NOT NULL;
    RETURN 'changed';
END $$;

-- The caller answers for a bot that names them as its owner; false where there is none.
CREATE FUNCTION margelle.confirm_bot(p_bot uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.bots b SET confirmed_at = now(), revision = b.revision + 1
     WHERE b.group_id = margelle.current_group() AND b.bot_id = p_bot AND b.owner_id = margelle.current_member() AND b.confirmed_at IS NULL AND b.revoked_at IS NULL;
    RETURN FOUND;
END $$;

-- Whether a bot's key would be let in now.
CREATE FUNCTION margelle.bot_works(b margelle.bots) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT b.revoked_at IS NULL AND b.confirmed_at IS NOT NULL AND margelle.may_own_bot(b.group_id, b.owner_id)
       AND EXISTS (SELECT FROM margelle.accounts a WHERE a.member_id = b.owner_id AND a.locked_at IS NULL)
       AND EXISTS (SELECT FROM margelle.groups g WHERE g.group_id = b.group_id AND g.frozen_at IS NULL)
       AND b.group_id = margelle.current_group()
$$;

-- ---- on record -------------------------------------------------------------------------------------------------

CREATE FUNCTION margelle.record_bot() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, CASE WHEN TG_OP = 'INSERT' THEN 'bot.created' WHEN NEW.revoked_at IS NOT NULL THEN 'bot.revoked'
                                               WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NEW.owner_id = OLD.owner_id THEN 'bot.confirmed' ELSE 'bot.changed' END,
                            NEW.bot_id, NULL, jsonb_build_object('owner_id', NEW.owner_id, 'scopes', to_jsonb(NEW.scopes)));
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT OR UPDATE ON margelle.bots FOR EACH ROW EXECUTE FUNCTION margelle.record_bot();

CREATE FUNCTION margelle.record_access_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, CASE TG_OP WHEN 'INSERT' THEN 'access_key.issued' ELSE 'access_key.revoked' END,
                            NEW.bot_id, NEW.key_id, jsonb_build_object('expires_at', NEW.expires_at));
    RETURN NULL;
END $$;
CREATE TRIGGER record_new AFTER INSERT ON margelle.access_keys FOR EACH ROW EXECUTE FUNCTION margelle.record_access_key();
CREATE TRIGGER record_end AFTER UPDATE OF revoked_at ON margelle.access_keys FOR EACH ROW EXECUTE FUNCTION margelle.record_access_key();

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.may_own_bot, margelle.record_bot, margelle.record_access_key FROM margelle_app;
