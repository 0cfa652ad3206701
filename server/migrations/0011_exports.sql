-- Files that officers take away. Whoever asks for one waits for nobody; a node makes it, one at a time.
CREATE TABLE exports (
    export_id   uuid PRIMARY KEY,                   -- made by whoever asks
    staff_id    uuid REFERENCES staff,              -- null: by schedule
    schedule    text UNIQUE,                        -- what makes one of that schedule the only one: monthly/2026-10
    wanted      jsonb NOT NULL,                     -- as it was asked for
    state       text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'gone')),
    fault       text,
    file_name   text NOT NULL,
    asked_ms    bigint NOT NULL,
    made_ms     bigint,
    expires_ms  bigint,
    tries       smallint NOT NULL DEFAULT 0,        -- how often a node has begun it
    lease       uuid,                               -- of the try that is under way; what another one writes is refused
    lease_ms    bigint,                             -- until then no other node takes it
    done        integer NOT NULL DEFAULT 0,
    steps       integer NOT NULL DEFAULT 0,         -- of so many
    bytes       bigint NOT NULL DEFAULT 0,
    sha256      bytea CHECK (octet_length(sha256) = 32),
    seen_by     text,                               -- whose cases are in it: a desk; null: all
    CHECK ((staff_id IS NULL) = (schedule IS NOT NULL)),
    CHECK ((state = 'running') = (lease IS NOT NULL)),
    CHECK ((state = 'failed') = (fault IS NOT NULL)),
    CHECK (state <> 'done' OR (sha256 IS NOT NULL AND made_ms IS NOT NULL AND expires_ms IS NOT NULL))
);
CREATE INDEX exports_to_make ON exports (asked_ms) WHERE state IN ('waiting', 'running');
CREATE INDEX exports_of ON exports (staff_id, asked_ms);
CREATE INDEX exports_end ON exports (expires_ms);

-- Their bytes; every part but the last has 1 MiB, so that one is found without the others.
CREATE TABLE export_parts (
    export_id uuid NOT NULL REFERENCES exports ON DELETE CASCADE,
    part      integer NOT NULL CHECK (part >= 0),
    bytes     bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 1048576),
    PRIMARY KEY (export_id, part)
);
-- They are packed already, or read once.
ALTER TABLE export_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Who has fetched a file, and when that was last written down: one that goes on after a broken line is the same fetch.
CREATE TABLE export_fetches (
    export_id uuid NOT NULL REFERENCES exports ON DELETE CASCADE,
    staff_id  uuid NOT NULL REFERENCES staff,
    at_ms     bigint NOT NULL,
    PRIMARY KEY (export_id, staff_id)
);
