//! Cases and alerts as rows.

use serde::{Deserialize, Serialize};
use sos_core::access::Scope;
use sos_core::lifecycle::{Case, Status, Step};
use sos_protocol::case::{Closing, FixView, Owner};
use sos_protocol::limits::SNAPSHOT_CLOSED_MAX;
use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseId, CaseState, CaseSummary, DeskId, DeviceId, Disposition, EmergencyKind,
    Priority, RoutingView, Seq, StaffId, UnixMs, Unverified, WorkerId,
};

use super::{Store, StoreError, Tx, USE_WITHIN};

/// Most alerts of a case that wait for their `rang` or `seen`; the oldest are let go.
const WAITING_ALERTS_MAX: usize = 100;

/// A row of `cases`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct CaseRow {
    pub case_id: CaseId,
    pub case_no: i64,
    pub subject: String,
    pub worker_id: Option<WorkerId>,
    pub version: u32,
    pub last_seq: Seq,
    pub state: CaseState,
    pub priority: Priority,
    pub unanswered_press: bool,
    pub desk_id: DeskId,
    pub watchers: Vec<DeskId>,
    pub routing: RoutingView,
    pub unverified: Option<Unverified>,
    pub kind: Option<EmergencyKind>,
    pub opened_ms: UnixMs,
    pub pressed_ms: UnixMs,
    pub presses: u32,
    pub claim_due_ms: UnixMs,
    pub rang_ms: Option<UnixMs>,
    pub seen_ms: Option<UnixMs>,
    pub cancelled_ms: Option<UnixMs>,
    pub unrung: Vec<AlertId>,
    pub unseen: Vec<AlertId>,
    pub unread: u32,
    pub battery_pct: Option<u8>,
    pub position: Option<FixView>,
    pub owner_id: Option<StaffId>,
    pub owner_since_ms: Option<UnixMs>,
    pub closed_by: Option<StaffId>,
    pub closed_ms: Option<UnixMs>,
    pub disposition: Option<Disposition>,
    pub summary: Option<String>,
    pub last_did: String,
    pub last_by: Option<StaffId>,
    pub last_at_ms: UnixMs,
}

impl CaseRow {
    /// The part that decisions rest on.
    #[must_use]
    pub fn case(&self) -> Case {
        let status = match (self.state, self.owner_id, self.closed_by, self.disposition) {
            (CaseState::Claimed, Some(by), ..) => {
                Status::Claimed { by, since: self.owner_since_ms.unwrap_or(self.last_at_ms) }
            }
            (CaseState::Closed, _, Some(by), Some(disposition)) => Status::Closed {
                by,
                at: self.closed_ms.unwrap_or(self.last_at_ms),
                disposition,
                summary: self.summary.clone().unwrap_or_default(),
            },
            // The table's checks leave nothing else.
            _ => Status::Open,
        };
        Case {
            id: self.case_id,
            version: self.version,
            status,
            priority: self.priority,
            unanswered_press: self.unanswered_press,
            desk: self.desk_id.clone(),
            watchers: self.watchers.clone(),
            unrung: self.unrung.clone(),
            unseen: self.unseen.clone(),
            unread: self.unread,
            last_step: Step { did: self.last_did.clone(), by: self.last_by, at: self.last_at_ms },
        }
    }

    /// The row after `event`.
    pub fn apply(&mut self, event: &CaseEvent, by: Option<StaffId>, at: UnixMs) {
        let mut case = self.case();
        case.apply(event, by, at);
        self.take(case);
        match event {
            CaseEvent::Opened { alert, received_at_ms, .. } => self.pressed(alert, *received_at_ms),
            CaseEvent::PressedAgain { alert, received_at_ms, .. } => {
                self.presses += 1;
                self.cancelled_ms = None;
                self.pressed(alert, *received_at_ms);
            }
            CaseEvent::Cancelled { .. } => self.cancelled_ms = Some(at),
            CaseEvent::Rang { .. } => self.rang_ms = self.rang_ms.or(Some(at)),
            CaseEvent::Seen { .. } | CaseEvent::Claimed {} => self.seen_ms = self.seen_ms.or(Some(at)),
            CaseEvent::Released { .. }
            | CaseEvent::Transferred { .. }
            | CaseEvent::Closed { .. }
            | CaseEvent::Reopened { .. }
            | CaseEvent::Message { .. }
            | CaseEvent::Delivered { .. }
            | CaseEvent::Note { .. } => {}
        }
    }

