-- Open data about the territory, as catalogues describe it (DCAT-AP), one row for each description of a portal; and what a group has its bots
-- look for. The server itself asks no portal.

CREATE TABLE margelle.datasets (
    group_id         uuid NOT NULL REFERENCES margelle.groups,
    dataset_id       uuid NOT NULL,
    source           text NOT NULL,                         -- the portal, and its own id there
    source_id        text NOT NULL,
    author_id        uuid NOT NULL REFERENCES margelle.members,
    content          jsonb NOT NULL,                        -- as it was posted (server/handlers/datasets.cpp), without the preview
    description_html text NOT NULL,
    preview          jsonb,
    same_as          uuid,                                  -- the one that is shown, where several portals describe the same
    revision         int NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now(),
    changed_at       timestamptz NOT NULL DEFAULT now(),    -- the order of the list
    hidden_at        timestamptz,
    withdrawn_reason text,
    deleted_at       timestamptz,
    PRIMARY KEY (group_id, dataset_id),
    UNIQUE (group_id, source, source_id),
    FOREIGN KEY (group_id, same_as) REFERENCES margelle.datasets (group_id, dataset_id)
);
CREATE INDEX datasets_change ON margelle.datasets (group_id, changed_at DESC, dataset_id DESC) WHERE deleted_at IS NULL;
CREATE INDEX datasets_same ON margelle.datasets (group_id, same_as) WHERE same_as IS NOT NULL;

CREATE TABLE margelle.dataset_revisions (
    group_id   uuid NOT NULL,
    dataset_id uuid NOT NULL,
    revision   int NOT NULL,
    author_id  uuid NOT NULL REFERENCES margelle.members,
    changed    text[] NOT NULL,                             -- the fields that differ from the revision before
    content    jsonb NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, dataset_id, revision),
    FOREIGN KEY (group_id, dataset_id) REFERENCES margelle.datasets
);

CREATE TABLE margelle.subscriptions (
    group_id        uuid NOT NULL REFERENCES margelle.groups,
    subscription_id uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('udata', 'opendatasoft', 'ckan', 'geo')),
    portal          text NOT NULL,
    query           text NOT NULL DEFAULT '',
    organization    text,
    territories     text[] NOT NULL DEFAULT '{}',
    themes          text[] NOT NULL DEFAULT '{}',
    most            int NOT NULL DEFAULT 50 CHECK (most BETWEEN 1 AND 500),
    paused          boolean NOT NULL DEFAULT false,
    created_by      uuid NOT NULL REFERENCES margelle.members,
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_run        jsonb,                                  -- as its bot reported it
    revision        int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, subscription_id)
);

CALL margelle.protect('datasets');
CALL margelle.protect('dataset_revisions');
CALL margelle.protect('subscriptions');

GRANT INSERT, UPDATE (author_id, content, description_html, preview, same_as, revision, changed_at) ON margelle.datasets TO margelle_gate;
GRANT INSERT, DELETE ON margelle.dataset_revisions TO margelle_gate;
GRANT UPDATE (last_run) ON margelle.subscriptions TO margelle_gate;
-- Datasets are written by post_dataset alone.
GRANT SELECT, UPDATE (hidden_at, withdrawn_reason, deleted_at) ON margelle.datasets TO margelle_app;
GRANT SELECT ON margelle.dataset_revisions TO margelle_app;
GRANT SELECT, INSERT (group_id, subscription_id, kind, portal, query, organization, territories, themes, most, paused, created_by),
      UPDATE (portal, query, organization, territories, themes, most, paused, revision), DELETE ON margelle.subscriptions TO margelle_app;

-- What is hidden is for moderators.
CREATE POLICY read ON margelle.datasets FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (hidden_at IS NULL OR (SELECT margelle.is_moderator())));
CREATE POLICY moderate ON margelle.datasets FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write()));
CREATE POLICY read ON margelle.dataset_revisions FOR SELECT TO margelle_app USING (group_id = (SELECT margelle.current_group()));

CREATE POLICY read ON margelle.subscriptions FOR SELECT TO margelle_app USING (group_id = (SELECT margelle.current_group()));
CREATE POLICY subscribe ON margelle.subscriptions FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write())
                AND created_by = (SELECT margelle.current_member()));
CREATE POLICY moderate ON margelle.subscriptions FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write()));
CREATE POLICY unsubscribe ON margelle.subscriptions FOR DELETE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.is_moderator()) AND (SELECT margelle.may_write()));

-- ---- posting ---------------------------------------------------------------------------------------------------

-- The fields in which two objects differ, by name.
CREATE FUNCTION margelle.differing(p_before jsonb, p_after jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(k ORDER BY k), '{}') FROM (SELECT jsonb_object_keys(p_before) UNION SELECT jsonb_object_keys(p_after)) x(k)
     WHERE p_before -> k IS DISTINCT FROM p_after -> k
