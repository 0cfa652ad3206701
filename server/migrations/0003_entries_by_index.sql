-- As before, but the case is looked up for each row. Joined as a whole row, all cases were put together for each reading of
-- the ledger, and a burst of new ones made every reading slower than the one before.
DROP VIEW ledger_entries;

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