    fn take(&mut self, case: Case) {
        let newest = |mut ids: Vec<AlertId>| ids.split_off(ids.len().saturating_sub(WAITING_ALERTS_MAX));
        self.version = case.version;
        self.state = case.status.state();
        self.priority = case.priority;
        self.unanswered_press = case.unanswered_press;
        self.desk_id = case.desk;
        self.watchers = case.watchers;
        self.unrung = newest(case.unrung);
        self.unseen = newest(case.unseen);
        self.unread = case.unread;
        (self.last_did, self.last_by, self.last_at_ms) =
            (case.last_step.did, case.last_step.by, case.last_step.at);
        (self.owner_id, self.owner_since_ms) = (None, None);
        (self.closed_by, self.closed_ms, self.disposition, self.summary) = (None, None, None, None);
        match case.status {
            Status::Open => {}
            Status::Claimed { by, since } => (self.owner_id, self.owner_since_ms) = (Some(by), Some(since)),
            Status::Closed { by, at, disposition, summary } => {
                (self.closed_by, self.closed_ms) = (Some(by), Some(at));
                (self.disposition, self.summary) = (Some(disposition), Some(summary));
            }
        }
    }

    fn pressed(&mut self, alert: &Alert, received_at: UnixMs) {
        self.pressed_ms = received_at;
        self.kind = alert.kind.or(self.kind);
        let battery = alert.battery_pct.or_else(|| alert.position.as_ref()?.battery_pct);
        self.battery_pct = battery.or(self.battery_pct);
        if let Some(fix) = alert.position.clone() {
            self.position = Some(newer(self.position.take(), FixView { fix, server_time_ms: received_at }));
        }
    }
}

/// When a fix was measured, as far as that can be known: by the positioning system, but never after it arrived.
#[must_use]
pub fn measured_at(fix: &FixView) -> UnixMs {
    fix.fix.fix_time_ms.map_or(fix.server_time_ms, |time| time.min(fix.server_time_ms))
}

/// The newer of two positions: what comes late after a gap does not take the place of a fresh one.
#[must_use]
pub fn newer(old: Option<FixView>, new: FixView) -> FixView {
    let order = |fix: &FixView| (measured_at(fix), fix.server_time_ms);
    match old {
        Some(old) if order(&old) > order(&new) => old,
        Some(_) | None => new,
    }
}

/// A row of `case_views`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct CaseViewRow {
    #[serde(flatten)]
    pub row: CaseRow,
    pub worker_name: Option<String>,
    pub owner_name: Option<String>,
    pub closed_by_name: Option<String>,
    pub last_by_name: Option<String>,
    pub desk_name: String,
}

impl CaseViewRow {
    /// As consoles see it.
    #[must_use]
    pub fn summary(self) -> CaseSummary {
        let ringing = self.row.case().ringing();
        let row = self.row;
        let owner = row.owner_id.map(|staff_id| Owner {
            staff_id,
            name: self.owner_name.unwrap_or_default(),
            since_ms: row.owner_since_ms.unwrap_or(row.last_at_ms),
        });
        let closing = row.closed_ms.zip(row.disposition).map(|(at_ms, disposition)| Closing {
            at_ms,
            by: self.closed_by_name.unwrap_or_default(),
            disposition,
            summary: row.summary.unwrap_or_default(),
        });
        CaseSummary {
            case_id: row.case_id,
            case_no: case_no(row.case_no, row.opened_ms),
            version: row.version,
            last_seq: row.last_seq,
            state: row.state,
            priority: row.priority,
            ringing,
            desk_id: row.desk_id,
            watchers: row.watchers,
            routing: row.routing,
            worker_id: row.worker_id,
            worker_name: self.worker_name,
            unverified: row.unverified,
            kind: row.kind,
            opened_at_ms: row.opened_ms,
            pressed_at_ms: row.pressed_ms,
            presses: row.presses,
            claim_due_ms: row.claim_due_ms,
            rang_at_ms: row.rang_ms,
            seen_at_ms: row.seen_ms,
            cancelled_at_ms: row.cancelled_ms,
            owner,
            unread: row.unread,
            position: row.position,
            battery_pct: row.battery_pct,
            closing,
        }
    }
}

