-- The list of incident reports: what there is to look for, made anew from the ledger with every entry that changes it. The
-- reports themselves are in the ledger alone; no word of them is here. A closed case that need not have one has a row
-- once somebody writes one. Cases that were closed before this have a row from the next entry of their report on.
CREATE TABLE reports (
    case_id   uuid PRIMARY KEY REFERENCES cases,
    case_no   bigint NOT NULL UNIQUE,
    state     text NOT NULL CHECK (state IN ('draft', 'submitted', 'returned', 'accepted')),
    version   integer NOT NULL CHECK (version >= 0), -- 0: nobody has saved anything yet
    required  text[] NOT NULL,                  -- why there must be one; empty: there need not be
    closed_ms bigint,                           -- null: the case is open again
    due_ms    bigint,                           -- by when the desk owes it; null: it does not now
    open_due  date[] NOT NULL                   -- of each measure that is not done, the day by whose end it is to be
);
-- What somebody still has to do something about.
CREATE INDEX reports_open ON reports (case_no DESC) WHERE state <> 'accepted' OR open_due <> '{}';

ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports FORCE ROW LEVEL SECURITY;
CREATE POLICY reports_in_scope ON reports USING (
    current_setting('sos.scope', true) = '*'
    OR EXISTS (SELECT 1 FROM cases c WHERE c.case_id = reports.case_id)
);
