-- Roles, the settings that a transaction carries, and the records that belong to no group.
--
-- margelle_app  the server's connection: owns nothing, bypasses nothing.
-- margelle_gate owns the definer functions; sees rows by explicit policies, only the columns granted to it.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'margelle_app') THEN
        CREATE ROLE margelle_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
        ALTER ROLE margelle_app SET statement_timeout = '10s';  -- saves each transaction a trip; the server asks for it where it is missing
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'margelle_gate') THEN
        CREATE ROLE margelle_gate NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    -- The migrator gives functions to margelle_gate, for which it has to be one of its members.
    IF NOT pg_has_role(current_user, 'margelle_gate', 'MEMBER') THEN
        EXECUTE format('GRANT margelle_gate TO %I', current_user);
    END IF;
END $$;

GRANT USAGE ON SCHEMA margelle TO margelle_app;
GRANT USAGE, CREATE ON SCHEMA margelle TO margelle_gate;

-- The settings that margelle.enter makes, for this transaction only. In a connection that carried an earlier
-- transaction an unset one reads '' rather than NULL, hence nullif.
CREATE FUNCTION margelle.current_member() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('margelle.member', true), '')::uuid $$;
-- The group whose card may be read: its name, purpose, themes.
CREATE FUNCTION margelle.current_card() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('margelle.card', true), '')::uuid $$;
-- The group whose agreement may be read, by members who have not accepted it yet.
CREATE FUNCTION margelle.current_lobby() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('margelle.lobby', true), '')::uuid $$;
-- The group whose content may be read.
CREATE FUNCTION margelle.current_group() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('margelle.group', true), '')::uuid $$;
CREATE FUNCTION margelle.current_circles() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('margelle.circles', true), '')::uuid[] $$;
CREATE FUNCTION margelle.may_write() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(current_setting('margelle.may_write', true), '')::boolean, false) $$;
-- The role in the group whose agreement may be read.
CREATE FUNCTION margelle.current_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('margelle.role', true), '') $$;
-- Whether a person acts, rather than a bot.
CREATE FUNCTION margelle.is_person() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('margelle.scopes', true), '') = '' $$;
-- What the access key of the bot that acts lets it do.
CREATE FUNCTION margelle.holds(p_scope text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT p_scope = ANY (string_to_array(coalesce(current_setting('margelle.scopes', true), ''), ' ')) $$;
CREATE FUNCTION margelle.may_discuss() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT margelle.may_write() OR margelle.holds('threads:write') $$;
CREATE FUNCTION margelle.may_post_datasets() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT margelle.may_write() OR margelle.holds('datasets:write') $$;
CREATE FUNCTION margelle.is_moderator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('margelle.role', true) = 'moderator', false) $$;

-- ---- reference -----------------------------------------------------------------------------------------

CREATE TABLE margelle.actor_categories (
    category text PRIMARY KEY,
    position int NOT NULL,
    fr       text NOT NULL,
    en       text NOT NULL
);
INSERT INTO margelle.actor_categories VALUES
    ('authority', 1, 'Collectivité', 'Local authority'),
    ('developer', 2, 'Aménageur ou promoteur', 'Developer'),
    ('innovator', 3, 'Porteur de solution', 'Solution provider'),
    ('facilitator', 4, 'Accompagnateur', 'Facilitator'),
    ('research', 5, 'Recherche', 'Research'),
    ('social_economy', 6, 'Économie sociale et solidaire', 'Social economy'),
    ('association', 7, 'Association', 'Association'),
    ('resident', 8, 'Habitant, habitante', 'Resident'),
    ('user', 9, 'Usager', 'Service user');

