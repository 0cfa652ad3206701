//! How far the telling has got for each case, and up to where the ledger was gone through for it.

mod cover;
mod shown;

use std::collections::{BTreeSet, HashMap};

use sos_core::cover::Escalation;
use sos_core::ledger;
use sos_core::recording::CaseRecord;
use sos_protocol::{CaseEvent, CaseId, DeskId, Seq, StaffId, UnixMs};
use uuid::Uuid;

use super::{Store, StoreError, Tx, USE_WITHIN};

pub(crate) use self::cover::{names, policies, read, signed_in};

/// A case that cannot be read is looked at again after this, in milliseconds: somebody may have mended it.
pub(crate) const UNREADABLE_AGAIN_MS: i64 = 60_000;

/// A row: how far it has got for a case.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// The case.
    pub(crate) case_id: CaseId,
    /// The largest run that it ever had.
    pub(crate) runs: u32,
    /// It stands for the case's history up to here.
    pub(crate) followed: Seq,
    /// What runs; also none where the row cannot be read.
    pub(crate) escalation: Option<Escalation>,
    /// Nothing runs, as the case could not be read when it was followed: it begins anew at this time.
    pub(crate) again: Option<UnixMs>,
}

impl Kept {
    /// Of a case that has no row yet.
    pub(crate) const fn new(case_id: CaseId) -> Self {
        Self { case_id, runs: 0, followed: Seq(0), escalation: None, again: None }
    }

    /// Keeps `escalation` in place of what ran.
    pub(crate) fn set(&mut self, escalation: Option<Escalation>) {
        self.runs = self.runs.max(escalation.as_ref().map_or(0, |running| running.run));
        self.escalation = escalation;
        self.again = None;
    }

    /// Keeps that the case could not be read.
    pub(crate) fn put_off(&mut self, until: UnixMs) {
        self.escalation = None;
        self.again = Some(until);
    }
}

/// An entry of the ledger without its personal part.
pub(crate) struct Followed {
    /// Its place.
    pub(crate) seq: Seq,
    /// When it was recorded.
    pub(crate) at: UnixMs,
    /// The case.
    pub(crate) case_id: CaseId,
    /// The officer who did it; none: the worker or the service.
    pub(crate) by: Option<StaffId>,
    /// What; none: it cannot be read.
    pub(crate) event: Option<CaseEvent>,
}

/// Up to where the ledger was gone through.
pub(crate) struct Cursor {
    /// The last entry that was.
    pub(crate) seq: Seq,
    /// The last one that there is.
    pub(crate) head: Seq,
    /// Desks at which somebody was signed in then.
    pub(crate) attended: BTreeSet<DeskId>,
}

fn ids(cases: &[CaseId]) -> Vec<Uuid> {
    cases.iter().map(|id| id.0).collect()
}

fn escalation(case_id: Uuid, state: Option<serde_json::Value>) -> Option<Escalation> {
    let read = serde_json::from_value(state?);
    if let Err(error) = &read {
        tracing::error!(case = %case_id, %error, "an escalation cannot be read and begins anew");
    }
    read.ok()
}

fn kept(case_id: Uuid, runs: i32, followed_seq: i64, state: Option<serde_json::Value>) -> Kept {
    Kept {
        case_id: CaseId(case_id),
        runs: u32::try_from(runs).unwrap_or(0),
        followed: Seq(followed_seq),
        escalation: escalation(case_id, state),
        again: None,
    }
}

impl Store {
    /// The cursor in this node's hands until the transaction ends. None: in another node's.
    pub(crate) async fn lock_escalation_cursor(&self) -> Result<Option<(Tx, Cursor)>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "SELECT c.seq, c.attended, h.seq AS head FROM escalation_cursor c CROSS JOIN ledger_head h
             FOR UPDATE OF c SKIP LOCKED"
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(row.map(|row| {
            let attended = row.attended.into_iter().map(DeskId).collect();
            (tx, Cursor { seq: Seq(row.seq), head: Seq(row.head), attended })
        }))
    }

    /// At most `limit` escalations whose next step is due, with their cases, all locked until the transaction ends. Left
    /// out is what others hold, and what does not stand for all that has happened in its case.
    pub(crate) async fn lock_due_escalations(
        &self,
        now: UnixMs,
        limit: usize,
    ) -> Result<(Tx, Vec<(Kept, CaseRecord)>), StoreError> {
        let mut tx = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT e.case_id, e.runs, e.followed_seq, e.state FROM escalations e JOIN cases c USING (case_id)
             WHERE e.due_ms <= $1 AND e.followed_seq >= c.last_seq
             ORDER BY e.due_ms LIMIT $2 FOR UPDATE OF e, c SKIP LOCKED",
            now.0,
            i64::try_from(limit).unwrap_or(i64::MAX)
        )
        .fetch_all(&mut *tx)
        .await?;
        let ids: Vec<CaseId> = rows.iter().map(|row| CaseId(row.case_id)).collect();
        let mut cases = if ids.is_empty() { HashMap::new() } else { cases(&mut tx, &ids).await? };
        let unreadable: Vec<CaseId> = ids.into_iter().filter(|id| !cases.contains_key(id)).collect();
        if !unreadable.is_empty() {
            put_off(&mut tx, &unreadable, now.plus_ms(UNREADABLE_AGAIN_MS)).await?;
        }
        let due = rows.into_iter().filter_map(|row| {
            let kept = kept(row.case_id, row.runs, row.followed_seq, row.state);
            cases.remove(&kept.case_id).map(|case| (kept, case))
        });
        Ok((tx, due.collect()))
    }

    /// When the first step is due that comes next.
    pub(crate) async fn next_escalation_due(&self) -> Result<Option<UnixMs>, StoreError> {
        self.within(USE_WITHIN, async {
            let due = sqlx::query_scalar!("SELECT min(due_ms) FROM escalations WHERE due_ms IS NOT NULL");
            Ok(due.fetch_one(&self.pool).await?.map(UnixMs))
        })
        .await
    }
}

