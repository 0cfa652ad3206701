//! The ledger: the one place that writes a change, and the reading of it.

use std::collections::HashSet;

use sos_core::entry::{AlertRef, LedgerEntry};
use sos_core::ledger::{self, Chain, Row};
use sos_core::recording::{CaseView, Changes};
use sos_protocol::case::TimelineEntry;
use sos_protocol::{Actor, AlertId, CaseId, DeskId, DeviceId, Seq, StaffId, UnixMs};
use uuid::Uuid;

use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::seal::Sealer;

/// Kinds of entries by which what phones say is known when it comes again.
const SAID: [&str; 5] = ["cancelled", "duress", "attachment", "message", "delivered"];

impl Store {
    /// Writes `changes` and commits, if there is anything to say. The head of the ledger is locked last, so that `seq` has no
    /// gaps and commit order is `seq` order.
    ///
    /// # Errors
    /// When Postgres does not do it; after a timeout it is not known whether it did.
    pub(crate) async fn commit(
        &self,
        mut tx: Tx,
        mut changes: Changes,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        if changes.drafts.is_empty() {
            return Ok(());
        }
        let mut subjects: Vec<String> = changes.drafts.iter().map(|d| d.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let keys = self.keys(&mut tx, &subjects).await?;
        self.list_reports_of(&mut tx, &changes, now).await?;

        let head = sqlx::query!("SELECT seq, hash FROM ledger_head FOR UPDATE").fetch_one(&mut *tx).await?;
        let first = Seq(head.seq + 1);
        let rows = changes.place(first, now, |draft, seq, personal| {
            let key = self.key_in(&keys, &draft.subject)?;
            Ok::<_, StoreError>(self.sealer.seal(&key, &context(draft.case_id, seq), personal.as_bytes()))
        })?;
        self.save_cases(&mut tx, &changes.cases).await?;
        if !changes.alerts.is_empty() {
            self.save_alerts(&mut tx, &changes.alerts).await?;
        }
        self.append(&mut tx, &rows, head.hash).await?;
        Ok(tx.commit().await?)
    }

    async fn append(&self, tx: &mut Tx, rows: &[Row], head: Vec<u8>) -> Result<(), StoreError> {
        let mut prev: ledger::Hash = head.try_into().map_err(|_| StoreError::Sealed)?;
        let hashes: Vec<Vec<u8>> = rows
            .iter()
            .map(|row| {
                prev = ledger::hash(&prev, row);
                prev.to_vec()
            })
            .collect();
        let column = |f: fn(&Row) -> String| rows.iter().map(f).collect::<Vec<_>>();
        sqlx::query!(
            "INSERT INTO ledger (seq, at_ms, case_id, desk_id, actor, actor_id, kind, ref_id, facts, sealed, hash)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::uuid[],
                                  $7::text[], $8::uuid[], $9::text[], $10::bytea[], $11::bytea[])",
            &rows.iter().map(|row| row.seq.0).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.at.0).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.case_id.0).collect::<Vec<_>>(),
            &column(|row| row.desk.0.clone()),
            &column(|row| row.actor.clone()),
            &rows.iter().map(|row| row.actor_id).collect::<Vec<_>>() as &[Option<Uuid>],
            &column(|row| row.kind.clone()),
            &rows.iter().map(|row| row.ref_id).collect::<Vec<_>>() as &[Option<Uuid>],
            &column(|row| row.facts.clone()),
            &rows.iter().map(|row| row.sealed.clone()).collect::<Vec<_>>(),
            &hashes
        )
        .execute(&mut **tx)
        .await?;
        let last = rows.last().map_or(0, |row| row.seq.0);
        let moved = sqlx::query!(
            "UPDATE ledger_head SET seq = $1, hash = $2 WHERE seq = $1::bigint - $3::bigint",
            last,
            prev.as_slice(),
            i64::try_from(rows.len()).unwrap_or(i64::MAX)
        )
        .execute(&mut **tx)
        .await?;
        if moved.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Sql(sqlx::Error::RowNotFound)) }
    }

    /// Which of these ids the ledger has, and as what.
    pub(crate) async fn said(
        &self,
        tx: &mut Tx,
        ids: &[Uuid],
    ) -> Result<HashSet<(&'static str, Uuid)>, StoreError> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let rows = sqlx::query!(
            r#"SELECT kind, ref_id AS "ref_id!" FROM ledger
               WHERE kind = ANY($1::text[]) AND ref_id = ANY($2)"#,
            &SAID.map(str::to_owned),
            ids
        )
        .fetch_all(&mut **tx)
        .await?;
        let word = |kind: &str| SAID.into_iter().find(|w| *w == kind);
        Ok(rows.into_iter().filter_map(|row| Some((word(&row.kind)?, row.ref_id))).collect())
    }

    /// Whether a case has an entry about this alert, message or note.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn has_entry(&self, id: CaseId, reference: Uuid) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            Ok(sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT 1 FROM ledger WHERE case_id = $1 AND ref_id = $2) AS "has!""#,
                id.0,
                reference
            )
            .fetch_one(&self.pool)
            .await?)
        })
        .await
    }

    /// The place of the last entry.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn head(&self) -> Result<Seq, StoreError> {
        self.within(USE_WITHIN, async {
            Ok(Seq(sqlx::query_scalar!("SELECT seq FROM ledger_head").fetch_one(&self.pool).await?))
        })
        .await
    }

    /// At most `limit` entries after `after`, in order, for consoles and phones.
    ///
    /// Here and below the places are found first and `OFFSET 0` keeps the planner from joining whole tables for them:
    /// its statistics know nothing of a burst that has just come.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn entries_after(&self, after: Seq, limit: usize) -> Result<Vec<LedgerEntry>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                EntryRow,
                r#"SELECT seq AS "seq!", at_ms AS "at_ms!", case_id AS "case_id!", actor AS "actor!", actor_id,
                          actor_name, ref_id, facts AS "facts!", sealed AS "sealed!", subject AS "subject!",
                          wrapped_key, view, alerts
                   FROM (SELECT seq AS at FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2) page
                   CROSS JOIN LATERAL (SELECT * FROM ledger_entries e WHERE e.seq = page.at OFFSET 0) e
                   ORDER BY seq"#,
                after.0,
                i64::try_from(limit).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(|row| self.entry(row)).collect()
        })
        .await
    }

    /// The entries at these places.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn entries_at(&self, places: &[i64]) -> Result<Vec<LedgerEntry>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                EntryRow,
                r#"SELECT seq AS "seq!", at_ms AS "at_ms!", case_id AS "case_id!", actor AS "actor!", actor_id,
                          actor_name, ref_id, facts AS "facts!", sealed AS "sealed!", subject AS "subject!",
                          wrapped_key, view, alerts
                   FROM (SELECT seq AS at FROM ledger WHERE seq = ANY($1)) page
                   CROSS JOIN LATERAL (SELECT * FROM ledger_entries e WHERE e.seq = page.at OFFSET 0) e"#,
                places
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(|row| self.entry(row)).collect()
        })
        .await
    }

    /// At most `limit` entries after `after` of the cases that this phone has alerts in, or that `follow` names; and,
    /// whatever its place, the entry that recorded an alert that `follow` names: the phone may never have heard of it.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn entries_of_phone(
        &self,
        device: Option<DeviceId>,
        follow: &[AlertId],
        after: Seq,
        limit: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let follow: Vec<Uuid> = follow.iter().map(|id| id.0).collect();
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                EntryRow,
                r#"SELECT seq AS "seq!", at_ms AS "at_ms!", case_id AS "case_id!", actor AS "actor!", actor_id,
                          actor_name, ref_id, facts AS "facts!", sealed AS "sealed!", subject AS "subject!",
                          wrapped_key, view, alerts
                   FROM (
                       SELECT l.seq AS at FROM (
                           (SELECT case_id FROM alerts WHERE device_id = $1 ORDER BY received_ms DESC LIMIT 20)
                           UNION (SELECT case_id FROM alerts WHERE alert_id = ANY($2))) mine
                       CROSS JOIN LATERAL (SELECT seq FROM ledger WHERE case_id = mine.case_id AND seq > $3
                                           ORDER BY seq LIMIT $4) l
                       UNION SELECT seq FROM ledger WHERE kind IN ('opened', 'pressed_again') AND ref_id = ANY($2)
                       ORDER BY 1 LIMIT $4) page
                   CROSS JOIN LATERAL (SELECT * FROM ledger_entries e WHERE e.seq = page.at OFFSET 0) e
                   ORDER BY seq"#,
                device.map(|id| id.0),
                &follow,
                after.0,
                i64::try_from(limit).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(|row| self.entry(row)).collect()
        })
        .await
    }

    /// The whole history of a case, oldest first. The caller has checked that it may be seen.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn timeline(&self, id: CaseId) -> Result<Vec<TimelineEntry>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                EntryRow,
                r#"SELECT seq AS "seq!", at_ms AS "at_ms!", case_id AS "case_id!", actor AS "actor!", actor_id,
                          actor_name AS "actor_name?", ref_id, facts AS "facts!", sealed AS "sealed!",
                          subject AS "subject!", wrapped_key AS "wrapped_key?",
                          NULL::jsonb AS view, NULL::jsonb AS alerts
                   FROM ledger_views WHERE case_id = $1 ORDER BY seq"#,
                id.0
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(|row| self.timeline_entry(row)).collect()
        })
        .await
    }

    /// The rows of a case up to `last`, in order, each with its hash. The caller has checked that it may be seen.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn rows_of(&self, id: CaseId, last: Seq) -> Result<Vec<(Row, Vec<u8>)>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                StoredRow,
                "SELECT * FROM ledger WHERE case_id = $1 AND seq <= $2 ORDER BY seq",
                id.0,
                last.0
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(StoredRow::into_parts).collect())
        })
        .await
    }

    /// Checks the chain from the first row on: the number of rows, or the first place that does not fit.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn verify_ledger(&self) -> Result<Result<Seq, Seq>, StoreError> {
        const PAGE: i64 = 5_000;
        let mut chain = Chain::START;
        loop {
            // Read before the rows: what is committed in between then shows as another page, not as a break.
            let head = sqlx::query!("SELECT seq, hash FROM ledger_head").fetch_one(&self.pool).await?;
            let rows = sqlx::query_as!(
                StoredRow,
                "SELECT * FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2",
                chain.seq().0,
                PAGE
            )
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                return Ok(chain.ends_at(Seq(head.seq), &head.hash).map(|()| chain.seq()));
            }
            for row in rows {
                let (row, hash) = row.into_parts();
                if let Err(broken) = chain.follow(&row, &hash) {
                    return Ok(Err(broken));
                }
            }
        }
    }

    fn entry(&self, mut row: EntryRow) -> Result<LedgerEntry, StoreError> {
        let view: CaseView = serde_json::from_value(row.view.take().unwrap_or_default())?;
        let desk_name = view.desk_name.clone();
        let alerts: Vec<AlertRef> = serde_json::from_value(row.alerts.take().unwrap_or_default())?;
        let entry = self.timeline_entry(row)?;
        Ok(LedgerEntry { entry, case: view.summary(), desk_name, alerts })
    }

    pub(super) fn timeline_entry(&self, row: EntryRow) -> Result<TimelineEntry, StoreError> {
        let (case_id, seq) = (CaseId(row.case_id), Seq(row.seq));
        let personal = match &row.wrapped_key {
            Some(wrapped) if !row.sealed.is_empty() => {
                let key = self.sealer.unwrap_key(&row.subject, wrapped).ok_or(StoreError::Sealed)?;
                // Sealed with a key that was erased: the subject has another one since.
                let plain = Sealer::open(&key, &context(case_id, seq), &row.sealed);
                plain.and_then(|plain| String::from_utf8(plain).ok())
            }
            _ => None,
        };
        let event = ledger::join(&row.facts, personal.as_deref(), row.ref_id).ok_or(StoreError::Sealed)?;
        let actor = match (row.actor.as_str(), row.actor_id) {
            ("staff", Some(id)) => {
                Actor::Staff { staff_id: StaffId(id), name: row.actor_name.unwrap_or_default() }
            }
            ("worker", _) => Actor::Worker {},
            _ => Actor::Service {},
        };
        Ok(TimelineEntry { seq, at_ms: UnixMs(row.at_ms), actor, event })
    }
}

