-- Moments are bigint milliseconds since 1970 (columns end in _ms), by the server's clock unless the name says
-- otherwise; to_timestamp(x_ms / 1000.0) shows them.

CREATE TABLE desks (
    desk_id         text PRIMARY KEY CHECK (desk_id ~ '^[a-z0-9-]{1,40}$'),
    name            text NOT NULL,
    home_iso        text,                       -- country the post is in; null for the ministry
    is_ministry     boolean NOT NULL DEFAULT false,
    is_principal    boolean NOT NULL DEFAULT false, -- takes its countries' cases where no district fits
    countries       text[] NOT NULL DEFAULT '{}',
    district        jsonb,                      -- GeoJSON Polygon or MultiPolygon of a consular district
    time_zone       text,
    lat             double precision,
    lon             double precision,
    claim_target_s  integer NOT NULL DEFAULT 20 CHECK (claim_target_s BETWEEN 5 AND 3600)
);
CREATE UNIQUE INDEX desks_one_ministry ON desks (is_ministry) WHERE is_ministry;

CREATE TABLE staff (
    staff_id      uuid PRIMARY KEY,
    login         text NOT NULL UNIQUE,
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('dispatcher', 'supervisor', 'duty_officer', 'reviewer', 'administrator')),
    desk_id       text REFERENCES desks,
    password_hash text NOT NULL,
    disabled      boolean NOT NULL DEFAULT false,
    CHECK (role NOT IN ('dispatcher', 'supervisor') OR desk_id IS NOT NULL)
);

CREATE TABLE staff_sessions (
    token_hash bytea PRIMARY KEY,               -- SHA-256 of the cookie
    staff_id   uuid NOT NULL REFERENCES staff,
    ends_ms    bigint NOT NULL
);

CREATE TABLE feed_tickets (
    ticket_hash bytea PRIMARY KEY,              -- SHA-256
    staff_id    uuid NOT NULL REFERENCES staff,
    ends_ms     bigint NOT NULL
);

CREATE TABLE shifts (
    staff_id   uuid NOT NULL REFERENCES staff,
    desk_id    text NOT NULL REFERENCES desks,
    started_ms bigint NOT NULL,
    seen_ms    bigint NOT NULL,                 -- the officer's console was last connected
    ended_ms   bigint,
    PRIMARY KEY (staff_id, started_ms)
);
CREATE UNIQUE INDEX shifts_one_open ON shifts (staff_id) WHERE ended_ms IS NULL;

CREATE TABLE workers (
    worker_id        uuid PRIMARY KEY,
    name             text NOT NULL,
    phone            text,
    language         text NOT NULL DEFAULT 'vi',
    contract_country text,
    employer         text,
    address          text
);

CREATE TABLE enrolment_codes (
    code_hash  bytea PRIMARY KEY,               -- SHA-256 of the code in normal form
    code_id    uuid NOT NULL UNIQUE,
    worker_id  uuid NOT NULL REFERENCES workers,
    ends_ms    bigint NOT NULL,
    used_ms    bigint,
    device_id  uuid
);

CREATE TABLE devices (
    device_id   uuid PRIMARY KEY,
    worker_id   uuid NOT NULL REFERENCES workers,
    public_key  bytea NOT NULL,
    model       text,
    enrolled_ms bigint NOT NULL,
    revoked_ms  bigint
);

-- One key a subject (a worker, or a phone that is not known): without it the personal part of the subject's ledger
-- rows cannot be read any more. Wrapped with the service's secret.
CREATE TABLE subject_keys (
    subject     text PRIMARY KEY,
    wrapped_key bytea NOT NULL
);

CREATE SEQUENCE case_numbers;

CREATE TABLE cases (
    case_id         uuid PRIMARY KEY,
    case_no         bigint NOT NULL UNIQUE,
    subject         text NOT NULL,
    worker_id       uuid REFERENCES workers,
    version         integer NOT NULL CHECK (version > 0),
    last_seq        bigint NOT NULL,
    state           text NOT NULL CHECK (state IN ('open', 'claimed', 'closed')),
    priority        text NOT NULL CHECK (priority IN ('p1', 'p2', 'p3')),
    unanswered_press boolean NOT NULL,
    desk_id         text NOT NULL REFERENCES desks,
    watchers        text[] NOT NULL,
    routing         jsonb NOT NULL,
    unverified      text,
    kind            text,
    opened_ms       bigint NOT NULL,
    pressed_ms      bigint NOT NULL,
    presses         integer NOT NULL,
    claim_due_ms    bigint NOT NULL,
    rang_ms         bigint,
    seen_ms         bigint,
    cancelled_ms    bigint,
    unrung          uuid[] NOT NULL,
    unseen          uuid[] NOT NULL,
    unread          integer NOT NULL,
    battery_pct     integer,
    position        jsonb,                      -- newest fix, as the wire's FixView
    owner_id        uuid REFERENCES staff,
    owner_since_ms  bigint,
    closed_by       uuid REFERENCES staff,
    closed_ms       bigint,
    disposition     text,
    summary         text,
    last_did        text NOT NULL,
    last_by         uuid REFERENCES staff,
    last_at_ms      bigint NOT NULL,
    CHECK ((state = 'claimed') = (owner_id IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_ms IS NOT NULL AND disposition IS NOT NULL))
);
-- A worker has one matter at a time: a second press rings inside it.
CREATE UNIQUE INDEX cases_one_open_per_subject ON cases (subject) WHERE state <> 'closed';
CREATE INDEX cases_live ON cases (desk_id) WHERE state <> 'closed';
CREATE INDEX cases_closed ON cases (closed_ms DESC) WHERE state = 'closed';