CREATE TABLE margelle.themes (
    theme    text PRIMARY KEY,
    parent   text REFERENCES margelle.themes,
    position int NOT NULL,
    fr       text NOT NULL,
    en       text NOT NULL
);
INSERT INTO margelle.themes VALUES
    ('energie', NULL, 1, 'Énergie', 'Energy'),
    ('mobilite', NULL, 2, 'Mobilité', 'Mobility'),
    ('dechets', NULL, 3, 'Déchets et économie circulaire', 'Waste and circular economy'),
    ('construction', NULL, 4, 'Construction et réhabilitation', 'Building and renovation'),
    ('eau', NULL, 5, 'Eau et nature', 'Water and nature'),
    ('alimentation', NULL, 6, 'Alimentation et agriculture', 'Food and farming'),
    ('numerique', NULL, 7, 'Numérique et données', 'Digital and data'),
    ('logement', NULL, 8, 'Logement', 'Housing'),
    ('sante', NULL, 9, 'Santé et lien social', 'Health and social ties'),
    ('commerce', NULL, 10, 'Commerce et centre-ville', 'Shops and town centres'),
    ('gouvernance', NULL, 11, 'Gouvernance et participation', 'Governance and participation');

CREATE TABLE margelle.phases (
    phase    text PRIMARY KEY,
    position int NOT NULL,
    fr       text NOT NULL,
    en       text NOT NULL,
    steps    jsonb NOT NULL     -- the next steps of the phase: [{"fr": …, "en": …}, …]
);
INSERT INTO margelle.phases VALUES
    ('idea', 1, 'Idée', 'Idea', '[
        {"fr": "Décrire en cinq lignes ce qui ne va pas aujourd’hui", "en": "Describe in five lines what does not work today"},
        {"fr": "Inviter les personnes concernées, bénéficiaires compris", "en": "Invite the people concerned, those it is meant for included"}]'),
    ('need', 2, 'Besoin', 'Need', '[
        {"fr": "Écrire le besoin sans nommer de solution", "en": "Write down the need without naming a solution"},
        {"fr": "Rassembler les données du territoire", "en": "Gather the territory’s data"},
        {"fr": "Dire ce que serait une réussite, et comment on la mesurerait", "en": "Say what success would be, and how it would be measured"}]'),
    ('partnership', 3, 'Partenariat', 'Partnership', '[
        {"fr": "Dire qui apporte quoi : temps, terrain, argent, savoir-faire", "en": "Say who brings what: time, ground, money, know-how"},
        {"fr": "Choisir la forme : convention, marché, appel à projets", "en": "Choose the form: agreement, contract, call for projects"}]'),
    ('experiment', 4, 'Expérimentation', 'Experiment', '[
        {"fr": "Fixer le lieu, la durée et la mesure de départ", "en": "Set the place, the duration and the starting measure"},
        {"fr": "Tenir un journal de ce qui marche et de ce qui coince", "en": "Keep a log of what works and what does not"}]'),
    ('evaluation', 5, 'Évaluation', 'Evaluation', '[
        {"fr": "Comparer à la mesure de départ", "en": "Compare with the starting measure"},
        {"fr": "Recueillir l’avis des usagers", "en": "Hear what users say"},
        {"fr": "Décider : arrêter, corriger ou déployer", "en": "Decide: stop, correct or deploy"}]'),
    ('deployment', 6, 'Déploiement', 'Deployment', '[
        {"fr": "Publier la méthode, le financement et l’évaluation", "en": "Publish the method, the funding and the evaluation"},
        {"fr": "Organiser le suivi dans la durée", "en": "Organise the follow-up over time"}]');

-- Official codes: COG for communes, départements and régions, SIREN for EPCI. Filled by `margelle territories load`.
CREATE TABLE margelle.territories (
    code       text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('commune', 'epci', 'departement', 'region')),
    name       text NOT NULL,
    search_key text NOT NULL,       -- the name without accents or capitals
    PRIMARY KEY (code, kind)
);
CREATE INDEX territories_search ON margelle.territories (search_key text_pattern_ops);

-- ---- people --------------------------------------------------------------------------------------------

-- What others may see of a person, or of a bot. Erasing a person leaves this row under a pseudonym, as the author of what stays.
CREATE TABLE margelle.members (
    member_id  uuid PRIMARY KEY,
    kind       text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'bot')),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    created_at timestamptz NOT NULL DEFAULT now(),
    erased_at  timestamptz
);

