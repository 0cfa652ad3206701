-- The dispatcher's shift: work on cases, cover, escalation, administration.

ALTER TABLE cases
    ADD COLUMN assigned_id  uuid REFERENCES staff,   -- was asked to take it
    ADD COLUMN assigned_ms  bigint,
    ADD COLUMN offered_to   text REFERENCES desks,   -- among the watchers; the holder holds it until that desk takes it
    ADD COLUMN offered_ms   bigint,
    ADD COLUMN helpers      text[] NOT NULL DEFAULT '{}', -- those of the watchers that may write in it
    ADD COLUMN tags         text[] NOT NULL DEFAULT '{}',
    ADD COLUMN links        uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN escalated_ms bigint,                  -- when somebody was last told that nobody answers
    ADD COLUMN nobody_told  boolean NOT NULL DEFAULT false, -- and then there was nobody who could be told
    ADD COLUMN fix_asked_ms bigint;

-- A node of the version before, still running, writes whole rows that do not say these: its SOS is recorded all the same.
DROP TRIGGER cases_drill ON cases;
DROP FUNCTION case_is_no_drill_unless_said();
CREATE FUNCTION case_has_what_is_not_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.drill := coalesce(NEW.drill, false);
    NEW.helpers := coalesce(NEW.helpers, '{}');
    NEW.tags := coalesce(NEW.tags, '{}');
    NEW.links := coalesce(NEW.links, '{}');
    NEW.nobody_told := coalesce(NEW.nobody_told, false);
    RETURN NEW;
END $$;
CREATE TRIGGER cases_not_said BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_has_what_is_not_said();

CREATE INDEX cases_latest ON cases (opened_ms DESC);

-- How far the telling has got for a case. The row stays when nothing runs: its runs never fall. No reference to the
-- case: whoever follows the ledger would wait for whoever changes one case, and all the others with it.
CREATE TABLE escalations (
    case_id      uuid PRIMARY KEY,
    runs         integer NOT NULL DEFAULT 0,    -- the largest run that it ever had
    followed_seq bigint NOT NULL,               -- it stands for the case's history up to here; a step waits for the rest
    due_ms       bigint,                        -- of the next step; null: nothing runs
    state        jsonb,                         -- as core's Escalation
    CHECK ((due_ms IS NULL) = (state IS NULL))
);
CREATE INDEX escalations_due ON escalations (due_ms) WHERE due_ms IS NOT NULL;

-- Up to where the ledger was gone through for escalations. Whoever holds its lock does so for all nodes. Begins with
-- the oldest case that nobody has closed.
CREATE TABLE escalation_cursor (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq bigint NOT NULL,
    attended text[] NOT NULL DEFAULT '{}'       -- desks at which somebody was signed in at the last look
);
INSERT INTO escalation_cursor (seq)
SELECT coalesce((SELECT min(l.seq) - 1 FROM ledger l JOIN cases c USING (case_id) WHERE c.state <> 'closed'), h.seq)
FROM ledger_head h;

-- Where an officer can be told away from the console.
CREATE TABLE staff_channels (
    channel_id uuid PRIMARY KEY,
    staff_id   uuid NOT NULL REFERENCES staff,
    kind       text NOT NULL CHECK (kind IN ('web', 'fcm', 'mail')),
    label      text NOT NULL,
    target_id  uuid NOT NULL,                   -- another one with each change of the target
    sealed     bytea NOT NULL,                  -- the target, JSON, sealed with the key of `staff:<id>`
    set_ms     bigint NOT NULL
);
CREATE INDEX staff_channels_staff ON staff_channels (staff_id);

CREATE INDEX staff_who_answer ON staff (desk_id) WHERE role IN ('supervisor', 'duty_officer') AND NOT disabled;

CREATE TABLE webhooks (
    webhook_id uuid PRIMARY KEY,
    desk_id    text REFERENCES desks,           -- null: for all
    name       text NOT NULL,
    url        text NOT NULL,
    sealed_key bytea NOT NULL,                  -- sealed with the key of `webhook:<id>`
    enabled    boolean NOT NULL DEFAULT true,
    version    integer NOT NULL DEFAULT 1,
    removed_ms bigint
);

