//! Measures of cases as rows, and up to where the ledger was gone through for them.

use std::collections::HashMap;

use sos_core::access::Scope;
use sos_core::figures::{Before, CaseMeasure, DEFAULT_TARGETS, DeskOf, matters};
use sos_core::ledger;
use sos_core::recording::CaseView;
use sos_protocol::{CaseEvent, CaseId, CaseSummary, CountryCode, DeskId, Seq, UnixMs};
use uuid::Uuid;

use super::{Store, StoreError, Tx, USE_WITHIN};

/// A measure with its place.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Placed {
    /// From 0, without gaps.
    pub(crate) place: i32,
    /// The last entry that was measured in it.
    pub(crate) changed: Seq,
    /// What was measured.
    #[serde(flatten)]
    pub(crate) measure: CaseMeasure,
}

/// An entry that is measured.
pub(crate) struct Measured {
    /// Its place.
    pub(crate) seq: Seq,
    /// When it was recorded.
    pub(crate) at: UnixMs,
    /// The case.
    pub(crate) case_id: CaseId,
    /// The desk that held it then.
    pub(crate) desk: DeskId,
    /// What happened.
    pub(crate) event: CaseEvent,
}

/// Up to where the ledger was gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The last entry that was.
    pub(crate) seq: Seq,
    /// The last one that there is.
    pub(crate) head: Seq,
    /// Cases that are measured.
    pub(crate) cases: i32,
}

/// Measures that changed, read in one moment.
pub(crate) struct Page {
    /// Another one whenever they are counted anew.
    pub(crate) era: i32,
    /// The ledger was gone through up to here.
    pub(crate) up_to: Seq,
    /// How many cases there are.
    pub(crate) cases: i32,
    /// In the order of their changes.
    pub(crate) changed: Vec<Placed>,
}

impl Store {
    /// The cursor in this node's hands until the transaction ends. None: in another node's.
    pub(crate) async fn lock_measures_cursor(&self) -> Result<Option<(Tx, Cursor)>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "SELECT c.seq, c.cases, h.seq AS head FROM measures_cursor c CROSS JOIN ledger_head h
             FOR UPDATE OF c SKIP LOCKED"
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(row.map(|row| (tx, Cursor { seq: Seq(row.seq), head: Seq(row.head), cases: row.cases })))
    }

    /// Measures that changed after `after`, at most `limit`; all of them where `era` is over.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn measures_after(
        &self,
        era: i32,
        after: Seq,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.within(USE_WITHIN, async {
            // One moment for the cursor and the measures.
            let mut tx = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let cursor =
                sqlx::query!("SELECT seq, cases, era FROM measures_cursor").fetch_one(&mut *tx).await?;
            let after = if cursor.era == era { after } else { Seq(0) };
            let rows = sqlx::query_as!(
                MeasureRow,
                "SELECT * FROM measures WHERE changed > $1 ORDER BY changed LIMIT $2",
                after.0,
                i64::try_from(limit).unwrap_or(i64::MAX)
            )
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            let changed = rows.into_iter().map(Placed::try_from).collect::<Result<_, _>>()?;
            Ok(Page { era: cursor.era, up_to: Seq(cursor.seq), cases: cursor.cases, changed })
        })
        .await
    }

    /// The desks with what they are to reach.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn desks_with_targets(&self) -> Result<Vec<DeskOf>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!("SELECT desk_id, name, answer_targets FROM desks ORDER BY desk_id")
                .fetch_all(&self.pool)
                .await?;
            let desk = |row: (String, String, Option<serde_json::Value>)| {
                let (desk_id, name, targets) = row;
                let targets = targets.map(serde_json::from_value).transpose()?;
                let targets = targets.unwrap_or_else(|| DEFAULT_TARGETS.to_vec());
                Ok(DeskOf { desk_id: DeskId(desk_id), name, targets })
            };
            rows.into_iter().map(|row| desk((row.desk_id, row.name, row.answer_targets))).collect()
        })
        .await
    }

    /// The cases at these places, as far as `scope` covers them, the latest first.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn measured_cases(
        &self,
        scope: &Scope,
        places: &[i32],
    ) -> Result<Vec<CaseSummary>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let rows = sqlx::query_scalar!(
                r#"SELECT to_jsonb(v) AS "view!" FROM measures m
                   CROSS JOIN LATERAL (SELECT * FROM case_views v WHERE v.case_id = m.case_id OFFSET 0) v
                   WHERE m.place = ANY($1) ORDER BY m.opened_ms DESC, m.place DESC"#,
                places
            )
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            let views: Result<Vec<CaseView>, _> = rows.into_iter().map(serde_json::from_value).collect();
            Ok(views?.into_iter().map(CaseView::summary).collect())
        })
        .await
    }

    /// Forgets all measures, so that they are counted anew from the first entry on: how many there are to go through.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn recount_figures(&self) -> Result<Seq, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            sqlx::query!("UPDATE measures_cursor SET seq = 0, cases = 0, era = era + 1")
                .execute(&mut *tx)
                .await?;
            sqlx::query!("TRUNCATE measures").execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(())
        })
        .await?;
        self.head().await
    }
}