/// `2026-000123`: the year (UTC) of the opening and the running number.
fn case_no(number: i64, opened: UnixMs) -> String {
    const DAY_MS: i64 = 24 * 3600 * 1000;
    // Civil year of a day count (proleptic Gregorian), after the usual era arithmetic with years from 1 March.
    let days = opened.0.div_euclid(DAY_MS) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let january_or_february = i64::from(day_of_year >= 306);
    format!("{}-{number:06}", era * 400 + year_of_era + january_or_february)
}

/// A row of `alerts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct AlertRow {
    pub alert_id: AlertId,
    pub case_id: CaseId,
    pub device_id: Option<DeviceId>,
    pub received_ms: UnixMs,
    pub unverified: Option<Unverified>,
    pub dropped: Vec<DroppedField>,
}

/// What row-level security lets this transaction see.
async fn set_scope(tx: &mut Tx, scope: &Scope) -> Result<(), StoreError> {
    let word = match scope {
        Scope::All => "*",
        Scope::Desk(desk) => desk.as_str(),
        Scope::Nothing => "",
    };
    sqlx::query!("SELECT set_config('sos.scope', $1, true)", word).fetch_one(&mut **tx).await?;
    Ok(())
}

impl Store {
    /// A transaction that sees only what `scope` covers.
    pub(super) async fn begin_in(&self, scope: &Scope) -> Result<Tx, StoreError> {
        let mut tx = self.begin().await?;
        set_scope(&mut tx, scope).await?;
        Ok(tx)
    }

