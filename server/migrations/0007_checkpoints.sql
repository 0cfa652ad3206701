-- A Merkle tree over the ledger (RFC 9162): entry seq is leaf seq - 1. What is kept of it are the hashes of complete subtrees,
-- from 256 leaves up, so that a proof over millions of entries reads few rows.
CREATE TABLE ledger_nodes (
    level smallint NOT NULL CHECK (level >= 8), -- over 2^level leaves
    place bigint NOT NULL,                      -- subtrees of this level left of it
    hash  bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, place)
);
CREATE TRIGGER ledger_nodes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- Roots of that tree, signed. They are worth something where they are kept elsewhere as well.
CREATE TABLE checkpoints (
    tree_size  bigint PRIMARY KEY CHECK (tree_size > 0),
    root       bytea NOT NULL CHECK (octet_length(root) = 32),
    at_ms      bigint NOT NULL,
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 65), -- P-256, uncompressed point
    signature  bytea NOT NULL CHECK (octet_length(signature) = 64)   -- ES256, r and s
);
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- Locked by whoever makes the tree grow: one node at a time.
CREATE TABLE ledger_tree (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    log_id uuid NOT NULL DEFAULT gen_random_uuid(), -- which ledger this is, whatever key signs it
    size   bigint NOT NULL DEFAULT 0                -- leaves under ledger_nodes, a multiple of 256
);
INSERT INTO ledger_tree DEFAULT VALUES;
