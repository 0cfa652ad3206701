-- How long the latest press had waited on the phone before it was sent, by the phone's own count.
ALTER TABLE cases ADD COLUMN waited_ms bigint CHECK (waited_ms >= 0);

DROP VIEW ledger_entries;
DROP VIEW case_views;

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

-- A ledger row with the case as it is now and its newest alerts: what consoles and phones are told. The alert that the
-- row is about is always among them, however many came after it.
CREATE VIEW ledger_entries WITH (security_invoker = true) AS
SELECT l.*, to_jsonb(v) AS view,
       (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.received_at DESC, a.alert_id), '[]'::jsonb)
        FROM ((SELECT alert_id, device_id, received_ms AS received_at FROM alerts a
               WHERE a.case_id = l.case_id ORDER BY received_ms DESC, alert_id LIMIT 20)
              UNION (SELECT alert_id, device_id, received_ms FROM alerts a
                     WHERE a.alert_id = l.ref_id AND a.case_id = l.case_id)) a) AS alerts
FROM ledger_views l
JOIN case_views v ON v.case_id = l.case_id;
