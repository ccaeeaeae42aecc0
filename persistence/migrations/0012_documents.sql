-- Documents: files with immutable versions, whose content is kept sealed (protocol/sealing.hpp) in chunks, once for each group.
--
-- What a version says follows the policies, as threads do. Blobs may belong to documents of several logs at once, which no policy can
-- compare: nobody but the functions below touches them, and those ask for the document or the upload.

ALTER TABLE margelle.groups
    ADD COLUMN file_limit  bigint NOT NULL DEFAULT 1073741824 CHECK (file_limit > 0),          -- bytes of one file
    ADD COLUMN file_quota  bigint NOT NULL DEFAULT 21474836480 CHECK (file_quota >= 0);        -- of all, as documents count them

-- A group's data key, wrapped by a master key that the database never holds.
CREATE TABLE margelle.group_keys (
    group_id  uuid PRIMARY KEY REFERENCES margelle.groups,
    master_id text NOT NULL,                                -- which master key wrapped it
    wrapped   bytea NOT NULL
);

CREATE TABLE margelle.documents (
    group_id          uuid NOT NULL REFERENCES margelle.groups,
    document_id       uuid NOT NULL,
    feed_id           uuid NOT NULL,
    name              text NOT NULL CHECK (length(name) <= 200),
    tags              text[] NOT NULL DEFAULT '{}',
    author_id         uuid NOT NULL REFERENCES margelle.members,
    latest            int NOT NULL DEFAULT 0,               -- number of the newest version
    checked_out_by    uuid REFERENCES margelle.members,
    checked_out_until timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    changed_at        timestamptz NOT NULL DEFAULT now(),   -- by a new version; the order of the list
    deleted_at        timestamptz,
    revision          int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, document_id),
    UNIQUE (group_id, document_id, feed_id),
    FOREIGN KEY (group_id, feed_id) REFERENCES margelle.feed_heads
);
CREATE INDEX documents_change ON margelle.documents (group_id, changed_at DESC, document_id DESC) WHERE deleted_at IS NULL;

-- Whole content. Its id is that of the upload that brought it.
CREATE TABLE margelle.blobs (
    group_id   uuid NOT NULL REFERENCES margelle.groups,
    blob_id    uuid NOT NULL,
    size       bigint NOT NULL,
    sha256     bytea NOT NULL,
    media_type text NOT NULL,                               -- as its bytes look, whatever the sender said
    PRIMARY KEY (group_id, blob_id),
    UNIQUE (group_id, sha256)
);
CREATE TABLE margelle.blob_chunks (
    group_id uuid NOT NULL,
    blob_id  uuid NOT NULL,                                 -- of an upload that is not whole yet, as well
    number   int NOT NULL,
    part     int NOT NULL,                                  -- of the upload: its key
    sealed   bytea NOT NULL,
    PRIMARY KEY (group_id, blob_id, number)
);
ALTER TABLE margelle.blob_chunks ALTER COLUMN sealed SET STORAGE EXTERNAL;      -- what is encrypted does not get smaller

CREATE TABLE margelle.document_versions (
    group_id      uuid NOT NULL,
    document_id   uuid NOT NULL,
    number        int NOT NULL CHECK (number > 0),
    feed_id       uuid NOT NULL,
    blob_id       uuid NOT NULL,
    size          bigint NOT NULL,
    sha256        bytea NOT NULL,
    media_type    text NOT NULL,
    note          text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
    author_id     uuid NOT NULL REFERENCES margelle.members,
    restored_from int,
    seal          bytea NOT NULL,                           -- binds this row to its content
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, document_id, number),
    FOREIGN KEY (group_id, document_id, feed_id) REFERENCES margelle.documents (group_id, document_id, feed_id) ON UPDATE CASCADE,
    FOREIGN KEY (group_id, blob_id) REFERENCES margelle.blobs
);
CREATE INDEX document_versions_blob ON margelle.document_versions (group_id, blob_id);

