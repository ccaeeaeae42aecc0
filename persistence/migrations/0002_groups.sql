-- Groups, who takes part, the agreement, and the log. Every row of content begins its key with group_id.

CREATE TABLE margelle.groups (
    group_id           uuid PRIMARY KEY,
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 160),
    purpose            text NOT NULL DEFAULT '',
    charter            text NOT NULL DEFAULT '',
    charter_html       text NOT NULL DEFAULT '',
    themes             text[] NOT NULL DEFAULT '{}',
    territory          text,
    phase              text NOT NULL DEFAULT 'idea' REFERENCES margelle.phases,
    starts_on          date,
    ends_on            date CHECK (ends_on >= starts_on),
    milestones         jsonb NOT NULL DEFAULT '[]',
    confidentiality    text NOT NULL CHECK (confidentiality IN ('nda', 'light')),
    listing            text NOT NULL DEFAULT 'hidden' CHECK (listing IN ('listed', 'hidden')),
    acceptance_for     text NOT NULL DEFAULT 'either' CHECK (acceptance_for IN ('either', 'member', 'organisation')),
    needed_categories  text[] NOT NULL DEFAULT '{}',
    present_categories text[] NOT NULL DEFAULT '{}',        -- kept by a trigger on memberships
    records_reading    boolean NOT NULL DEFAULT false,      -- who is sent which post is kept (0009_readings.sql)
    frozen_at          timestamptz,
    revision           int NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE margelle.memberships (
    group_id        uuid NOT NULL REFERENCES margelle.groups,
    member_id       uuid NOT NULL REFERENCES margelle.members,
    role            text NOT NULL DEFAULT 'member' CHECK (role IN ('moderator', 'member', 'observer')),
    state           text NOT NULL CHECK (state IN ('requested', 'active', 'left', 'removed')),
    category        text REFERENCES margelle.actor_categories,
    organisation_id uuid REFERENCES margelle.organisations, -- NULL: in their own name
    message         text NOT NULL DEFAULT '',               -- of a request to join
    since           timestamptz NOT NULL DEFAULT now(),     -- of the present state
    left_at         timestamptz,                            -- when they last stopped being active; NULL while they are
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX memberships_member ON margelle.memberships (member_id, state);

-- Programs. A bot belongs to one group; its owner answers for it, and it is let in as long as they are.
CREATE TABLE margelle.bots (
    group_id     uuid NOT NULL REFERENCES margelle.groups,
    bot_id       uuid NOT NULL UNIQUE REFERENCES margelle.members,
    owner_id     uuid NOT NULL REFERENCES margelle.members,
    confirmed_at timestamptz,                               -- since when its owner answers for it
    scopes       text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ ARRAY['datasets:read', 'datasets:write', 'events:read', 'subscriptions:read',
                                                                          'subscriptions:report', 'threads:write']),
    created_by   uuid NOT NULL REFERENCES margelle.members,
    created_at   timestamptz NOT NULL DEFAULT now(),
    revoked_at   timestamptz,
    revision     int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, bot_id)
);

-- What a bot shows instead of a session. Several may hold at once, so that one follows another without a break.
CREATE TABLE margelle.access_keys (
    group_id     uuid NOT NULL,
    bot_id       uuid NOT NULL,
    key_id       uuid NOT NULL,
    name         text NOT NULL DEFAULT '' CHECK (length(name) <= 80),
    token_hash   bytea NOT NULL UNIQUE,                     -- SHA-256 (server/identity/access_key.hpp)
    created_by   uuid NOT NULL REFERENCES margelle.members,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL CHECK (expires_at <= created_at + interval '366 days'),
    last_used_at timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (group_id, bot_id, key_id),
    FOREIGN KEY (group_id, bot_id) REFERENCES margelle.bots
);

