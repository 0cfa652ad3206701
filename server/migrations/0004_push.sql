-- Where a phone can be told something while its app sleeps: one target a device, the newest.
CREATE TABLE push_targets (
    device_id uuid PRIMARY KEY REFERENCES devices,
    target_id uuid NOT NULL,                    -- another one with each change of the target
    kind      text NOT NULL CHECK (kind IN ('fcm', 'web')),
    subject   text NOT NULL,                    -- whose key it is sealed with
    sealed    bytea NOT NULL,                   -- token or subscription, JSON
    set_ms    bigint NOT NULL
);

-- That a phone is to be told of a ledger entry. The words are made from the entry when they are sent.
CREATE TABLE push_jobs (
    device_id uuid NOT NULL REFERENCES push_targets ON DELETE CASCADE,
    seq       bigint NOT NULL,
    kind      text NOT NULL,                    -- of the device's target
    due_ms    bigint NOT NULL,                  -- not to be sent before; while somebody sends it, when that counts as failed
    ends_ms   bigint NOT NULL,                  -- not to be sent after
    tries     integer NOT NULL DEFAULT 0,
    PRIMARY KEY (device_id, seq)
);
CREATE INDEX push_jobs_due ON push_jobs (kind, due_ms);

-- Up to where the ledger was gone through for jobs. Whoever holds its lock does so for all nodes.
CREATE TABLE push_cursor (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq bigint NOT NULL
);
INSERT INTO push_cursor (seq) SELECT seq FROM ledger_head;