-- What only the person sees. Erasing a person deletes this row.
CREATE TABLE margelle.accounts (
    member_id     uuid PRIMARY KEY REFERENCES margelle.members,
    email         text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    password_hash text,                                     -- Argon2id, PHC string
    language      text NOT NULL DEFAULT 'fr' CHECK (language IN ('fr', 'en')),
    time_zone     text NOT NULL DEFAULT 'Europe/Paris',
    notice        text NOT NULL DEFAULT 'daily' CHECK (notice IN ('daily', 'off')),
    noticed_at    timestamptz,
    administrator boolean NOT NULL DEFAULT false,
    locked_at     timestamptz,
    revision      int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX accounts_email ON margelle.accounts (lower(email));

CREATE TABLE margelle.organisations (
    organisation_id uuid PRIMARY KEY,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 160),
    category        text NOT NULL REFERENCES margelle.actor_categories,
    territory       text,
    themes          text[] NOT NULL DEFAULT '{}',
    siret           text CHECK (siret ~ '^\d{14}$'),
    state           text NOT NULL DEFAULT 'declared' CHECK (state IN ('declared', 'verified')),
    email_domain    text CHECK (email_domain = lower(email_domain)),    -- whose addresses are those of its people
    declared_by     uuid REFERENCES margelle.members,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX organisations_siret ON margelle.organisations (siret);
CREATE INDEX organisations_name ON margelle.organisations (lower(name) text_pattern_ops);

CREATE TABLE margelle.member_organisations (
    member_id       uuid NOT NULL REFERENCES margelle.members,
    organisation_id uuid NOT NULL REFERENCES margelle.organisations,
    title           text CHECK (length(title) <= 120),
    confirmed_at    timestamptz,                            -- by an administrator
    PRIMARY KEY (member_id, organisation_id)
);

-- Holds a row while the demonstration is being loaded, so that one that was interrupted is told from a whole one.
CREATE TABLE margelle.unfinished_demonstration (since timestamptz NOT NULL DEFAULT now());
ALTER TABLE margelle.unfinished_demonstration ENABLE ROW LEVEL SECURITY;

CREATE TABLE margelle.sessions (
    session_id     uuid PRIMARY KEY,
    member_id      uuid NOT NULL REFERENCES margelle.members,
    token_hash     bytea NOT NULL UNIQUE,                   -- SHA-256 of the cookie's token
    authentication text NOT NULL CHECK (authentication IN ('password', 'link', 'invitation')),
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_used_at   timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,
    user_agent     text NOT NULL DEFAULT '',
    address        text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_member ON margelle.sessions (member_id);

-- Single-use tokens that travel by e-mail.
CREATE TABLE margelle.mail_tokens (
    token_hash bytea PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('sign_in', 'set_password', 'stop_notices')),
    member_id  uuid NOT NULL REFERENCES margelle.members,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX mail_tokens_member ON margelle.mail_tokens (member_id);

-- Failed attempts (and, for mails, attempts), counted over a sliding window.
CREATE TABLE margelle.attempts (
    kind text NOT NULL,
    key  text NOT NULL,
    at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempts_key ON margelle.attempts (kind, key, at);
CREATE INDEX attempts_at ON margelle.attempts (at);

CREATE TABLE margelle.idempotency_keys (
    caller_id  uuid NOT NULL,                   -- who has entered: members are never deleted
    operation  text NOT NULL,
    key        text NOT NULL,
    body_hash  bytea NOT NULL,
    created_id text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller_id, operation, key)
);
CREATE INDEX idempotency_keys_at ON margelle.idempotency_keys (at);

-- Mails to send: kind, recipient and ids only. Text is rendered, tokens are minted, at each attempt.
CREATE TABLE margelle.outbox (
    mail_id       uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('sign_in', 'set_password', 'invitation', 'notice', 'nda_copy', 'nda_reminder', 'signature_request',
                                                   'access_ended')),
    member_id     uuid REFERENCES margelle.members,
    group_id      uuid,
    invitation_id uuid,
    signature_id  uuid,
    attempts      int NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL DEFAULT now(),
    created_at    timestamptz NOT NULL DEFAULT now(),
    sent_at       timestamptz,
    failed_at     timestamptz,
    failure       text                                      -- the server's last answer, for the administrator
);
CREATE INDEX outbox_due ON margelle.outbox (next_at) WHERE sent_at IS NULL AND failed_at IS NULL;
