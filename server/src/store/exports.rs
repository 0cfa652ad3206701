//! Exports as rows: what is asked for, who makes it, and the parts of the files.

use sos_core::access::Scope;
use sos_core::recording::case_no;
use sos_protocol::export::{ExportFault, ExportState, ExportView, NewExport};
use sos_protocol::limits::{EXPORT_SCHEDULED_KEPT_DAYS, EXPORTS_PER_OFFICER_MAX};
use sos_protocol::{DeskId, ExportId, StaffId, UnixMs};
use uuid::Uuid;

use super::administration::{By, Change};
use super::measures::{MeasureRow, Placed};
use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::secret::hex;

/// What the administration's ledger calls an export.
const KIND: &str = "export";
/// A row whose file is gone says so for this long, in milliseconds: a month.
const GONE_SHOWN_MS: i64 = 30 * 24 * 3_600_000;
/// Rows that are tidied up in one go.
const TIDY_MAX: i64 = 20;

/// An export as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct ExportRecord {
    /// Who asked; none: by schedule.
    pub(crate) staff: Option<StaffId>,
    /// What was asked.
    pub(crate) wanted: NewExport,
    /// The desk whose cases are in it; none: all desks'.
    pub(crate) seen_by: Option<DeskId>,
    /// SHA-256, once it is done.
    pub(crate) sha256: Option<String>,
    /// What officers see of it.
    pub(crate) view: ExportView,
}

/// What became of asking.
pub(crate) enum Asked {
    /// There is one now, or there was one of that id that is the same.
    Kept(Box<ExportView>),
    /// The id is that of something else.
    IdReused,
    /// The officer has as many as are kept.
    TooMany,
    /// All files together are as large as they may be.
    Full,
}

/// An export in the hands of this node.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// Which.
    pub(crate) export_id: ExportId,
    /// This try; what another one writes is refused.
    pub(crate) lease: Uuid,
    /// How often it was begun, with this time.
    pub(crate) tries: i16,
    /// The rest.
    pub(crate) record: ExportRecord,
}

/// How far a try is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// Steps that are done.
    pub(crate) done: u32,
    /// Of so many.
    pub(crate) steps: u32,
    /// Bytes so far.
    pub(crate) bytes: u64,
}

/// A case with its number.
pub(crate) struct NumberedCase {
    /// Number, as shown.
    pub(crate) case_no: String,
    /// How often its worker pressed.
    pub(crate) presses: i32,
    /// What was measured.
    pub(crate) placed: Placed,
}

struct ExportRow {
    export_id: Uuid,
    staff_id: Option<Uuid>,
    name: Option<String>,
    wanted: serde_json::Value,
    state: String,
    fault: Option<String>,
    file_name: String,
    asked_ms: i64,
    made_ms: Option<i64>,
    expires_ms: Option<i64>,
    done: i32,
    steps: i32,
    bytes: i64,
    sha256: Option<Vec<u8>>,
    seen_by: Option<String>,
    tries: i16,
}

impl TryFrom<ExportRow> for ExportRecord {
    type Error = StoreError;

    fn try_from(row: ExportRow) -> Result<Self, StoreError> {
        let wanted: NewExport = serde_json::from_value(row.wanted)?;
        let sha256 = row.sha256.as_deref().map(hex);
        let view = ExportView {
            export_id: ExportId(row.export_id),
            of: wanted.of.clone(),
            format: wanted.format,
            language: wanted.language,
            state: serde_json::from_value(row.state.into())?,
            done: u32::try_from(row.done).unwrap_or(0),
            all: u32::try_from(row.steps).unwrap_or(0),
            bytes: u64::try_from(row.bytes).unwrap_or(0),
            sha256: sha256.clone(),
            file_name: row.file_name,
            asked_at_ms: UnixMs(row.asked_ms),
            made_at_ms: row.made_ms.map(UnixMs),
            expires_at_ms: row.expires_ms.map(UnixMs),
            by: row.name,
            fault: row.fault.map(|fault| serde_json::from_value(fault.into())).transpose()?,
        };
        Ok(Self { staff: row.staff_id.map(StaffId), wanted, seen_by: row.seen_by.map(DeskId), sha256, view })
    }
}