CREATE TABLE margelle.invitations (
    group_id          uuid NOT NULL REFERENCES margelle.groups,
    invitation_id     uuid NOT NULL UNIQUE,
    email             text NOT NULL,
    name              text NOT NULL DEFAULT '',
    organisation_name text,
    category          text REFERENCES margelle.actor_categories,
    role              text NOT NULL DEFAULT 'member' CHECK (role IN ('moderator', 'member', 'observer')),
    language          text NOT NULL DEFAULT 'fr' CHECK (language IN ('fr', 'en')),
    message           text NOT NULL DEFAULT '',
    state             text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'accepted', 'declined', 'withdrawn')),
    token_hash        bytea UNIQUE,                         -- of the token in the mail sent last
    invited_by        uuid NOT NULL REFERENCES margelle.members,
    created_at        timestamptz NOT NULL DEFAULT now(),
    expires_at        timestamptz NOT NULL DEFAULT now() + interval '30 days',
    PRIMARY KEY (group_id, invitation_id)
);
CREATE UNIQUE INDEX invitations_pending ON margelle.invitations (group_id, lower(email)) WHERE state = 'pending' AND email <> 'erased@erased.invalid';
CREATE INDEX invitations_email ON margelle.invitations (lower(email)) WHERE state = 'pending';

CREATE TABLE margelle.nda_versions (
    group_id         uuid NOT NULL REFERENCES margelle.groups,
    number           int NOT NULL CHECK (number > 0),
    kind             text NOT NULL CHECK (kind IN ('material', 'minor')),
    language         text NOT NULL CHECK (language IN ('fr', 'en')),
    body             text NOT NULL,                         -- the text that counts; a translation only helps to read it
    body_html        text NOT NULL,
    summary          text NOT NULL,
    summary_html     text NOT NULL,
    translation      text,                                  -- of body, in the other language
    translation_html text,
    sha256           bytea NOT NULL,                        -- of body's UTF-8 bytes
    holds_from       date NOT NULL DEFAULT current_date,
    secrecy_months   int CHECK (secrecy_months BETWEEN 0 AND 600),  -- how long secrecy outlives leaving; NULL: for ever
    published_by     uuid NOT NULL REFERENCES margelle.members,
    published_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, number),
    CHECK (number > 1 OR kind = 'material'),
    CHECK ((translation IS NULL) = (translation_html IS NULL))
);

-- The register. Rows are only ever added; nothing cascades onto them.
CREATE TABLE margelle.nda_register (
    group_id      uuid NOT NULL REFERENCES margelle.groups,
    member_id     uuid NOT NULL REFERENCES margelle.members,
    entry         bigint GENERATED ALWAYS AS IDENTITY,
    act           text NOT NULL CHECK (act IN ('accepted', 'refused', 'withdrew')),
    version       int NOT NULL,
    full_name     text,
    receipt       jsonb,                                    -- as signed; NULL unless accepted
    at            timestamptz NOT NULL DEFAULT now(),
    anonymised_at timestamptz,                              -- once it proves nothing any more (0007_agreements.sql)
    PRIMARY KEY (group_id, member_id, entry),
    FOREIGN KEY (group_id, version) REFERENCES margelle.nda_versions,
    CHECK ((act = 'accepted') = (receipt IS NOT NULL))
);

-- The end of each log. A feed is the group's own (feed_id = group_id) or a circle's. Small rows that are updated
-- often: room is left on each page so that an update stays on it.
CREATE TABLE margelle.feed_heads (
    group_id     uuid NOT NULL REFERENCES margelle.groups,
    feed_id      uuid NOT NULL,
    last_seq     bigint NOT NULL DEFAULT 0,
    access_epoch bigint NOT NULL DEFAULT 1,                 -- raised by every change of rights in the group
    PRIMARY KEY (group_id, feed_id)
) WITH (fillfactor = 20);

CREATE TABLE margelle.circles (
    group_id  uuid NOT NULL REFERENCES margelle.groups,
    circle_id uuid NOT NULL,
    name      text NOT NULL,
    PRIMARY KEY (group_id, circle_id)
);
CREATE TABLE margelle.circle_members (
    group_id  uuid NOT NULL,
    circle_id uuid NOT NULL,
    member_id uuid NOT NULL REFERENCES margelle.members,
    PRIMARY KEY (group_id, member_id, circle_id),
    FOREIGN KEY (group_id, circle_id) REFERENCES margelle.circles
);

-- Ids and kinds, never text: text is read from the current row, under that row's own policy. No foreign keys: whoever appends holds the
-- log's head and has entered as the actor, and neither is ever deleted; each post would look both up once more.
CREATE TABLE margelle.events (
    group_id uuid NOT NULL,
    feed_id  uuid NOT NULL,
    seq      bigint NOT NULL,
    kind     text NOT NULL,
    actor_id uuid,
    data     jsonb NOT NULL DEFAULT '{}',
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, feed_id, seq)
);