$$;

-- Posts what a portal says of a dataset now: "created", "changed" (with the fields), "unchanged", "withdrawn" (a moderator took it out; nothing is
-- kept), "unknown" (no dataset of that source to be the same as), or "full" (the group has as many as it may). Of revisions the last hundred stay. One that is the same as another is shown beside that one, and whatever was shown beside
-- it as well.
CREATE FUNCTION margelle.post_dataset(p_dataset uuid, p_source text, p_source_id text, p_content jsonb, p_html text, p_preview jsonb,
                                      p_same_source text, p_same_source_id text)
RETURNS TABLE (outcome text, dataset_id uuid, revision int, changed text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
    g uuid := margelle.current_group();
    who uuid := margelle.current_member();
    d margelle.datasets;
    other margelle.datasets;
    same uuid;
BEGIN
    IF g IS NULL OR NOT margelle.may_post_datasets() THEN
        RAISE EXCEPTION 'nobody may post here' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- One at a time: which is shown beside which is decided over all of them.
    PERFORM pg_advisory_xact_lock(hashtextextended('margelle.datasets ' || g, 0));
    IF p_same_source IS NOT NULL THEN
        SELECT x.* INTO other FROM margelle.datasets x WHERE x.group_id = g AND x.source = p_same_source AND x.source_id = p_same_source_id;
        IF NOT FOUND THEN
            outcome := 'unknown';
            RETURN NEXT;
            RETURN;
        END IF;
        same := CASE WHEN other.hidden_at IS NULL AND other.deleted_at IS NULL THEN coalesce(other.same_as, other.dataset_id) END;
    END IF;
    SELECT x.* INTO d FROM margelle.datasets x WHERE x.group_id = g AND x.source = p_source AND x.source_id = p_source_id FOR UPDATE;
    IF NOT FOUND THEN
        IF (SELECT count(*) FROM margelle.datasets x WHERE x.group_id = g AND x.deleted_at IS NULL) >= 2000 THEN
            outcome := 'full';
            RETURN NEXT;
            RETURN;
        END IF;
        INSERT INTO margelle.datasets (group_id, dataset_id, source, source_id, author_id, content, description_html, preview, same_as)
        VALUES (g, p_dataset, p_source, p_source_id, who, p_content, p_html, p_preview, same);
        INSERT INTO margelle.dataset_revisions (group_id, dataset_id, revision, author_id, changed, content) VALUES (g, p_dataset, 1, who, '{}', p_content);
        outcome := 'created';
        dataset_id := p_dataset;
        revision := 1;
        changed := '{}';
        RETURN NEXT;
        RETURN;
    END IF;
    dataset_id := d.dataset_id;
    IF d.hidden_at IS NOT NULL OR d.deleted_at IS NOT NULL THEN
        outcome := 'withdrawn';
        RETURN NEXT;
        RETURN;
    END IF;
    IF same = d.dataset_id THEN
        same := NULL;
    END IF;
    changed := margelle.differing(d.content, p_content)
        || CASE WHEN d.preview IS DISTINCT FROM p_preview THEN ARRAY['preview'] ELSE '{}' END
        || CASE WHEN d.same_as IS DISTINCT FROM same THEN ARRAY['same_as'] ELSE '{}' END;
    revision := d.revision;
    outcome := CASE WHEN changed = '{}' THEN 'unchanged' ELSE 'changed' END;
    IF outcome = 'changed' THEN
        revision := d.revision + 1;
        UPDATE margelle.datasets x SET same_as = same WHERE x.group_id = g AND x.same_as = d.dataset_id AND same IS NOT NULL;
        UPDATE margelle.datasets x
           SET author_id = who, content = p_content, description_html = p_html, preview = p_preview, same_as = same, revision = d.revision + 1, changed_at = now()
         WHERE x.group_id = g AND x.dataset_id = d.dataset_id;
        INSERT INTO margelle.dataset_revisions (group_id, dataset_id, revision, author_id, changed, content)
        VALUES (g, d.dataset_id, d.revision + 1, who, changed, p_content);
        DELETE FROM margelle.dataset_revisions r WHERE r.group_id = g AND r.dataset_id = d.dataset_id AND r.revision <= d.revision - 99;
    END IF;
    RETURN NEXT;
END $$;

-- How long after a change the next one is due, by the frequency that is announced (EU Vocabularies, "Frequency"); NULL where none can be expected.
CREATE FUNCTION margelle.period_of(p_frequency text) RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT CASE p_frequency
        WHEN '1MIN' THEN interval '1 minute' WHEN '5MIN' THEN interval '5 minutes' WHEN '10MIN' THEN interval '10 minutes'
        WHEN '15MIN' THEN interval '15 minutes' WHEN '30MIN' THEN interval '30 minutes' WHEN 'HOURLY' THEN interval '1 hour'
        WHEN 'BIHOURLY' THEN interval '2 hours' WHEN 'TRIHOURLY' THEN interval '3 hours' WHEN '12HRS' THEN interval '12 hours'
        WHEN 'CONT' THEN interval '1 day' WHEN 'UPDATE_CONT' THEN interval '1 day' WHEN 'DAILY_2' THEN interval '1 day' WHEN 'DAILY' THEN interval '1 day'
        WHEN 'WEEKLY_5' THEN interval '3 days' WHEN 'WEEKLY_3' THEN interval '3 days' WHEN 'WEEKLY_2' THEN interval '4 days' WHEN 'WEEKLY' THEN interval '7 days'
        WHEN 'BIWEEKLY' THEN interval '14 days' WHEN 'MONTHLY_3' THEN interval '11 days' WHEN 'MONTHLY_2' THEN interval '16 days'
        WHEN 'MONTHLY' THEN interval '1 month' WHEN 'BIMONTHLY' THEN interval '2 months' WHEN 'QUARTERLY' THEN interval '3 months'
        WHEN 'ANNUAL_3' THEN interval '4 months' WHEN 'ANNUAL_2' THEN interval '6 months' WHEN 'ANNUAL' THEN interval '1 year'
        WHEN 'BIENNIAL' THEN interval '2 years' WHEN 'TRIENNIAL' THEN interval '3 years' WHEN 'QUADRENNIAL' THEN interval '4 years'
        WHEN 'QUINQUENNIAL' THEN interval '5 years' WHEN 'DECENNIAL' THEN interval '10 years' WHEN 'BIDECENNIAL' THEN interval '20 years'
        WHEN 'TRIDECENNIAL' THEN interval '30 years' END
$$;

-- A dataset that a moderator takes out is shown beside no other, and none beside it; of one that is deleted nothing stays but its place, so that no bot
-- brings it back.
CREATE FUNCTION margelle.withdraw_dataset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.datasets d SET same_as = NULL WHERE d.group_id = NEW.group_id AND d.same_as = NEW.dataset_id;
    NEW.same_as := NULL;
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM margelle.dataset_revisions r WHERE r.group_id = NEW.group_id AND r.dataset_id = NEW.dataset_id;
        NEW.content := '{}';
        NEW.description_html := '';
        NEW.preview := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER withdraw BEFORE UPDATE OF hidden_at, deleted_at ON margelle.datasets
    FOR EACH ROW WHEN (NEW.hidden_at IS NOT NULL OR NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION margelle.withdraw_dataset();
CREATE TRIGGER keep_deleted BEFORE UPDATE ON margelle.datasets
    FOR EACH ROW WHEN (OLD.deleted_at IS NOT NULL) EXECUTE FUNCTION margelle.refuse_change();

CREATE FUNCTION margelle.record_dataset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, CASE WHEN NEW.deleted_at IS NOT NULL THEN 'dataset.deleted' WHEN NEW.hidden_at IS NOT NULL THEN 'dataset.hidden'
                                               ELSE 'dataset.shown' END,
                            NULL, NEW.dataset_id, jsonb_build_object('reason', NEW.withdrawn_reason));
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER UPDATE OF hidden_at, deleted_at ON margelle.datasets
    FOR EACH ROW WHEN ((OLD.hidden_at, OLD.deleted_at) IS DISTINCT FROM (NEW.hidden_at, NEW.deleted_at)) EXECUTE FUNCTION margelle.record_dataset();

-- ---- subscriptions ---------------------------------------------------------------------------------------------

-- A bot says how its last run went; false where there is no such subscription.
CREATE FUNCTION margelle.report_run(p_subscription uuid, p_run jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT margelle.holds('subscriptions:report') THEN
        RAISE EXCEPTION 'bots report' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE margelle.subscriptions s SET last_run = p_run WHERE s.group_id = margelle.current_group() AND s.subscription_id = p_subscription;
    RETURN FOUND;
END $$;

CREATE FUNCTION margelle.record_subscription() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE s margelle.subscriptions := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM margelle.record(s.group_id, 'subscription.' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
                            NULL, s.subscription_id, jsonb_build_object('portal', s.portal));
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT OR DELETE OR UPDATE OF revision ON margelle.subscriptions FOR EACH ROW EXECUTE FUNCTION margelle.record_subscription();

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.withdraw_dataset, margelle.record_dataset, margelle.record_subscription FROM margelle_app;