-- tus 1.0.0. An upload is its sender's alone, until a document takes it.
CREATE TABLE margelle.uploads (
    group_id   uuid NOT NULL REFERENCES margelle.groups,
    upload_id  uuid NOT NULL,
    author_id  uuid NOT NULL REFERENCES margelle.members,
    length     bigint NOT NULL CHECK (length > 0),
    received   bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
    part       int NOT NULL DEFAULT 0,                      -- one for each request: an older one writes no more
    digest     bytea,                                       -- of the whole chunks so far, to be gone on with
    tail       bytea,                                       -- what came after them, sealed
    media_type text,
    blob_id    uuid,                                        -- once it is whole
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (group_id, upload_id),
    FOREIGN KEY (group_id, blob_id) REFERENCES margelle.blobs
);
CREATE INDEX uploads_expiry ON margelle.uploads (expires_at);
CREATE INDEX uploads_blob ON margelle.uploads (group_id, blob_id);

CALL margelle.protect('group_keys');
CALL margelle.protect('documents');
CALL margelle.protect('document_versions');
CALL margelle.protect('blobs');
CALL margelle.protect('blob_chunks');
CALL margelle.protect('uploads');

GRANT UPDATE (master_id, wrapped) ON margelle.group_keys TO margelle_gate;
GRANT UPDATE (feed_id, revision) ON margelle.documents TO margelle_gate;
GRANT DELETE ON margelle.document_versions TO margelle_gate;
GRANT INSERT, DELETE ON margelle.blobs, margelle.blob_chunks TO margelle_gate;
GRANT INSERT, DELETE, UPDATE (received, part, digest, tail, media_type, blob_id, expires_at) ON margelle.uploads TO margelle_gate;
GRANT SELECT, INSERT ON margelle.group_keys TO margelle_app;
GRANT SELECT, INSERT (group_id, document_id, feed_id, name, tags, author_id),
      UPDATE (name, tags, latest, checked_out_by, checked_out_until, changed_at, deleted_at, revision) ON margelle.documents TO margelle_app;
GRANT SELECT, INSERT (group_id, document_id, number, feed_id, blob_id, size, sha256, media_type, note, author_id, restored_from, seal) ON margelle.document_versions TO margelle_app;
GRANT SELECT (group_id, upload_id, author_id, length, received, media_type, blob_id, expires_at) ON margelle.uploads TO margelle_app;

CREATE POLICY read ON margelle.group_keys FOR SELECT TO margelle_app USING (group_id = (SELECT margelle.current_group()));
CREATE POLICY make ON margelle.group_keys FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (SELECT margelle.may_write()));

CREATE POLICY read ON margelle.documents FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY write ON margelle.documents FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()) AND author_id = (SELECT margelle.current_member()));
CREATE POLICY change ON margelle.documents FOR UPDATE TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
           AND (SELECT margelle.may_write()));

CREATE POLICY read ON margelle.document_versions FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY write ON margelle.document_versions FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[]))
                AND (SELECT margelle.may_write()) AND author_id = (SELECT margelle.current_member()));

CREATE POLICY own ON margelle.uploads FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND author_id = (SELECT margelle.current_member()));

-- ---- keys ------------------------------------------------------------------------------------------------------

-- Which master keys wrap the groups' keys: a server that has not all of them does not start.
CREATE FUNCTION margelle.master_keys_in_use() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$ SELECT DISTINCT k.master_id FROM margelle.group_keys k $$;

-- ---- uploads ---------------------------------------------------------------------------------------------------

