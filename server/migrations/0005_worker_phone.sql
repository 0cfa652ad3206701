-- PINs, cards and borrowed phones, safe check-ins, drills, attachments.

-- Of a worker, for all of their phones: two PINs, hashed. The second one looks like the first to whoever watches.
CREATE TABLE worker_pins (
    worker_id   uuid PRIMARY KEY REFERENCES workers,
    pin_hash    text NOT NULL,                  -- argon2id of an HMAC with a key of the service: useless without its secret
    other_hash  text NOT NULL,
    set_ms      bigint NOT NULL,
    tries       integer NOT NULL DEFAULT 0,     -- since the last right one, counted before they are looked at
    closed_until_ms bigint NOT NULL DEFAULT 0   -- no PIN is looked at before
);

-- A card that the worker carries: with it and a PIN somebody else's phone speaks for the worker.
CREATE TABLE worker_cards (
    card_hash  bytea PRIMARY KEY,               -- SHA-256 of the code in normal form
    worker_id  uuid NOT NULL REFERENCES workers,
    issued_ms  bigint NOT NULL,
    revoked_ms bigint
);
CREATE INDEX worker_cards_worker ON worker_cards (worker_id);

ALTER TABLE devices ADD COLUMN borrowed_until_ms bigint;                 -- somebody else's phone, until then
ALTER TABLE devices ADD COLUMN duress boolean NOT NULL DEFAULT false;    -- signed in with the second PIN
CREATE INDEX devices_borrowed ON devices (worker_id) WHERE borrowed_until_ms IS NOT NULL;

CREATE TABLE check_ins (
    check_in_id uuid PRIMARY KEY,
    worker_id   uuid NOT NULL REFERENCES workers,
    device_id   uuid NOT NULL REFERENCES devices,
    at_ms       bigint NOT NULL,                -- received, less the time that it waited on the phone
    received_ms bigint NOT NULL,
    position    jsonb                           -- as the wire's Fix
);
CREATE INDEX check_ins_worker ON check_ins (worker_id, at_ms DESC);
CREATE INDEX check_ins_received ON check_ins (worker_id, received_ms);

ALTER TABLE cases ADD COLUMN duress_ms bigint;
ALTER TABLE cases ADD COLUMN drill boolean NOT NULL DEFAULT false;

-- A node of the version before, still running, writes whole rows that do not say it: its SOS is recorded all the same.
CREATE FUNCTION case_is_no_drill_unless_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.drill := coalesce(NEW.drill, false);
    RETURN NEW;
END $$;
CREATE TRIGGER cases_drill BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_is_no_drill_unless_said();

-- Photos and voice notes; their bytes are files beside the database.
CREATE TABLE attachments (
    attachment_id  uuid PRIMARY KEY,
    alert_id       uuid NOT NULL REFERENCES alerts,
    case_id        uuid NOT NULL,               -- the alert's; no reference, which would wait for whoever changes the case
    device_id      uuid NOT NULL REFERENCES devices,
    subject        text NOT NULL,               -- whose key the files are sealed with
    media          text NOT NULL CHECK (media IN ('photo', 'voice')),
    bytes          integer NOT NULL CHECK (bytes > 0),
    sha256         text NOT NULL,
    received_bytes integer NOT NULL DEFAULT 0 CHECK (received_bytes BETWEEN 0 AND bytes),
    stored_bytes   integer NOT NULL DEFAULT 0,  -- length of the sealed parts in their file: what stands behind counts for nothing
    -- whole: checked and in place, officers may see it, but the entry in the ledger is not sure yet
    state          text NOT NULL DEFAULT 'receiving' CHECK (state IN ('receiving', 'whole', 'complete', 'refused')),
    content_type   text,                        -- by its content, once it was checked
    begun_ms       bigint NOT NULL,
    changed_ms     bigint NOT NULL
);
CREATE INDEX attachments_case ON attachments (case_id);
CREATE INDEX attachments_of_device ON attachments (device_id) WHERE state IN ('receiving', 'whole');
CREATE INDEX attachments_unsettled ON attachments (changed_ms) WHERE state <> 'complete';
ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY attachments_in_scope ON attachments USING (
    current_setting('sos.scope', true) = '*'
    OR EXISTS (SELECT 1 FROM cases c WHERE c.case_id = attachments.case_id)
);

-- The views name their columns when they are made: anew, with what cases have got.
DROP VIEW ledger_entries;
DROP VIEW case_views;

CREATE VIEW case_views WITH (security_invoker = true) AS
SELECT c.*, w.name AS worker_name, o.name AS owner_name, b.name AS closed_by_name, l.name AS last_by_name,
       d.name AS desk_name
FROM cases c
JOIN desks d ON d.desk_id = c.desk_id
LEFT JOIN workers w ON w.worker_id = c.worker_id
LEFT JOIN staff o ON o.staff_id = c.owner_id
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
