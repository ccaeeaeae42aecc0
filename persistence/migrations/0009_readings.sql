-- Who was sent which post, and when first: in groups that record it (groups.records_reading). Kept before the answer leaves.
ALTER TABLE margelle.threads ADD UNIQUE (group_id, thread_id, feed_id);
CREATE TABLE margelle.readings (
    group_id  uuid NOT NULL,
    thread_id uuid NOT NULL,
    number    int NOT NULL,                                 -- of the post in the thread
    member_id uuid NOT NULL REFERENCES margelle.members,
    feed_id   uuid NOT NULL,                                -- the thread's, wherever it goes
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, thread_id, number, member_id),
    FOREIGN KEY (group_id, thread_id, feed_id) REFERENCES margelle.threads (group_id, thread_id, feed_id) ON UPDATE CASCADE
);
CALL margelle.protect('readings');
GRANT DELETE ON margelle.readings TO margelle_gate;
GRANT SELECT, INSERT (group_id, thread_id, number, member_id, feed_id) ON margelle.readings TO margelle_app;
-- Nobody reads on behalf of another, or what they could not read.
CREATE POLICY own ON margelle.readings FOR INSERT TO margelle_app
    WITH CHECK (group_id = (SELECT margelle.current_group()) AND member_id = (SELECT margelle.current_member())
                AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
CREATE POLICY read ON margelle.readings FOR SELECT TO margelle_app
    USING (group_id = (SELECT margelle.current_group()) AND (member_id = (SELECT margelle.current_member()) OR (SELECT margelle.is_moderator()))
           AND (feed_id = group_id OR feed_id = ANY ((SELECT margelle.current_circles())::uuid[])));