-- What counts against a group's quota: each content once a document, and uploads under way. Identical content counts in every document that
-- holds it, or the room that is left would tell of documents that one does not read.
CREATE FUNCTION margelle.quota_used(p_group uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT (coalesce((SELECT sum(x.size) FROM (SELECT DISTINCT v.document_id, v.blob_id, v.size FROM margelle.document_versions v WHERE v.group_id = p_group) x), 0)
            + coalesce((SELECT sum(u.length) FROM margelle.uploads u WHERE u.group_id = p_group AND u.expires_at > now()), 0))::bigint
$$;

-- Begins an upload: "created", "too_large", or "quota".
CREATE FUNCTION margelle.create_upload(p_upload uuid, p_length bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE g margelle.groups;
BEGIN
    IF NOT margelle.may_write() THEN
        RAISE EXCEPTION 'nobody may write here' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('margelle.uploads ' || margelle.current_group(), 0));
    SELECT x.* INTO g FROM margelle.groups x WHERE x.group_id = margelle.current_group();
    IF p_length > g.file_limit THEN
        RETURN 'too_large';
    END IF;
    IF margelle.quota_used(g.group_id) + p_length > g.file_quota THEN
        RETURN 'quota';
    END IF;
    INSERT INTO margelle.uploads (group_id, upload_id, author_id, length) VALUES (g.group_id, p_upload, margelle.current_member(), p_length);
    RETURN 'created';
END $$;

-- Begins a part of the caller's own upload: what an earlier part left behind the offset goes, and an earlier one that is still under way
-- writes no more. No row when there is no such upload, or it is whole, or it goes on elsewhere.
CREATE FUNCTION margelle.begin_part(p_upload uuid, p_offset bigint, p_chunk_size int)
RETURNS TABLE (part int, length bigint, digest bytea, tail bytea, media_type text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    RETURN QUERY
    UPDATE margelle.uploads u SET part = u.part + 1, expires_at = now() + interval '24 hours'
     WHERE u.group_id = margelle.current_group() AND u.upload_id = p_upload AND u.author_id = margelle.current_member() AND margelle.may_write()
       AND u.expires_at > now() AND u.blob_id IS NULL AND u.received = p_offset
    RETURNING u.part, u.length, u.digest, u.tail, u.media_type;
    IF FOUND THEN
        DELETE FROM margelle.blob_chunks c
         WHERE c.group_id = margelle.current_group() AND c.blob_id = p_upload AND c.number >= p_offset / p_chunk_size;
    END IF;
END $$;

-- Keeps a chunk (where there is one) and, unless p_received is NULL, how far the upload has come. False when another part began meanwhile,
-- or the caller may not write any more.
CREATE FUNCTION margelle.keep_part(p_upload uuid, p_part int, p_number int, p_sealed bytea, p_received bigint, p_digest bytea, p_tail bytea, p_media_type text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE margelle.uploads u
       SET received = coalesce(p_received, u.received), digest = CASE WHEN p_received IS NULL THEN u.digest ELSE p_digest END,
           tail = CASE WHEN p_received IS NULL THEN u.tail ELSE p_tail END, media_type = coalesce(p_media_type, u.media_type)
     WHERE u.group_id = margelle.current_group() AND u.upload_id = p_upload AND u.author_id = margelle.current_member() AND margelle.may_write()
       AND u.part = p_part AND u.blob_id IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_sealed IS NOT NULL THEN
        INSERT INTO margelle.blob_chunks (group_id, blob_id, number, part, sealed) VALUES (margelle.current_group(), p_upload, p_number, p_part, p_sealed);
    END IF;
    RETURN true;
END $$;

-- The upload is whole: its content becomes a blob, or is dropped where the group has the same already. Answers the blob.
CREATE FUNCTION margelle.finish_upload(p_upload uuid, p_part int, p_sha256 bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    u margelle.uploads;
    blob uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('margelle.blobs ' || g, 0));
    SELECT x.* INTO u FROM margelle.uploads x
     WHERE x.group_id = g AND x.upload_id = p_upload AND x.author_id = margelle.current_member() AND x.part = p_part AND x.received = x.length
       AND x.blob_id IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT b.blob_id INTO blob FROM margelle.blobs b WHERE b.group_id = g AND b.sha256 = p_sha256;
    IF FOUND THEN
        DELETE FROM margelle.blob_chunks c WHERE c.group_id = g AND c.blob_id = p_upload;
    ELSE
        INSERT INTO margelle.blobs (group_id, blob_id, size, sha256, media_type) VALUES (g, p_upload, u.length, p_sha256, u.media_type);
        blob := p_upload;
    END IF;
    UPDATE margelle.uploads x SET blob_id = blob WHERE x.group_id = g AND x.upload_id = p_upload;
    RETURN blob;
END $$;

-- Content that nothing holds any more goes.
CREATE FUNCTION margelle.forget_blobs(p_group uuid, p_blobs uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE unused uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('margelle.blobs ' || p_group, 0));
    unused := ARRAY(SELECT b FROM unnest(p_blobs) b
                     WHERE NOT EXISTS (SELECT FROM margelle.document_versions v WHERE v.group_id = p_group AND v.blob_id = b)
                       AND NOT EXISTS (SELECT FROM margelle.uploads u WHERE u.group_id = p_group AND (u.blob_id = b OR (u.upload_id = b AND u.blob_id IS NULL))));
    DELETE FROM margelle.blob_chunks c WHERE c.group_id = p_group AND c.blob_id = ANY (unused);
    DELETE FROM margelle.blobs x WHERE x.group_id = p_group AND x.blob_id = ANY (unused);
END $$;

-- Ends one of the caller's own uploads, and what it brought unless a document holds it. False when there is none.
CREATE FUNCTION margelle.end_upload(p_upload uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    blob uuid;
BEGIN
    DELETE FROM margelle.uploads u WHERE u.group_id = g AND u.upload_id = p_upload AND u.author_id = margelle.current_member()
    RETURNING u.blob_id INTO blob;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM margelle.forget_blobs(g, ARRAY[p_upload, blob]);
    RETURN true;
END $$;

CREATE FUNCTION margelle.sweep_uploads() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE gone record;
BEGIN
    FOR gone IN SELECT u.group_id, u.upload_id, u.blob_id FROM margelle.uploads u WHERE u.expires_at < now() ORDER BY u.group_id FOR UPDATE SKIP LOCKED LOOP
        DELETE FROM margelle.uploads u WHERE u.group_id = gone.group_id AND u.upload_id = gone.upload_id;
        PERFORM margelle.forget_blobs(gone.group_id, ARRAY[gone.upload_id, gone.blob_id]);
    END LOOP;
END $$;

-- ---- versions --------------------------------------------------------------------------------------------------

-- A version's content is what its author has just uploaded, or what the same document held before: no id opens another's.
CREATE FUNCTION margelle.admit_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM margelle.blobs b WHERE b.group_id = NEW.group_id AND b.blob_id = NEW.blob_id
                      AND (b.size, b.sha256, b.media_type) = (NEW.size, NEW.sha256, NEW.media_type))
       OR (NOT EXISTS (SELECT FROM margelle.uploads u WHERE u.group_id = NEW.group_id AND u.author_id = margelle.current_member() AND u.blob_id = NEW.blob_id)
           AND NOT EXISTS (SELECT FROM margelle.document_versions v WHERE v.group_id = NEW.group_id AND v.document_id = NEW.document_id AND v.blob_id = NEW.blob_id)) THEN
        RAISE EXCEPTION 'no such content' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER admit BEFORE INSERT ON margelle.document_versions FOR EACH ROW EXECUTE FUNCTION margelle.admit_version();

-- Only the log to which a version belongs follows its document.
CREATE TRIGGER immutable BEFORE UPDATE ON margelle.document_versions
    FOR EACH ROW WHEN (to_jsonb(NEW) - 'feed_id' IS DISTINCT FROM to_jsonb(OLD) - 'feed_id') EXECUTE FUNCTION margelle.refuse_change();

-- The caller's own upload, once it is whole: what a version of it has to say.
CREATE FUNCTION margelle.uploaded(p_upload uuid) RETURNS TABLE (blob_id uuid, size bigint, sha256 bytea, media_type text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT b.blob_id, b.size, b.sha256, b.media_type
      FROM margelle.uploads u JOIN margelle.blobs b ON b.group_id = u.group_id AND b.blob_id = u.blob_id
     WHERE u.group_id = margelle.current_group() AND u.upload_id = p_upload AND u.author_id = margelle.current_member() AND u.expires_at > now()
$$;

-- A chunk of a version that the caller reads.
CREATE FUNCTION margelle.read_chunk(p_document uuid, p_version int, p_chunk int) RETURNS TABLE (part int, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT c.part, c.sealed
      FROM margelle.document_versions v
      JOIN margelle.blob_chunks c ON c.group_id = v.group_id AND c.blob_id = v.blob_id AND c.number = p_chunk
     WHERE v.group_id = margelle.current_group() AND v.document_id = p_document AND v.number = p_version
       AND (v.feed_id = v.group_id OR v.feed_id = ANY (margelle.current_circles()))
$$;

-- ---- told and recorded -----------------------------------------------------------------------------------------

-- Somebody begins to download a version that they read. What goes on where another request of theirs broke off, within the hour, is the
-- same download.
CREATE FUNCTION margelle.record_download(p_document uuid, p_version int, p_goes_on boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    feed uuid;
    facts jsonb;
BEGIN
    SELECT v.feed_id INTO feed FROM margelle.document_versions v
     WHERE v.group_id = g AND v.document_id = p_document AND v.number = p_version AND (v.feed_id = g OR v.feed_id = ANY (margelle.current_circles()));
    facts := margelle.told_to_all(g, feed, jsonb_build_object('version', p_version));
    IF feed IS NULL OR (p_goes_on AND EXISTS (SELECT FROM margelle.audit_entries e
            WHERE e.group_id = g AND e.object_id = p_document AND e.kind = 'document.downloaded' AND e.actor_id = margelle.current_member()
              AND e.data = facts AND e.at > now() - interval '1 hour')) THEN
        RETURN;
    END IF;
    PERFORM margelle.record(g, 'document.downloaded', NULL, p_document, facts);
END $$;

CREATE FUNCTION margelle.record_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM margelle.record(NEW.group_id, CASE TG_OP WHEN 'INSERT' THEN 'document.created' ELSE 'document.deleted' END, NULL, NEW.document_id, '{}');
    RETURN NULL;
END $$;
CREATE TRIGGER record_new AFTER INSERT ON margelle.documents FOR EACH ROW EXECUTE FUNCTION margelle.record_document();
CREATE TRIGGER record_end AFTER UPDATE OF deleted_at ON margelle.documents
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION margelle.record_document();

-- With a document go its versions, and with them what nothing else holds.
CREATE FUNCTION margelle.forget_versions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE blobs uuid[];
BEGIN
    WITH gone AS (DELETE FROM margelle.document_versions v WHERE v.group_id = NEW.group_id AND v.document_id = NEW.document_id RETURNING v.blob_id)
    SELECT array_agg(DISTINCT gone.blob_id) INTO blobs FROM gone;
    PERFORM margelle.forget_blobs(NEW.group_id, blobs);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_versions AFTER UPDATE OF deleted_at ON margelle.documents
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION margelle.forget_versions();

-- Moves a document with its versions to another log that the moderator reads, as relabel_thread does. Answers the log that it leaves; NULL when rights
-- changed since the epoch.
CREATE FUNCTION margelle.relabel_document(p_document uuid, p_feed uuid, p_epoch bigint, p_reason text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    g uuid := margelle.current_group();
    readable uuid[] := margelle.current_circles() || g;
    old uuid;
BEGIN
    IF NOT margelle.is_moderator() OR NOT margelle.may_write() OR (p_feed = ANY (readable)) IS NOT TRUE THEN
        RAISE EXCEPTION 'moderators label what they read' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT d.feed_id INTO old FROM margelle.documents d
     WHERE d.group_id = g AND d.document_id = p_document AND d.feed_id = ANY (readable) FOR UPDATE;
    IF old IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE margelle.documents d SET feed_id = p_feed, revision = d.revision + 1 WHERE d.group_id = g AND d.document_id = p_document;
    IF margelle.raise_epoch(g) <> p_epoch + 1 THEN
        RETURN NULL;
    END IF;
    UPDATE margelle.events e SET kind = 'withdrawn', actor_id = NULL, data = '{}'
     WHERE e.group_id = g AND e.feed_id = old AND e.data ->> 'document_id' = p_document::text;
    PERFORM margelle.append_event(g, old, 'document.withdrawn', jsonb_build_object('document_id', p_document));
    PERFORM margelle.append_event(g, p_feed, 'document.arrived', jsonb_build_object('document_id', p_document));
    PERFORM margelle.record(g, 'document.labelled', NULL, p_document, jsonb_build_object('from', old, 'to', p_feed, 'reason', p_reason));
    RETURN old;
END $$;

-- Documents are among what somebody may be refused.
CREATE OR REPLACE FUNCTION margelle.feed_of(p_group uuid, p_object uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT t.feed_id FROM margelle.threads t WHERE t.group_id = p_group AND t.thread_id = p_object
    UNION ALL SELECT p.feed_id FROM margelle.posts p WHERE p.group_id = p_group AND p.post_id = p_object
    UNION ALL SELECT c.circle_id FROM margelle.circles c WHERE c.group_id = p_group AND c.circle_id = p_object
    UNION ALL SELECT r.feed_id FROM margelle.releases r WHERE r.group_id = p_group AND r.release_id = p_object
    UNION ALL SELECT d.feed_id FROM margelle.documents d WHERE d.group_id = p_group AND d.document_id = p_object
$$;

CALL margelle.give_to_gate();
REVOKE ALL ON FUNCTION margelle.quota_used, margelle.forget_blobs, margelle.admit_version, margelle.record_document, margelle.forget_versions FROM margelle_app;