CREATE TABLE margelle.threads (
    group_id     uuid NOT NULL REFERENCES margelle.groups,
    thread_id    uuid NOT NULL,
    feed_id      uuid NOT NULL,
    title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    author_id    uuid NOT NULL REFERENCES margelle.members,
    pinned_at    timestamptz,
    closed_at    timestamptz,
    post_count   int NOT NULL DEFAULT 0,                    -- also the number of the last post
    last_post_at timestamptz NOT NULL DEFAULT now(),        -- the order of the list: numbers of different feeds do not compare
    created_at   timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, thread_id),
    FOREIGN KEY (group_id, feed_id) REFERENCES margelle.feed_heads
) WITH (fillfactor = 70);
CREATE INDEX threads_activity ON margelle.threads (group_id, (pinned_at IS NOT NULL) DESC, last_post_at DESC, thread_id DESC);

CREATE TABLE margelle.posts (
    group_id         uuid NOT NULL,
    thread_id        uuid NOT NULL,
    post_id          uuid NOT NULL,
    feed_id          uuid NOT NULL,
    number           int NOT NULL,
    parent_id        uuid,                      -- the post that it answers, and what never changes of that: a page reads its own rows alone
    parent_number    int,
    parent_author_id uuid,
    author_id        uuid NOT NULL REFERENCES margelle.members,
    body             text NOT NULL,
    body_html        text NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    edited_at        timestamptz,
    deleted_at       timestamptz,
    revision         int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, post_id),
    FOREIGN KEY (group_id, thread_id) REFERENCES margelle.threads,
    FOREIGN KEY (group_id, parent_id) REFERENCES margelle.posts,
    CHECK (num_nulls(parent_id, parent_number, parent_author_id) IN (0, 3))
);
CREATE UNIQUE INDEX posts_thread ON margelle.posts (group_id, thread_id, number);
-- group_id and thread_id go together; without this the planner expects far too few rows of a thread.
CREATE STATISTICS margelle.posts_keys (dependencies, ndistinct) ON group_id, thread_id FROM margelle.posts;

CREATE TABLE margelle.post_revisions (
    group_id   uuid NOT NULL,
    post_id    uuid NOT NULL,
    revision   int NOT NULL,
    feed_id    uuid NOT NULL,
    body       text NOT NULL,
    body_html  text NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, post_id, revision),
    FOREIGN KEY (group_id, post_id) REFERENCES margelle.posts
);

CREATE TABLE margelle.reactions (
    group_id  uuid NOT NULL,
    post_id   uuid NOT NULL,
    member_id uuid NOT NULL REFERENCES margelle.members,
    reaction  text NOT NULL CHECK (reaction IN ('agree', 'thanks', 'explore', 'reservation')),
    feed_id   uuid NOT NULL,
    PRIMARY KEY (group_id, post_id, member_id, reaction),
    FOREIGN KEY (group_id, post_id) REFERENCES margelle.posts
);

-- Posts that speak to somebody: answers to their posts, and mentions.
CREATE TABLE margelle.addressed (
    group_id  uuid NOT NULL,
    member_id uuid NOT NULL REFERENCES margelle.members,
    thread_id uuid NOT NULL,
    post_id   uuid NOT NULL,
    number    int NOT NULL,
    feed_id   uuid NOT NULL,
    reason    text NOT NULL CHECK (reason IN ('reply', 'mention')),
    PRIMARY KEY (group_id, member_id, post_id, reason),
    FOREIGN KEY (group_id, post_id) REFERENCES margelle.posts
);

-- Read up to which post. Whoever writes where others' posts still wait has unread posts before their own, which are not to be counted.
CREATE TABLE margelle.read_marks (
    group_id  uuid NOT NULL,
    member_id uuid NOT NULL REFERENCES margelle.members,
    thread_id uuid NOT NULL,
    number    int NOT NULL,
    own_later int NOT NULL DEFAULT 0, -- the member's own posts after that one
    PRIMARY KEY (group_id, member_id, thread_id),
    FOREIGN KEY (group_id, thread_id) REFERENCES margelle.threads
) WITH (fillfactor = 70);
