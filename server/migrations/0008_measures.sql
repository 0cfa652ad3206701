-- What figures are counted from.

-- What is measured of a case: made from the ledger alone by whoever follows it. No reference to the case, as in escalations.
CREATE TABLE measures (
    case_id        uuid PRIMARY KEY,
    place          integer NOT NULL UNIQUE,     -- from 0, without gaps: where nodes keep it in memory
    changed        bigint NOT NULL,             -- the ledger's seq of the last entry that was measured in it
    desk_id        text NOT NULL,               -- held it last
    country        text,
    kind           text,
    disposition    text,
    drill          boolean NOT NULL,
    unverified     boolean NOT NULL,
    opened_ms      bigint NOT NULL,
    waited_ms      bigint,
    claim_due_ms   bigint,
    rang_ms        bigint,
    seen_ms        bigint,
    claimed_ms     bigint,
    closed_ms      bigint,
    steps_targets  integer NOT NULL,
    steps_ministry integer NOT NULL,
    steps_nobody   integer NOT NULL,
    steps_later    integer NOT NULL,
    claimed_after  boolean NOT NULL,
    transfers      integer NOT NULL,
    reopenings     integer NOT NULL,
    forced         boolean NOT NULL,
    CHECK ((closed_ms IS NULL) = (disposition IS NULL))
);
-- Nodes read what changed since they last looked.
CREATE UNIQUE INDEX measures_changed ON measures (changed);

ALTER TABLE measures ENABLE ROW LEVEL SECURITY;
ALTER TABLE measures FORCE ROW LEVEL SECURITY;
CREATE POLICY measures_in_scope ON measures USING (
    current_setting('sos.scope', true) = '*' OR desk_id = current_setting('sos.scope', true)
);

-- Up to where the ledger was gone through for measures. Whoever holds its lock does so for all nodes. It begins at the
-- beginning: a service that was there before measures what it has by itself.
CREATE TABLE measures_cursor (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq    bigint NOT NULL,
    cases  integer NOT NULL,                    -- how many there are
    era    integer NOT NULL                     -- another one whenever they are counted anew
);
INSERT INTO measures_cursor (seq, cases, era) VALUES (0, 0, 0);

-- What a desk is to reach, as [{"within_s": 15, "wanted_pct": 90}]; null: what holds for all.
ALTER TABLE desks ADD COLUMN answer_targets jsonb;