CREATE TABLE alerts (
    alert_id    uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases,
    device_id   uuid,
    received_ms bigint NOT NULL,
    unverified  text,
    dropped     jsonb NOT NULL
);
CREATE INDEX alerts_case ON alerts (case_id, received_ms DESC);
CREATE INDEX alerts_device ON alerts (device_id, received_ms DESC) WHERE device_id IS NOT NULL;

-- Append-only: the audit trail, the order of events and the cursor that consoles and phones resume from.
CREATE TABLE ledger (
    seq      bigint PRIMARY KEY,
    at_ms    bigint NOT NULL,
    case_id  uuid NOT NULL REFERENCES cases,
    desk_id  text NOT NULL,
    actor    text NOT NULL CHECK (actor IN ('worker', 'staff', 'service')),
    actor_id uuid,
    kind     text NOT NULL,
    ref_id   uuid,                              -- alert, message or note that the entry is about
    facts    text NOT NULL,                     -- JSON, byte for byte as hashed
    sealed   bytea NOT NULL,                    -- personal part, encrypted with the subject's key
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE INDEX ledger_case ON ledger (case_id, seq);
-- A repeat of a message, note, press or cancellation is refused here, whatever else fails.
CREATE UNIQUE INDEX ledger_once ON ledger (kind, ref_id) WHERE ref_id IS NOT NULL;

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- Locked last in every transaction that writes the ledger: seq has no gaps, and commit order is seq order.
CREATE TABLE ledger_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq  bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO ledger_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Stream entries that could not be recorded, with the reason; kept for a person to look at.
CREATE TABLE quarantine (
    entry_id text PRIMARY KEY,
    at_ms    bigint NOT NULL,
    reason   text NOT NULL,
    subject  text NOT NULL,
    sealed   bytea NOT NULL
);

CREATE TABLE fixes (
    server_ms   bigint NOT NULL,
    alert_id    uuid NOT NULL,
    fix_id      uuid NOT NULL,
    lat         double precision NOT NULL,
    lon         double precision NOT NULL,
    accuracy_m  double precision,
    fix_ms      bigint,
    source      text,
    speed_mps   double precision,
    heading_deg double precision,
    battery_pct integer,
    PRIMARY KEY (alert_id, fix_id, server_ms)
) PARTITION BY RANGE (server_ms);
CREATE TABLE fixes_rest PARTITION OF fixes DEFAULT;

-- Desk scoping once more, below the service: the service's own work runs with scope '*', an officer's request with
-- the officer's desk.
ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
CREATE POLICY cases_in_scope ON cases USING (
    current_setting('sos.scope', true) = '*'
    OR desk_id = current_setting('sos.scope', true)
    OR current_setting('sos.scope', true) = ANY (watchers)
);
ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_in_scope ON ledger USING (
    current_setting('sos.scope', true) = '*'
    OR EXISTS (SELECT 1 FROM cases c WHERE c.case_id = ledger.case_id)
);

-- A case with the names that go with it.
CREATE VIEW case_views WITH (security_invoker = true) AS
SELECT c.*, w.name AS worker_name, o.name AS owner_name, b.name AS closed_by_name, l.name AS last_by_name,
       d.name AS desk_name
FROM cases c
JOIN desks d ON d.desk_id = c.desk_id
LEFT JOIN workers w ON w.worker_id = c.worker_id
LEFT JOIN staff o ON o.staff_id = c.owner_id
LEFT JOIN staff b ON b.staff_id = c.closed_by
LEFT JOIN staff l ON l.staff_id = c.last_by;

-- A ledger row with what it takes to read it.
CREATE VIEW ledger_views WITH (security_invoker = true) AS
SELECT l.seq, l.at_ms, l.case_id, l.actor, l.actor_id, s.name AS actor_name, l.ref_id, l.facts, l.sealed,
       c.subject, k.wrapped_key
FROM ledger l
JOIN cases c ON c.case_id = l.case_id
LEFT JOIN staff s ON s.staff_id = l.actor_id
LEFT JOIN subject_keys k ON k.subject = c.subject;

-- The same with the case as it is now and its newest alerts: what consoles and phones are told.
CREATE VIEW ledger_entries WITH (security_invoker = true) AS
SELECT l.*, to_jsonb(v) AS view,
       (SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]'::jsonb)
        FROM (SELECT alert_id, device_id, received_ms AS received_at FROM alerts a
              WHERE a.case_id = l.case_id ORDER BY received_ms DESC, alert_id LIMIT 20) a) AS alerts
FROM ledger_views l
JOIN case_views v ON v.case_id = l.case_id;