/// The entries after `after` up to `until` that are measured, in order.
pub(crate) async fn entries(tx: &mut Tx, after: Seq, until: Seq) -> Result<Vec<Measured>, StoreError> {
    let rows = sqlx::query!(
        "SELECT seq, at_ms, case_id, desk_id, ref_id, kind, facts FROM ledger
         WHERE seq > $1 AND seq <= $2 ORDER BY seq",
        after.0,
        until.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let measured = rows.into_iter().filter(|row| matters(&row.kind)).filter_map(|row| {
        let Some(event) = ledger::join(&row.facts, None, row.ref_id) else {
            tracing::error!(seq = row.seq, kind = %row.kind, "an entry cannot be read and is in no figure");
            return None;
        };
        Some(Measured {
            seq: Seq(row.seq),
            at: UnixMs(row.at_ms),
            case_id: CaseId(row.case_id),
            desk: DeskId(row.desk_id),
            event,
        })
    });
    Ok(measured.collect())
}

/// The measures of these cases.
pub(crate) async fn placed(tx: &mut Tx, of: &[Uuid]) -> Result<HashMap<CaseId, Placed>, StoreError> {
    let rows = sqlx::query_as!(MeasureRow, "SELECT * FROM measures WHERE case_id = ANY($1)", of)
        .fetch_all(&mut **tx)
        .await?;
    let placed = rows.into_iter().map(Placed::try_from);
    placed.map(|placed| placed.map(|placed| (placed.measure.case_id, placed))).collect()
}

/// What entries from before their clear members did not say of these cases.
pub(crate) async fn before(tx: &mut Tx, of: &[Uuid]) -> Result<HashMap<CaseId, Before>, StoreError> {
    let rows = sqlx::query!(
        "SELECT case_id, drill, kind, waited_ms, presses, claim_due_ms FROM cases WHERE case_id = ANY($1)",
        of
    )
    .fetch_all(&mut **tx)
    .await?;
    let before = |kind| -> Result<_, StoreError> { Ok(word(kind)?) };
    rows.into_iter()
        .map(|row| {
            // Of several presses the case has the waiting of the latest one.
            let waited_ms = row.waited_ms.filter(|_| row.presses == 1);
            let claim_due_ms = UnixMs(row.claim_due_ms);
            let said = Before { drill: row.drill, kind: before(row.kind)?, waited_ms, claim_due_ms };
            Ok((CaseId(row.case_id), said))
        })
        .collect()
}

/// Writes these, new or changed.
pub(crate) async fn keep(tx: &mut Tx, placed: &[Placed]) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO measures SELECT r.* FROM jsonb_populate_recordset(NULL::measures, $1) r
         ON CONFLICT (case_id) DO UPDATE SET
            changed = excluded.changed, desk_id = excluded.desk_id, kind = excluded.kind,
            disposition = excluded.disposition, rang_ms = excluded.rang_ms, seen_ms = excluded.seen_ms,
            claimed_ms = excluded.claimed_ms, closed_ms = excluded.closed_ms,
            steps_targets = excluded.steps_targets, steps_ministry = excluded.steps_ministry,
            steps_nobody = excluded.steps_nobody, steps_later = excluded.steps_later,
            claimed_after = excluded.claimed_after, transfers = excluded.transfers,
            reopenings = excluded.reopenings, forced = excluded.forced",
        serde_json::to_value(placed)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The ledger was gone through up to `seq`, and there are `cases`.
pub(crate) async fn move_cursor(tx: &mut Tx, seq: Seq, cases: i32) -> Result<(), StoreError> {
    sqlx::query!("UPDATE measures_cursor SET seq = $1, cases = $2", seq.0, cases).execute(&mut **tx).await?;
    Ok(())
}

fn word<T: serde::de::DeserializeOwned>(word: Option<String>) -> Result<Option<T>, serde_json::Error> {
    word.map(|word| serde_json::from_value(serde_json::Value::String(word))).transpose()
}

pub(super) struct MeasureRow {
    pub(super) case_id: Uuid,
    pub(super) place: i32,
    pub(super) changed: i64,
    pub(super) desk_id: String,
    pub(super) country: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) disposition: Option<String>,
    pub(super) drill: bool,
    pub(super) unverified: bool,
    pub(super) opened_ms: i64,
    pub(super) waited_ms: Option<i64>,
    pub(super) claim_due_ms: Option<i64>,
    pub(super) rang_ms: Option<i64>,
    pub(super) seen_ms: Option<i64>,
    pub(super) claimed_ms: Option<i64>,
    pub(super) closed_ms: Option<i64>,
    pub(super) steps_targets: i32,
    pub(super) steps_ministry: i32,
    pub(super) steps_nobody: i32,
    pub(super) steps_later: i32,
    pub(super) claimed_after: bool,
    pub(super) transfers: i32,
    pub(super) reopenings: i32,
    pub(super) forced: bool,
}

impl TryFrom<MeasureRow> for Placed {
    type Error = StoreError;

    fn try_from(row: MeasureRow) -> Result<Self, StoreError> {
        let few = |count: i32| u32::try_from(count).unwrap_or(0);
        let measure = CaseMeasure {
            case_id: CaseId(row.case_id),
            desk_id: DeskId(row.desk_id),
            country: row.country.as_deref().and_then(CountryCode::parse),
            kind: word(row.kind)?,
            disposition: word(row.disposition)?,
            drill: row.drill,
            unverified: row.unverified,
            opened_ms: UnixMs(row.opened_ms),
            waited_ms: row.waited_ms,
            claim_due_ms: row.claim_due_ms.map(UnixMs),
            rang_ms: row.rang_ms.map(UnixMs),
            seen_ms: row.seen_ms.map(UnixMs),
            claimed_ms: row.claimed_ms.map(UnixMs),
            closed_ms: row.closed_ms.map(UnixMs),
            steps_targets: few(row.steps_targets),
            steps_ministry: few(row.steps_ministry),
            steps_nobody: few(row.steps_nobody),
            steps_later: few(row.steps_later),
            claimed_after: row.claimed_after,
            transfers: few(row.transfers),
            reopenings: few(row.reopenings),
            forced: row.forced,
        };
        Ok(Self { place: row.place, changed: Seq(row.changed), measure })
    }
}
