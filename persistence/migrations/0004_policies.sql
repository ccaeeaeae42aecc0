-- Who may touch which row. Each policy compares a row with the settings of the transaction, so that beside
-- "group_id = $1" in a query it becomes a one-time filter. "(SELECT …)" around a setting has it read once a statement instead of once a row.
-- FORCE holds the owner to them as well.

-- ---- rights of the application role: no DDL, no TRUNCATE, no column that it has no use for ------------------

GRANT SELECT ON margelle.actor_categories, margelle.themes, margelle.phases, margelle.territories TO margelle_app;
GRANT SELECT, UPDATE (name) ON margelle.members TO margelle_app;
GRANT SELECT (member_id, email, password_hash, language, time_zone, notice, administrator, locked_at, revision),
      UPDATE (language, time_zone, notice, password_hash, revision) ON margelle.accounts TO margelle_app;
GRANT SELECT, INSERT (organisation_id, name, category, territory, themes, siret, declared_by) ON margelle.organisations TO margelle_app;
GRANT SELECT, INSERT (member_id, organisation_id, title), UPDATE (title), DELETE ON margelle.member_organisations TO margelle_app;
GRANT SELECT (session_id, member_id, authentication, created_at, last_used_at, expires_at, user_agent, address),
      UPDATE (last_used_at), DELETE ON margelle.sessions TO margelle_app;
GRANT SELECT, INSERT, DELETE ON margelle.attempts TO margelle_app;
GRANT SELECT, INSERT, UPDATE ON margelle.idempotency_keys TO margelle_app;
GRANT INSERT ON margelle.outbox TO margelle_app;

GRANT SELECT, UPDATE (name, purpose, charter, charter_html, themes, territory, phase, starts_on, ends_on, milestones,
      listing, acceptance_for, needed_categories, records_reading, frozen_at, revision) ON margelle.groups TO margelle_app;
GRANT SELECT, INSERT, UPDATE (role, state, category, organisation_id, message, since) ON margelle.memberships TO margelle_app;
GRANT SELECT (group_id, invitation_id, email, name, organisation_name, category, role, language, message, state,
      invited_by, created_at, expires_at), INSERT, UPDATE (state) ON margelle.invitations TO margelle_app;
GRANT SELECT, INSERT ON margelle.nda_versions, margelle.nda_register TO margelle_app;
GRANT SELECT, UPDATE (last_seq) ON margelle.feed_heads TO margelle_app;
GRANT SELECT ON margelle.circles, margelle.circle_members TO margelle_app;
GRANT SELECT, INSERT ON margelle.events, margelle.addressed, margelle.post_revisions TO margelle_app;
GRANT DELETE ON margelle.post_revisions TO margelle_app;
GRANT SELECT, INSERT, UPDATE (title, pinned_at, closed_at, revision) ON margelle.threads TO margelle_app;
-- Posts are written by write_posts (0010_writing.sql) alone.
GRANT SELECT, UPDATE (body, body_html, edited_at, deleted_at, revision) ON margelle.posts TO margelle_app;
GRANT SELECT, INSERT, DELETE ON margelle.reactions TO margelle_app;
GRANT SELECT, INSERT, UPDATE (number, own_later) ON margelle.read_marks TO margelle_app;

-- ---- enable and force, everywhere but on reference lists ----------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['accounts', 'member_organisations', 'sessions', 'mail_tokens', 'idempotency_keys', 'outbox',
        'groups', 'memberships', 'bots', 'access_keys', 'invitations', 'nda_versions', 'nda_register', 'feed_heads', 'circles', 'circle_members',
        'events', 'threads', 'posts', 'post_revisions', 'reactions', 'addressed', 'read_marks'] LOOP
        EXECUTE format('ALTER TABLE margelle.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE margelle.%I FORCE ROW LEVEL SECURITY', name);
        -- The definer functions see every row; which columns they may touch is said by grants (0003).
        EXECUTE format('CREATE POLICY gate ON margelle.%I TO margelle_gate USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;

-- ---- one's own records ---------------------------------------------------------------------------------------

CREATE POLICY own ON margelle.accounts TO margelle_app USING (member_id = (SELECT margelle.current_member()));
CREATE POLICY own ON margelle.member_organisations TO margelle_app USING (member_id = (SELECT margelle.current_member()));
CREATE POLICY own ON margelle.sessions TO margelle_app USING (member_id = (SELECT margelle.current_member()));
CREATE POLICY own ON margelle.idempotency_keys TO margelle_app USING (caller_id = (SELECT margelle.current_member()));
CREATE POLICY write_only ON margelle.outbox FOR INSERT TO margelle_app WITH CHECK (true);

-- Names of persons and organisations are for those who are signed in. Enabled without force: no content, and the
-- owner's commands work on them.
ALTER TABLE margelle.members ENABLE ROW LEVEL SECURITY;
ALTER TABLE margelle.organisations ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate ON margelle.members TO margelle_gate USING (true) WITH CHECK (true);
CREATE POLICY gate ON margelle.organisations TO margelle_gate USING (true) WITH CHECK (true);
CREATE POLICY read ON margelle.members FOR SELECT TO margelle_app USING ((SELECT margelle.current_member()) IS NOT NULL);
CREATE POLICY own ON margelle.members FOR UPDATE TO margelle_app
    USING (member_id = (SELECT margelle.current_member()) AND (SELECT margelle.is_person()));
CREATE POLICY read ON margelle.organisations FOR SELECT TO margelle_app USING ((SELECT margelle.current_member()) IS NOT NULL);
CREATE POLICY declare ON margelle.organisations FOR INSERT TO margelle_app WITH CHECK (declared_by = (SELECT margelle.current_member()) AND (SELECT margelle.is_person()));

-- ---- at the door ---------------------------------------------------------------------------------------------

CREATE POLICY card ON margelle.groups FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_card()) OR (listing = 'listed' AND (SELECT margelle.current_member()) IS NOT NULL));
-- From the lobby on: whoever creates a group describes it before its agreement exists.
CREATE POLICY moderate ON margelle.groups FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_lobby()) AND (SELECT margelle.is_moderator()));