/// At most `limit` entries after `after`, in order.
pub(crate) async fn entries_after(
    tx: &mut Tx,
    after: Seq,
    limit: usize,
) -> Result<Vec<Followed>, StoreError> {
    let rows = sqlx::query!(
        "SELECT seq, at_ms, case_id, actor_id, ref_id, kind, facts FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2",
        after.0,
        i64::try_from(limit).unwrap_or(i64::MAX)
    )
    .fetch_all(&mut **tx)
    .await?;
    let entries = rows.into_iter().map(|row| {
        let event = ledger::join(&row.facts, None, row.ref_id);
        if event.is_none() {
            tracing::error!(seq = row.seq, kind = %row.kind, "an entry cannot be read and moves no escalation");
        }
        Followed {
            seq: Seq(row.seq),
            at: UnixMs(row.at_ms),
            case_id: CaseId(row.case_id),
            by: row.actor_id.map(StaffId),
            event,
        }
    });
    Ok(entries.collect())
}

/// These cases as they are now; one that cannot be read is left out, so that it holds up no other.
pub(crate) async fn cases(tx: &mut Tx, of: &[CaseId]) -> Result<HashMap<CaseId, CaseRecord>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT case_id, to_jsonb(c) AS "row!" FROM cases c WHERE case_id = ANY($1)"#,
        &ids(of)
    )
    .fetch_all(&mut **tx)
    .await?;
    let read = rows.into_iter().filter_map(|row| {
        let case = serde_json::from_value::<CaseRecord>(row.row);
        // What is wrong with it may be in the words of the error, and personal.
        if case.is_err() {
            tracing::error!(case = %row.case_id, "A CASE CANNOT BE READ: nobody is told of it any more");
        }
        case.ok().map(|case| (case.case_id, case))
    });
    Ok(read.collect())
}

async fn put_off(tx: &mut Tx, of: &[CaseId], until: UnixMs) -> Result<(), StoreError> {
    sqlx::query!("UPDATE escalations SET due_ms = $2 WHERE case_id = ANY($1)", &ids(of), until.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// At most `limit` cases of these desks that nobody has claimed.
pub(crate) async fn unclaimed(
    tx: &mut Tx,
    desks: &[&DeskId],
    limit: usize,
) -> Result<Vec<CaseId>, StoreError> {
    let desks: Vec<String> = desks.iter().map(|desk| desk.as_str().to_owned()).collect();
    let ids = sqlx::query_scalar!(
        "SELECT case_id FROM cases WHERE desk_id = ANY($1) AND state = 'open' LIMIT $2",
        &desks,
        i64::try_from(limit).unwrap_or(i64::MAX)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// What is kept of these cases, locked until the transaction ends.
pub(crate) async fn lock_kept(tx: &mut Tx, of: &[CaseId]) -> Result<HashMap<CaseId, Kept>, StoreError> {
    let rows = sqlx::query!(
        "SELECT case_id, runs, followed_seq, state FROM escalations WHERE case_id = ANY($1)
         ORDER BY case_id FOR UPDATE",
        &ids(of)
    )
    .fetch_all(&mut **tx)
    .await?;
    let kept = rows.into_iter().map(|row| kept(row.case_id, row.runs, row.followed_seq, row.state));
    Ok(kept.map(|kept| (kept.case_id, kept)).collect())
}

/// Writes rows, new or changed.
pub(crate) async fn keep(tx: &mut Tx, rows: &[Kept]) -> Result<(), StoreError> {
    let state = |row: &Kept| match &row.escalation {
        Some(running) => serde_json::to_value(running).map(Some),
        // In place of a state; as it is none, the escalation begins anew when it is due.
        None => Ok(row.again.map(|_| "the case could not be read".into())),
    };
    let due = |row: &Kept| row.escalation.as_ref().map(|running| running.due).or(row.again).map(|at| at.0);
    sqlx::query!(
        "INSERT INTO escalations (case_id, runs, followed_seq, due_ms, state)
         SELECT t.case_id, t.runs::integer, t.followed_seq, t.due_ms, t.state
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::jsonb[])
              t(case_id, runs, followed_seq, due_ms, state)
         ON CONFLICT (case_id) DO UPDATE SET runs = excluded.runs, followed_seq = excluded.followed_seq,
             due_ms = excluded.due_ms, state = excluded.state",
        &rows.iter().map(|row| row.case_id.0).collect::<Vec<_>>(),
        &rows.iter().map(|row| i64::from(row.runs)).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.followed.0).collect::<Vec<_>>(),
        &rows.iter().map(due).collect::<Vec<_>>() as &[Option<i64>],
        &rows.iter().map(state).collect::<Result<Vec<_>, _>>()? as &[Option<serde_json::Value>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Moves the cursor.
pub(crate) async fn move_cursor(
    tx: &mut Tx,
    seq: Seq,
    attended: &BTreeSet<DeskId>,
) -> Result<(), StoreError> {
    let attended: Vec<String> = attended.iter().map(|desk| desk.as_str().to_owned()).collect();
    sqlx::query!("UPDATE escalation_cursor SET seq = $1, attended = $2", seq.0, &attended)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