-- That somebody is to be told, once, by one channel, and what became of it.
CREATE TABLE notifications (
    notification_id uuid PRIMARY KEY,
    -- what it is about: `step/<case>/<run>/<round>/<step>`, `entry/<seq>`, `test/<uuid>`
    cause      text NOT NULL,
    case_id    uuid,                            -- no reference, as in escalations
    run        integer NOT NULL,
    round      integer NOT NULL,
    step       integer NOT NULL,
    staff_id   uuid REFERENCES staff,
    webhook_id uuid REFERENCES webhooks,
    channel    text NOT NULL CHECK (channel IN ('console', 'web', 'fcm', 'mail', 'webhook')),
    channel_id uuid,                            -- of the officer's; no reference: it may go, the record stays
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    tries      integer NOT NULL DEFAULT 0,
    fault      text,
    made_ms    bigint NOT NULL,
    due_ms     bigint NOT NULL,                 -- not to be tried before; while somebody tries it, when that counts as failed
    ends_ms    bigint NOT NULL,                 -- not to be tried after
    settled_ms bigint,
    CHECK ((staff_id IS NULL) <> (webhook_id IS NULL)),
    UNIQUE NULLS NOT DISTINCT (cause, staff_id, webhook_id, channel, channel_id)
);
CREATE INDEX notifications_due ON notifications (channel, due_ms) WHERE state = 'waiting';
CREATE INDEX notifications_case ON notifications (case_id, made_ms DESC) WHERE case_id IS NOT NULL;
CREATE INDEX notifications_channel ON notifications (channel_id, made_ms DESC) WHERE channel_id IS NOT NULL;
CREATE INDEX notifications_webhook ON notifications (webhook_id, made_ms DESC) WHERE webhook_id IS NOT NULL;

CREATE TABLE rotas (
    rota_id    uuid PRIMARY KEY,
    desk_id    text NOT NULL REFERENCES desks,
    version    integer NOT NULL,
    rota       jsonb NOT NULL,                  -- as the wire's Rota
    removed_ms bigint
);
CREATE INDEX rotas_desk ON rotas (desk_id) WHERE removed_ms IS NULL;

CREATE TABLE policies (
    desk_id text PRIMARY KEY REFERENCES desks,
    version integer NOT NULL,
    policy  jsonb NOT NULL                      -- as the wire's Policy
);

-- Telephone numbers that were changed; the others are as the data files have them.
CREATE TABLE numbers (
    key     text PRIMARY KEY,
    version integer NOT NULL,
    number  jsonb NOT NULL                      -- as the wire's NumberEntry
);

-- One of each: holidays, texts.
CREATE TABLE documents (
    kind    text PRIMARY KEY CHECK (kind IN ('holidays', 'texts')),
    version integer NOT NULL,
    document jsonb NOT NULL
);

ALTER TABLE desks ADD COLUMN version integer NOT NULL DEFAULT 1;

-- How often the account was signed out everywhere: a feed that was let in before the latest time ends.
ALTER TABLE staff ADD COLUMN sign_outs integer NOT NULL DEFAULT 0;

-- Without marks and in lower case, as people type who look for somebody.
CREATE FUNCTION sos_folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $$
    SELECT lower(translate(regexp_replace(normalize($1, NFD), U&'[\0300-\036F]', '', 'g'), 'Đđ', 'Dd'))
$$;

-- Lists of workers are compared with those that are there.
CREATE INDEX workers_name ON workers (name);

-- Every change of what administrators keep, chained as the ledger of the cases is.
CREATE TABLE admin_ledger (
    seq      bigint PRIMARY KEY,
    at_ms    bigint NOT NULL,
    staff_id uuid REFERENCES staff,             -- null: at the command line
    kind     text NOT NULL,
    subject  text NOT NULL,
    facts    text NOT NULL,                     -- JSON, byte for byte as hashed
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TRIGGER admin_ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TABLE admin_ledger_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq  bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO admin_ledger_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- The views name their columns when they are made: anew, with what cases have got.
DROP VIEW ledger_entries;
DROP VIEW case_views;

CREATE VIEW case_views WITH (security_invoker = true) AS
SELECT c.*, w.name AS worker_name, w.employer, w.address, o.name AS owner_name, a.name AS assigned_name,
       b.name AS closed_by_name, l.name AS last_by_name, d.name AS desk_name
FROM cases c
JOIN desks d ON d.desk_id = c.desk_id
LEFT JOIN workers w ON w.worker_id = c.worker_id
LEFT JOIN staff o ON o.staff_id = c.owner_id
LEFT JOIN staff a ON a.staff_id = c.assigned_id
LEFT JOIN staff b ON b.staff_id = c.closed_by
LEFT JOIN staff l ON l.staff_id = c.last_by;

-- A ledger row with the case as it is now and its newest alerts: what consoles and phones are told. The alert that the
-- row is about is always among them, however many came after it.
CREATE VIEW ledger_entries WITH (security_invoker = true) AS
SELECT l.*, (SELECT to_jsonb(v) FROM case_views v WHERE v.case_id = l.case_id) AS view,
       (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.received_at DESC, a.alert_id), '[]'::jsonb)
        FROM ((SELECT alert_id, device_id, received_ms AS received_at FROM alerts a
               WHERE a.case_id = l.case_id ORDER BY received_ms DESC, alert_id LIMIT 20)
              UNION (SELECT alert_id, device_id, received_ms FROM alerts a
                     WHERE a.alert_id = l.ref_id AND a.case_id = l.case_id)) a) AS alerts
FROM ledger_views l;
