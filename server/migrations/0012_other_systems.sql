-- Open statistics: months as they were published. A row is never changed; a correction is another version.
CREATE TABLE open_months (
    month        text NOT NULL,                 -- 2026-01
    version      integer NOT NULL CHECK (version > 0),
    time_zone    text NOT NULL,
    published_ms bigint NOT NULL,
    up_to_seq    bigint NOT NULL,               -- the ledger was counted up to here
    withdrawn    boolean NOT NULL DEFAULT false,
    rows         jsonb NOT NULL,                -- as they were published; of one that is withdrawn: []
    PRIMARY KEY (month, version)
);

-- Whoever holds its lock publishes for all nodes; they see by `changes` that there is something new.
CREATE TABLE open_data (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    changes   bigint NOT NULL
);
INSERT INTO open_data (changes) VALUES (0);

-- Tokens with which other systems read. The token itself is not kept.
CREATE TABLE api_tokens (
    token_id     uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE,
    name         text NOT NULL,
    desk_id      text REFERENCES desks,         -- null: of all
    purposes     text[] NOT NULL CHECK (purposes <@ '{figures,reports}' AND purposes <> '{}'),
    made_ms      bigint NOT NULL,
    expires_ms   bigint NOT NULL,
    revoked_ms   bigint,
    last_used_ms bigint
);
CREATE TABLE api_token_days (
    token_id uuid NOT NULL REFERENCES api_tokens,
    day      text NOT NULL,                     -- 2026-01-31, UTC
    uses     integer NOT NULL,
    PRIMARY KEY (token_id, day)
);

-- Webhooks that are told of what happens, beside those that are told to wake somebody.
ALTER TABLE webhooks
    ADD COLUMN events text[] NOT NULL DEFAULT '{}'
        CHECK (events <@ '{case_opened,case_closed,report_accepted}'),
    ADD COLUMN format text NOT NULL DEFAULT 'json' CHECK (format IN ('json', 'cap'));

-- Up to where each of them was told of the ledger. It begins at the ledger's end.
CREATE TABLE webhook_feeds (
    webhook_id       uuid PRIMARY KEY REFERENCES webhooks,
    seq              bigint NOT NULL,
    due_ms           bigint NOT NULL DEFAULT 0, -- not to be tried before; while somebody tries it, when that counts as failed
    tries            integer NOT NULL DEFAULT 0, -- of the entry behind `seq`
    failing_since_ms bigint,                    -- null: the latest call was taken
    fault            text,
    given_up         integer NOT NULL DEFAULT 0, -- entries that were never taken
    told_ms          bigint                     -- when a call was last taken
);