CREATE POLICY see ON margelle.memberships FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) OR member_id = (SELECT margelle.current_member()));
CREATE POLICY ask ON margelle.memberships FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_card()) AND member_id = (SELECT margelle.current_member())
                AND state = 'requested' AND role = 'member' AND (SELECT margelle.is_person()));
CREATE POLICY moderate ON margelle.memberships FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()));
-- Of their own accord members leave, ask again, and say on behalf of whom; they neither let themselves in nor choose
-- their role.
CREATE POLICY own ON margelle.memberships FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_card()) AND member_id = (SELECT margelle.current_member()))
    WITH CHECK (group_id = (SELECT margelle.current_card()) AND member_id = (SELECT margelle.current_member())
                AND (state = 'left' OR (state = 'requested' AND role = 'member')
                     OR (group_id = (SELECT margelle.current_lobby()) AND state = 'active' AND role = (SELECT margelle.current_role()))));

CREATE POLICY read ON margelle.invitations FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()));
CREATE POLICY invite ON margelle.invitations FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND invited_by = (SELECT margelle.current_member()));
CREATE POLICY withdraw ON margelle.invitations FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator())) WITH CHECK (state = 'withdrawn');

CREATE POLICY read ON margelle.nda_versions FOR SELECT TO margelle_app USING (group_id = (SELECT margelle.current_lobby()));
CREATE POLICY publish ON margelle.nda_versions FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_lobby()) AND (SELECT margelle.is_moderator()) AND published_by = (SELECT margelle.current_member()));

-- One's own entries stay readable after leaving; everybody's are readable from within.
CREATE POLICY read ON margelle.nda_register FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) OR member_id = (SELECT margelle.current_member()));
CREATE POLICY own ON margelle.nda_register FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_lobby()) AND member_id = (SELECT margelle.current_member()));

-- ---- the log -------------------------------------------------------------------------------------------------
-- Those at the door append too: they ask to join, accept, refuse, leave.

CREATE POLICY number ON margelle.feed_heads TO margelle_app
    USING (group_id = (SELECT margelle.current_card()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY read ON margelle.events FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY append ON margelle.events FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_card()) AND actor_id = (SELECT margelle.current_member())
                AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));

-- ---- content -------------------------------------------------------------------------------------------------

-- Moderators manage the circles that they do not belong to: they see names and members, never what is said there.
CREATE POLICY read ON margelle.circles FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (circle_id = ANY ((SELECT margelle.current_circles())::uuid[]) OR (SELECT margelle.is_moderator())));
CREATE POLICY read ON margelle.circle_members FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (circle_id = ANY ((SELECT margelle.current_circles())::uuid[]) OR (SELECT margelle.is_moderator())));

CREATE POLICY read ON margelle.threads FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY write ON margelle.threads FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_discuss()) AND author_id = (SELECT margelle.current_member()));
CREATE POLICY change ON margelle.threads FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
           AND (SELECT margelle.may_write()));

CREATE POLICY read ON margelle.posts FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY change ON margelle.posts FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
           AND (SELECT margelle.may_write()) AND (author_id = (SELECT margelle.current_member()) OR (SELECT margelle.is_moderator())));

CREATE POLICY read ON margelle.post_revisions FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY write ON margelle.post_revisions FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()));
CREATE POLICY remove ON margelle.post_revisions FOR DELETE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
           AND (SELECT margelle.may_write()));

CREATE POLICY read ON margelle.reactions FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY write ON margelle.reactions FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()) AND member_id = (SELECT margelle.current_member()));
CREATE POLICY remove ON margelle.reactions FOR DELETE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.may_write()) AND member_id = (SELECT margelle.current_member()));

CREATE POLICY read ON margelle.addressed FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND member_id = (SELECT margelle.current_member())
           AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY write ON margelle.addressed FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()));

CREATE POLICY own ON margelle.read_marks TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND member_id = (SELECT margelle.current_member()));

-- The server checks the schema's version at its start.
GRANT SELECT ON margelle.migrations TO margelle_app;