    /// One case, if `scope` covers it.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn case_view(&self, scope: &Scope, id: CaseId) -> Result<Option<CaseViewRow>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let found = sqlx::query_scalar!(
                r#"SELECT to_jsonb(v) AS "view!" FROM case_views v WHERE case_id = $1"#,
                id.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(found.map(serde_json::from_value).transpose()?)
        })
        .await
    }

    /// The queue of `scope` and the ledger's head that it stands for: live cases and the latest closed ones.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn queue(&self, scope: &Scope) -> Result<(Vec<CaseSummary>, Seq), StoreError> {
        self.within(USE_WITHIN, async {
            // One moment for the head and the cases.
            let mut tx = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            set_scope(&mut tx, scope).await?;
            let head = sqlx::query_scalar!("SELECT seq FROM ledger_head").fetch_one(&mut *tx).await?;
            let rows = sqlx::query_scalar!(
                r#"(SELECT to_jsonb(v) AS "view!" FROM case_views v WHERE state <> 'closed')
                   UNION ALL
                   (SELECT to_jsonb(v) FROM case_views v WHERE state = 'closed'
                    ORDER BY closed_ms DESC LIMIT $1)"#,
                i64::try_from(SNAPSHOT_CLOSED_MAX).unwrap_or(i64::MAX)
            )
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            let views: Result<Vec<CaseViewRow>, _> = rows.into_iter().map(serde_json::from_value).collect();
            Ok((views?.into_iter().map(CaseViewRow::summary).collect(), Seq(head)))
        })
        .await
    }

    /// Locks one case for a change, if `scope` covers it.
    pub(crate) async fn lock_case(
        &self,
        scope: &Scope,
        id: CaseId,
    ) -> Result<Option<(Tx, CaseRow)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let found = sqlx::query_scalar!(
                r#"SELECT to_jsonb(c) AS "row!" FROM cases c WHERE case_id = $1 FOR UPDATE"#,
                id.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            // From here on the change is the service's own: an entry may leave the officer's scope (a transfer).
            set_scope(&mut tx, &Scope::All).await?;
            let Some(row) = found else { return Ok(None) };
            Ok(Some((tx, serde_json::from_value(row)?)))
        })
        .await
    }

    /// Begins a change of the cases that these alerts or subjects have: (the transaction, the alerts that are known
    /// already, the locked cases).
    pub(crate) async fn lock_for_record(
        &self,
        alerts: &[uuid::Uuid],
        subjects: &[String],
    ) -> Result<(Tx, Vec<AlertRow>, Vec<CaseRow>), StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let known = sqlx::query_scalar!(
                r#"SELECT to_jsonb(a) AS "row!" FROM alerts a WHERE alert_id = ANY($1)"#,
                alerts
            )
            .fetch_all(&mut *tx)
            .await?;
            let known: Vec<AlertRow> =
                known.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
            let case_ids: Vec<_> = known.iter().map(|alert| alert.case_id.0).collect();
            let cases = sqlx::query_scalar!(
                r#"SELECT to_jsonb(c) AS "row!" FROM cases c
               WHERE case_id = ANY($1) OR (subject = ANY($2) AND state <> 'closed')
               ORDER BY case_id FOR UPDATE"#,
                &case_ids,
                subjects
            )
            .fetch_all(&mut *tx)
            .await?;
            let cases = cases.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
            Ok((tx, known, cases))
        })
        .await
    }

    /// `count` new case numbers.
    pub(crate) async fn case_numbers(&self, tx: &mut Tx, count: usize) -> Result<Vec<i64>, StoreError> {
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        Ok(sqlx::query_scalar!(
            r#"SELECT nextval('case_numbers') AS "number!" FROM generate_series(1, $1)"#,
            count
        )
        .fetch_all(&mut **tx)
        .await?)
    }

    pub(super) async fn save_cases(&self, tx: &mut Tx, rows: &[CaseRow]) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO cases SELECT r.* FROM jsonb_populate_recordset(NULL::cases, $1) r
             ON CONFLICT (case_id) DO UPDATE SET
                version = excluded.version, last_seq = excluded.last_seq, state = excluded.state,
                priority = excluded.priority, unanswered_press = excluded.unanswered_press,
                desk_id = excluded.desk_id, watchers = excluded.watchers, kind = excluded.kind,
                pressed_ms = excluded.pressed_ms, presses = excluded.presses, rang_ms = excluded.rang_ms,
                seen_ms = excluded.seen_ms, cancelled_ms = excluded.cancelled_ms, unrung = excluded.unrung,
                unseen = excluded.unseen, unread = excluded.unread, battery_pct = excluded.battery_pct,
                position = excluded.position, owner_id = excluded.owner_id,
                owner_since_ms = excluded.owner_since_ms, closed_by = excluded.closed_by,
                closed_ms = excluded.closed_ms, disposition = excluded.disposition,
                summary = excluded.summary, last_did = excluded.last_did, last_by = excluded.last_by,
                last_at_ms = excluded.last_at_ms",
            serde_json::to_value(rows)?
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    pub(super) async fn save_alerts(&self, tx: &mut Tx, rows: &[AlertRow]) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO alerts SELECT r.* FROM jsonb_populate_recordset(NULL::alerts, $1) r",
            serde_json::to_value(rows)?
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// One alert.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn alert(&self, id: AlertId) -> Result<Option<AlertRow>, StoreError> {
        self.within(USE_WITHIN, async {
            let found = sqlx::query_scalar!(
                r#"SELECT to_jsonb(a) AS "row!" FROM alerts a WHERE alert_id = $1"#,
                id.0
            )
            .fetch_optional(&self.pool)
            .await?;
            Ok(found.map(serde_json::from_value).transpose()?)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_carries_the_year_it_was_opened_in() {
        for (ms, year) in [
            (0, 1970),
            (951_782_400_000, 2000),   // 29 February 2000
            (1_798_761_599_999, 2026), // last moment of 2026
            (1_798_761_600_000, 2027),
        ] {
            assert_eq!(case_no(7, UnixMs(ms)), format!("{year}-000007"), "{ms}");
        }
    }
}