/// Ties a sealed part to its row.
fn context(case_id: CaseId, seq: Seq) -> Vec<u8> {
    [case_id.0.as_bytes().as_slice(), &seq.0.to_be_bytes()].concat()
}

pub(super) struct EntryRow {
    pub(super) seq: i64,
    pub(super) at_ms: i64,
    pub(super) case_id: Uuid,
    pub(super) actor: String,
    pub(super) actor_id: Option<Uuid>,
    pub(super) actor_name: Option<String>,
    pub(super) ref_id: Option<Uuid>,
    pub(super) facts: String,
    pub(super) sealed: Vec<u8>,
    pub(super) subject: String,
    pub(super) wrapped_key: Option<Vec<u8>>,
    pub(super) view: Option<serde_json::Value>,
    pub(super) alerts: Option<serde_json::Value>,
}

/// A row, as its columns.
pub(super) struct StoredRow {
    pub(super) seq: i64,
    pub(super) at_ms: i64,
    pub(super) case_id: Uuid,
    pub(super) desk_id: String,
    pub(super) actor: String,
    pub(super) actor_id: Option<Uuid>,
    pub(super) kind: String,
    pub(super) ref_id: Option<Uuid>,
    pub(super) facts: String,
    pub(super) sealed: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl StoredRow {
    /// With its hash.
    pub(super) fn into_parts(self) -> (Row, Vec<u8>) {
        let row = Row {
            seq: Seq(self.seq),
            at: UnixMs(self.at_ms),
            case_id: CaseId(self.case_id),
            desk: DeskId(self.desk_id),
            actor: self.actor,
            actor_id: self.actor_id,
            kind: self.kind,
            ref_id: self.ref_id,
            facts: self.facts,
            sealed: self.sealed,
        };
        (row, self.hash)
    }
}