/// What the ledger says of asking.
fn asked_facts(wanted: &NewExport) -> serde_json::Value {
    serde_json::json!({
        "step": "asked", "of": wanted.of, "format": wanted.format, "language": wanted.language,
    })
}

impl Store {
    /// Keeps that somebody wants a file, once; `bytes_max` is how much is kept of all files together.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn ask_export(
        &self,
        staff: StaffId,
        wanted: &NewExport,
        file_name: &str,
        bytes_max: u64,
        now: UnixMs,
    ) -> Result<Asked, StoreError> {
        self.within(USE_WITHIN, async {
            // One at a time, so that what is counted here stays so.
            let mut change = self.change(By { staff: Some(staff), at: now }).await?;
            if let Some(record) = export(&mut change.tx, wanted.export_id).await? {
                let is_same = record.staff == Some(staff) && record.wanted == *wanted;
                return Ok(if is_same { Asked::Kept(Box::new(record.view)) } else { Asked::IdReused });
            }
            let kept = sqlx::query_scalar!(
                r#"SELECT count(*) AS "count!" FROM exports WHERE staff_id = $1 AND state <> 'gone'"#,
                staff.0
            )
            .fetch_one(&mut *change.tx)
            .await?;
            if usize::try_from(kept).unwrap_or(usize::MAX) >= EXPORTS_PER_OFFICER_MAX {
                return Ok(Asked::TooMany);
            }
            let bytes =
                sqlx::query_scalar!(r#"SELECT coalesce(sum(bytes), 0)::bigint AS "sum!" FROM exports"#)
                    .fetch_one(&mut *change.tx)
                    .await?;
            if u64::try_from(bytes).unwrap_or(0) >= bytes_max {
                return Ok(Asked::Full);
            }
            insert(&mut change, Some(staff), None, wanted, file_name).await?;
            change.note(KIND, &wanted.export_id.to_string(), &asked_facts(wanted)).await?;
            let record = export(&mut change.tx, wanted.export_id).await?;
            change.commit().await?;
            let record = record.ok_or(StoreError::Sql(sqlx::Error::RowNotFound))?;
            Ok(Asked::Kept(Box::new(record.view)))
        })
        .await
    }

    /// Keeps that a file is wanted by `schedule`, unless it was kept before: whether it is new.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn schedule_export(
        &self,
        schedule: &str,
        wanted: &NewExport,
        file_name: &str,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let mut change = self.change(By { staff: None, at: now }).await?;
            if !insert(&mut change, None, Some(schedule), wanted, file_name).await? {
                return Ok(false);
            }
            change.note(KIND, &wanted.export_id.to_string(), &asked_facts(wanted)).await?;
            change.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Whether there is one of this schedule.
    pub(crate) async fn has_scheduled(&self, schedule: &str) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let found = sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT FROM exports WHERE schedule = $1) AS "is_there!""#,
                schedule
            );
            Ok(found.fetch_one(&self.pool).await?)
        })
        .await
    }

    /// When the first entry of the ledger was written.
    pub(crate) async fn first_entry_at(&self) -> Result<Option<UnixMs>, StoreError> {
        self.within(USE_WITHIN, async {
            let at = sqlx::query_scalar!("SELECT at_ms FROM ledger WHERE seq = 1");
            Ok(at.fetch_optional(&self.pool).await?.map(UnixMs))
        })
        .await
    }

    /// Those of an officer, the newest first; with those by schedule where `is_reviewer`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn exports_of(
        &self,
        staff: StaffId,
        is_reviewer: bool,
    ) -> Result<Vec<ExportView>, StoreError> {
        // As many as can be kept, and as many again that are gone.
        let limit = 2 * EXPORTS_PER_OFFICER_MAX + EXPORT_SCHEDULED_KEPT_DAYS as usize / 28;
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                ExportRow,
                r#"SELECT e.export_id, e.staff_id, s.name AS "name?", e.wanted, e.state, e.fault, e.file_name,
                          e.asked_ms, e.made_ms, e.expires_ms, e.done, e.steps, e.bytes, e.sha256, e.seen_by, e.tries
                   FROM exports e LEFT JOIN staff s ON s.staff_id = e.staff_id
                   WHERE e.staff_id = $1 OR ($2 AND e.staff_id IS NULL)
                   ORDER BY e.asked_ms DESC, e.export_id LIMIT $3"#,
                staff.0,
                is_reviewer,
                i64::try_from(limit).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(|row| Ok(ExportRecord::try_from(row)?.view)).collect()
        })
        .await
    }

    /// One of them.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn export(&self, id: ExportId) -> Result<Option<ExportRecord>, StoreError> {
        self.within(USE_WITHIN, async { export(&mut self.begin().await?, id).await }).await
    }

    /// Removes one for whoever asked for it; whoever makes it meanwhile is refused from then on.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn remove_export(
        &self,
        staff: StaffId,
        id: ExportId,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let mut change = self.change(By { staff: Some(staff), at: now }).await?;
            let removed =
                sqlx::query!("DELETE FROM exports WHERE export_id = $1 AND staff_id = $2", id.0, staff.0)
                    .execute(&mut *change.tx)
                    .await?;
            if removed.rows_affected() == 0 {
                return Ok(false);
            }
            change.note(KIND, &id.to_string(), &serde_json::json!({ "step": "removed" })).await?;
            change.commit().await?;
            Ok(true)
        })
        .await
    }

    /// The next one that is to be made, in the hands of `lease` until `until`: one that waits, or one that another node
    /// began and does not go on with. It is begun anew.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn take_export(
        &self,
        lease: Uuid,
        now: UnixMs,
        until: UnixMs,
    ) -> Result<Option<Taken>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let found = sqlx::query_scalar!(
                "SELECT export_id FROM exports
                 WHERE state = 'waiting' OR state = 'running' AND lease_ms <= $1
                 ORDER BY asked_ms LIMIT 1 FOR UPDATE SKIP LOCKED",
                now.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(id) = found else { return Ok(None) };
            sqlx::query!("DELETE FROM export_parts WHERE export_id = $1", id).execute(&mut *tx).await?;
            sqlx::query!(
                "UPDATE exports SET state = 'running', lease = $2, lease_ms = $3, tries = tries + 1,
                     done = 0, steps = 0, bytes = 0
                 WHERE export_id = $1",
                id,
                lease,
                until.0
            )
            .execute(&mut *tx)
            .await?;
            let row = row(&mut tx, ExportId(id)).await?.ok_or(StoreError::Sql(sqlx::Error::RowNotFound))?;
            tx.commit().await?;
            let tries = row.tries;
            Ok(Some(Taken { export_id: ExportId(id), lease, tries, record: row.try_into()? }))
        })
        .await
    }

    /// Keeps how far this try is, and the part that it has made, if it has: whether it is still in its hands.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn export_goes_on(
        &self,
        taken: &Taken,
        progress: Progress,
        part: Option<(i32, &[u8])>,
        until: UnixMs,
    ) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
            let held = sqlx::query!(
                "UPDATE exports SET done = $3, steps = $4, bytes = $5, lease_ms = $6
                 WHERE export_id = $1 AND lease = $2",
                taken.export_id.0,
                taken.lease,
                number(progress.done),
                number(progress.steps),
                i64::try_from(progress.bytes).unwrap_or(i64::MAX),
                until.0
            )
            .execute(&mut *tx)
            .await?;
            if held.rows_affected() == 0 {
                return Ok(false);
            }
            if let Some((part, bytes)) = part {
                sqlx::query!(
                    "INSERT INTO export_parts (export_id, part, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    taken.export_id.0,
                    part,
                    bytes
                )
                .execute(&mut *tx)
                .await?;
            }
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Keeps whose cases are in the file.
    pub(crate) async fn export_seen_by(
        &self,
        taken: &Taken,
        desk: Option<&DeskId>,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE exports SET seen_by = $3 WHERE export_id = $1 AND lease = $2",
                taken.export_id.0,
                taken.lease,
                desk.map(DeskId::as_str)
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// The file is whole.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn export_done(
        &self,
        taken: &Taken,
        progress: Progress,
        sha256: &[u8; 32],
        (now, ends): (UnixMs, UnixMs),
    ) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let mut change = self.change(By { staff: taken.record.staff, at: now }).await?;
            let bytes = i64::try_from(progress.bytes).unwrap_or(i64::MAX);
            let steps = i32::try_from(progress.steps).unwrap_or(i32::MAX);
            let done = sqlx::query!(
                "UPDATE exports SET state = 'done', lease = NULL, lease_ms = NULL, done = $3, steps = $3, bytes = $4,
                     sha256 = $5, made_ms = $6, expires_ms = $7
                 WHERE export_id = $1 AND lease = $2",
                taken.export_id.0,
                taken.lease,
                steps,
                bytes,
                sha256.as_slice(),
                now.0,
                ends.0
            )
            .execute(&mut *change.tx)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let facts = serde_json::json!({
                "step": "made", "sha256": hex(sha256), "bytes": bytes, "rows": steps,
                "format": taken.record.wanted.format,
            });
            change.note(KIND, &taken.export_id.to_string(), &facts).await?;
            change.commit().await?;
            Ok(true)
        })
        .await
    }

    /// It cannot be made; nothing of it is kept but why.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn export_failed(
        &self,
        taken: &Taken,
        fault: ExportFault,
        (now, ends): (UnixMs, UnixMs),
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            let mut change = self.change(By { staff: taken.record.staff, at: now }).await?;
            let word = serde_json::to_value(fault)?;
            let failed = sqlx::query!(
                "UPDATE exports SET state = 'failed', fault = $3, lease = NULL, lease_ms = NULL, bytes = 0,
                     made_ms = $4, expires_ms = $5
                 WHERE export_id = $1 AND lease = $2",
                taken.export_id.0,
                taken.lease,
                word.as_str(),
                now.0,
                ends.0
            )
            .execute(&mut *change.tx)
            .await?;
            if failed.rows_affected() == 0 {
                return Ok(());
            }
            sqlx::query!("DELETE FROM export_parts WHERE export_id = $1", taken.export_id.0)
                .execute(&mut *change.tx)
                .await?;
            let facts = serde_json::json!({ "step": "failed", "fault": word });
            change.note(KIND, &taken.export_id.to_string(), &facts).await?;
            change.commit().await
        })
        .await
    }

    /// Lets another try begin, which may be another node's.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn give_export_back(&self, taken: &Taken) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE exports SET state = 'waiting', lease = NULL, lease_ms = NULL
                 WHERE export_id = $1 AND lease = $2",
                taken.export_id.0,
                taken.lease
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Bytes of a part of a file, `length` of them from `from` on; none, if the file is gone.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn export_bytes(
        &self,
        id: ExportId,
        part: i32,
        (from, length): (i32, i32),
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.within(USE_WITHIN, async {
            let bytes = sqlx::query_scalar!(
                r#"SELECT substring(bytes FROM $3 + 1 FOR $4) AS "bytes!" FROM export_parts
                   WHERE export_id = $1 AND part = $2"#,
                id.0,
                part,
                from,
                length
            );
            Ok(bytes.fetch_optional(&self.pool).await?)
        })
        .await
    }

    /// Writes down that an officer fetches a file, unless that was written after `since`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn note_fetch(
        &self,
        staff: StaffId,
        record: &ExportRecord,
        since: UnixMs,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let id = record.wanted.export_id;
        self.within(USE_WITHIN, async {
            let mut change = self.change(By { staff: Some(staff), at: now }).await?;
            let noted = sqlx::query!(
                "INSERT INTO export_fetches (export_id, staff_id, at_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (export_id, staff_id) DO UPDATE SET at_ms = excluded.at_ms
                 WHERE export_fetches.at_ms < $4",
                id.0,
                staff.0,
                now.0,
                since.0
            )
            .execute(&mut *change.tx)
            .await?;
            if noted.rows_affected() == 0 {
                return Ok(());
            }
            let facts = serde_json::json!({
                "step": "fetched", "sha256": record.sha256, "bytes": record.view.bytes,
                "format": record.wanted.format,
            });
            change.note(KIND, &id.to_string(), &facts).await?;
            change.commit().await
        })
        .await
    }

    /// Removes files whose time is over, and later their rows: whether there may be more.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn tidy_exports(&self, now: UnixMs) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let over: Vec<Uuid> = sqlx::query_scalar!(
                "SELECT export_id FROM exports WHERE expires_ms <= $1 AND state IN ('done', 'failed')
                 ORDER BY expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED",
                now.0,
                TIDY_MAX
            )
            .fetch_all(&mut *tx)
            .await?;
            sqlx::query!("DELETE FROM export_parts WHERE export_id = ANY($1)", &over)
                .execute(&mut *tx)
                .await?;
            sqlx::query!(
                "UPDATE exports SET state = 'gone', fault = NULL, bytes = 0 WHERE export_id = ANY($1)",
                &over
            )
            .execute(&mut *tx)
            .await?;
            // One of a schedule stays, so that it is never made again.
            sqlx::query!(
                "DELETE FROM exports WHERE state = 'gone' AND expires_ms <= $1 AND schedule IS NULL",
                now.0.saturating_sub(GONE_SHOWN_MS)
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(i64::try_from(over.len()).unwrap_or(0) == TIDY_MAX)
        })
        .await
    }

    /// The cases at these places, as far as `scope` covers them, in the order of the places; none, if they are counted
    /// anew since `era`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn numbered_cases(
        &self,
        scope: &Scope,
        era: i32,
        places: &[i32],
    ) -> Result<Option<Vec<NumberedCase>>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let rows = sqlx::query!(
                r#"SELECT c.case_no, c.presses, m.*
                   FROM measures m JOIN cases c ON c.case_id = m.case_id
                   WHERE m.place = ANY($1) ORDER BY m.place"#,
                places
            )
            .fetch_all(&mut *tx)
            .await?;
            // After the rows: had they been counted anew before, it shows here.
            let now = sqlx::query_scalar!("SELECT era FROM measures_cursor").fetch_one(&mut *tx).await?;
            tx.commit().await?;
            if now != era {
                return Ok(None);
            }
            let cases = rows.into_iter().map(|row| {
                let case_no = case_no(row.case_no, UnixMs(row.opened_ms));
                let presses = row.presses;
                let measured = MeasureRow {
                    case_id: row.case_id,
                    place: row.place,
                    changed: row.changed,
                    desk_id: row.desk_id,
                    country: row.country,
                    kind: row.kind,
                    disposition: row.disposition,
                    drill: row.drill,
                    unverified: row.unverified,
                    opened_ms: row.opened_ms,
                    waited_ms: row.waited_ms,
                    claim_due_ms: row.claim_due_ms,
                    rang_ms: row.rang_ms,
                    seen_ms: row.seen_ms,
                    claimed_ms: row.claimed_ms,
                    closed_ms: row.closed_ms,
                    steps_targets: row.steps_targets,
                    steps_ministry: row.steps_ministry,
                    steps_nobody: row.steps_nobody,
                    steps_later: row.steps_later,
                    claimed_after: row.claimed_after,
                    transfers: row.transfers,
                    reopenings: row.reopenings,
                    forced: row.forced,
                };
                Ok(NumberedCase { case_no, presses, placed: Placed::try_from(measured)? })
            });
            cases.collect::<Result<_, StoreError>>().map(Some)
        })
        .await
    }
}

async fn insert(
    change: &mut Change,
    staff: Option<StaffId>,
    schedule: Option<&str>,
    wanted: &NewExport,
    file_name: &str,
) -> Result<bool, StoreError> {
    let state = serde_json::to_value(ExportState::Waiting)?;
    let inserted = sqlx::query!(
        "INSERT INTO exports (export_id, staff_id, schedule, wanted, state, file_name, asked_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (schedule) DO NOTHING",
        wanted.export_id.0,
        staff.map(|staff| staff.0),
        schedule,
        serde_json::to_value(wanted)?,
        state.as_str().unwrap_or_default(),
        file_name,
        change.by.at.0
    )
    .execute(&mut *change.tx)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

async fn export(tx: &mut Tx, id: ExportId) -> Result<Option<ExportRecord>, StoreError> {
    row(tx, id).await?.map(TryInto::try_into).transpose()
}

async fn row(tx: &mut Tx, id: ExportId) -> Result<Option<ExportRow>, StoreError> {
    let row = sqlx::query_as!(
        ExportRow,
        r#"SELECT e.export_id, e.staff_id, s.name AS "name?", e.wanted, e.state, e.fault, e.file_name,
                  e.asked_ms, e.made_ms, e.expires_ms, e.done, e.steps, e.bytes, e.sha256, e.seen_by, e.tries
           FROM exports e LEFT JOIN staff s ON s.staff_id = e.staff_id WHERE e.export_id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row)
}
