//! Reports: their entries in the ledger, and the list that is made from them.

use sos_core::access::Scope;
use sos_core::recording::{Changes, case_no};
use sos_core::report::{DUTY_KINDS, KINDS, ReportRecord};
use sos_protocol::limits::REPORTS_PAGE_MAX;
use sos_protocol::report::{ReportCounts, ReportRow, ReportsOf};
use sos_protocol::{Actor, CaseEvent, CaseId, DeskId, StaffId, UnixMs};

use super::ledger::EntryRow;
use super::{Store, StoreError, Tx, USE_WITHIN};

/// An entry as the rules of reports take it.
pub(crate) type ReportEntry = (CaseEvent, Option<StaffId>, UnixMs);

/// Until when cases were closed without being listed, in milliseconds: a day after there was a list, since nodes of before may
/// have gone on for a while. No row: nobody knows.
const LISTED_FROM: &str = "SELECT (1000 * extract(epoch FROM installed_on + interval '1 day'))::bigint FROM _sqlx_migrations WHERE version = 9";

/// What of the list is asked for.
pub struct ReportsAsked {
    /// Which; none: all.
    pub of: Option<ReportsOf>,
    /// Of cases that this desk holds; none: of all.
    pub desk: Option<DeskId>,
    /// Cases with a smaller running number.
    pub before: i64,
    /// When it is asked.
    pub now: UnixMs,
    /// What day it is at each desk, `2026-12-31`.
    pub days: Vec<(DeskId, String)>,
}

/// A page of the list.
pub struct ReportsFound {
    /// The latest case first.
    pub reports: Vec<ReportRow>,
    /// Running number of the last one, where there are more.
    pub next: Option<i64>,
    /// How many there are.
    pub counts: ReportCounts,
}

struct FoundRow {
    case_id: uuid::Uuid,
    case_no: i64,
    opened_ms: i64,
    desk_id: String,
    closed_ms: Option<i64>,
    disposition: Option<String>,
    state: String,
    version: i32,
    required: Vec<String>,
    due_ms: Option<i64>,
    open_measures: i64,
    overdue_measures: i64,
}

impl Store {
    /// The entries of a case that its report and the duty to have one rest on, oldest first. The case is locked, so that
    /// no other comes meanwhile.
    pub(crate) async fn report_entries(
        &self,
        tx: &mut Tx,
        id: CaseId,
    ) -> Result<Vec<ReportEntry>, StoreError> {
        let kinds: Vec<String> = KINDS.iter().chain(&DUTY_KINDS).map(|kind| (*kind).to_owned()).collect();
        let rows = sqlx::query_as!(
            EntryRow,
            r#"SELECT seq AS "seq!", at_ms AS "at_ms!", case_id AS "case_id!", actor AS "actor!", actor_id,
                      actor_name AS "actor_name?", ref_id, facts AS "facts!", sealed AS "sealed!",
                      subject AS "subject!", wrapped_key AS "wrapped_key?",
                      NULL::jsonb AS view, NULL::jsonb AS alerts
               FROM (SELECT l.seq AS at FROM ledger l WHERE l.case_id = $1 AND l.kind = ANY($2)) page
               CROSS JOIN LATERAL (SELECT * FROM ledger_views v WHERE v.seq = page.at OFFSET 0) v
               ORDER BY seq"#,
            id.0,
            &kinds
        )
        .fetch_all(&mut **tx)
        .await?;
        let entries = rows.into_iter().map(|row| {
            let entry = self.timeline_entry(row)?;
            let by = match entry.actor {
                Actor::Staff { staff_id, .. } => Some(staff_id),
                Actor::Worker {} | Actor::Service {} => None,
            };
            Ok((entry.event, by, entry.at_ms))
        });
        entries.collect()
    }

    /// Brings the list up to what `changes` are about to add to the ledger at `now`.
    pub(super) async fn list_reports_of(
        &self,
        tx: &mut Tx,
        changes: &Changes,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        for case in &changes.cases {
            let drafts = changes.drafts.iter().filter(|draft| draft.case_id == case.case_id);
            let new: Vec<ReportEntry> =
                drafts.map(|draft| (draft.event.clone(), draft.by.staff(), now)).collect();
            if !new.iter().any(|(event, ..)| ReportRecord::moves(event)) {
                continue;
            }
            let mut entries = self.report_entries(tx, case.case_id).await?;
            entries.extend(new);
            match ReportRecord::of(case, &entries) {
                Some(record) => save_record(tx, &record).await?,
                None => {
                    sqlx::query!("DELETE FROM reports WHERE case_id = $1", case.case_id.0)
                        .execute(&mut **tx)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Cases with running numbers behind `after`, at most `numbers` of them, that may have to have a report and are not in the
    /// list because they were closed before there was one. None: there are no numbers behind `after`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn unlisted_reports(
        &self,
        after: i64,
        numbers: i64,
    ) -> Result<Option<Vec<CaseId>>, StoreError> {
        self.within(USE_WITHIN, async {
            let last = sqlx::query_scalar!(r#"SELECT coalesce(max(case_no), 0) AS "last!" FROM cases"#)
                .fetch_one(&self.pool)
                .await?;
            if last <= after {
                return Ok(None);
            }
            let until: Option<i64> = sqlx::query_scalar(LISTED_FROM).fetch_optional(&self.pool).await?;
            let found = sqlx::query_scalar!(
                "SELECT c.case_id FROM cases c
                 WHERE c.case_no > $1 AND c.case_no <= $1 + $2 AND c.state = 'closed' AND c.closed_ms < $3
                   AND NOT c.drill AND c.disposition NOT IN ('test', 'duplicate')
                   AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.case_id = c.case_id)
                   AND (c.duress_ms IS NOT NULL OR c.disposition = 'unable_to_contact'
                        OR c.kind IN ('injured', 'attacked', 'held')
                        OR EXISTS (SELECT 1 FROM ledger l WHERE l.case_id = c.case_id AND l.kind = 'escalated')
                        OR NOT EXISTS (SELECT 1 FROM ledger l WHERE l.case_id = c.case_id
                                       AND l.kind = 'claimed' AND l.at_ms <= c.claim_due_ms))
                 ORDER BY c.case_no",
                after,
                numbers,
                until.unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(Some(found.into_iter().map(CaseId).collect()))
        })
        .await
    }

    /// Puts the report of a case into the list, as its entries say; whether there must be one.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn list_report_of(&self, id: CaseId) -> Result<bool, StoreError> {
        let (mut tx, cases) = self.lock_cases(&Scope::All, &[id]).await?;
        self.within(USE_WITHIN, async move {
            let Some(case) = cases.first() else { return Ok(false) };
            let entries = self.report_entries(&mut tx, id).await?;
            let Some(record) = ReportRecord::of(case, &entries) else { return Ok(false) };
            save_record(&mut tx, &record).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    /// A page of the list, as far as `scope` covers it.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn reports(&self, scope: &Scope, asked: &ReportsAsked) -> Result<ReportsFound, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let mut rows = page(&mut tx, asked).await?;
            let counts = counts(&mut tx, asked).await?;
            tx.commit().await?;
            let has_more = rows.len() > REPORTS_PAGE_MAX;
            rows.truncate(REPORTS_PAGE_MAX);
            let next = rows.last().map(|row| row.case_no).filter(|_| has_more);
            let reports = rows.into_iter().map(|row| report_row(row, asked.now)).collect::<Result<_, _>>()?;
            Ok(ReportsFound { reports, next, counts })
        })
        .await
    }
}

async fn save_record(tx: &mut Tx, record: &ReportRecord) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO reports SELECT r.* FROM jsonb_populate_record(NULL::reports, $1) r
         ON CONFLICT (case_id) DO UPDATE SET
            state = excluded.state, version = excluded.version, required = excluded.required,
            closed_ms = excluded.closed_ms, due_ms = excluded.due_ms, open_due = excluded.open_due",
        serde_json::to_value(record)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One more than a page has.
async fn page(tx: &mut Tx, asked: &ReportsAsked) -> Result<Vec<FoundRow>, StoreError> {
    let (desks, days) = columns(asked);
    let rows = sqlx::query_as!(
        FoundRow,
        r#"SELECT r.case_id, r.case_no, c.opened_ms, c.desk_id, r.closed_ms, c.disposition, r.state, r.version,
                  r.required, r.due_ms, cardinality(r.open_due)::bigint AS "open_measures!",
                  over.measures AS "overdue_measures!"
           FROM reports r
           JOIN cases c ON c.case_id = r.case_id
           CROSS JOIN LATERAL (
               SELECT count(*) AS measures
               FROM unnest(r.open_due) due
               JOIN unnest($5::text[], $6::text[]) today (desk_id, day) ON today.desk_id = c.desk_id
               WHERE due < today.day::date) over
           WHERE r.case_no < $1 AND ($2::text IS NULL OR c.desk_id = $2)
             AND CASE $3::text
                 WHEN 'missing' THEN r.version = 0 AND r.closed_ms IS NOT NULL
                 WHEN 'overdue' THEN r.due_ms < $4
                 WHEN 'draft' THEN r.state = 'draft' AND r.version > 0
                 WHEN 'submitted' THEN r.state = 'submitted'
                 WHEN 'returned' THEN r.state = 'returned'
                 WHEN 'accepted' THEN r.state = 'accepted'
                 WHEN 'open_measures' THEN r.open_due <> '{}'
                 WHEN 'overdue_measures' THEN over.measures > 0
                 ELSE true END
           ORDER BY r.case_no DESC LIMIT $7"#,
        asked.before,
        asked.desk.as_ref().map(DeskId::as_str),
        asked.of.map(word),
        asked.now.0,
        &desks,
        &days,
        i64::try_from(REPORTS_PAGE_MAX).unwrap_or(i64::MAX).saturating_add(1)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows)
}

async fn counts(tx: &mut Tx, asked: &ReportsAsked) -> Result<ReportCounts, StoreError> {
    let (desks, days) = columns(asked);
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE r.version = 0 AND r.closed_ms IS NOT NULL) AS "missing!",
                  count(*) FILTER (WHERE r.due_ms < $2) AS "overdue!",
                  count(*) FILTER (WHERE r.state = 'draft' AND r.version > 0) AS "draft!",
                  count(*) FILTER (WHERE r.state = 'submitted') AS "submitted!",
                  count(*) FILTER (WHERE r.state = 'returned') AS "returned!",
                  coalesce(sum(cardinality(r.open_due)), 0)::bigint AS "open_measures!",
                  coalesce(sum(over.measures), 0)::bigint AS "overdue_measures!"
           FROM reports r
           JOIN cases c ON c.case_id = r.case_id
           CROSS JOIN LATERAL (
               SELECT count(*) AS measures
               FROM unnest(r.open_due) due
               JOIN unnest($3::text[], $4::text[]) today (desk_id, day) ON today.desk_id = c.desk_id
               WHERE due < today.day::date) over
           WHERE (r.state <> 'accepted' OR r.open_due <> '{}') AND ($1::text IS NULL OR c.desk_id = $1)"#,
        asked.desk.as_ref().map(DeskId::as_str),
        asked.now.0,
        &desks,
        &days
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(ReportCounts {
        missing: count(row.missing),
        overdue: count(row.overdue),
        draft: count(row.draft),
        submitted: count(row.submitted),
        returned: count(row.returned),
        open_measures: count(row.open_measures),
        overdue_measures: count(row.overdue_measures),
    })
}

fn columns(asked: &ReportsAsked) -> (Vec<String>, Vec<String>) {
    asked.days.iter().map(|(desk, day)| (desk.0.clone(), day.clone())).unzip()
}

fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

const fn word(of: ReportsOf) -> &'static str {
    match of {
        ReportsOf::Missing => "missing",
        ReportsOf::Overdue => "overdue",
        ReportsOf::Draft => "draft",
        ReportsOf::Submitted => "submitted",
        ReportsOf::Returned => "returned",
        ReportsOf::Accepted => "accepted",
        ReportsOf::OpenMeasures => "open_measures",
        ReportsOf::OverdueMeasures => "overdue_measures",
    }
}

fn report_row(row: FoundRow, now: UnixMs) -> Result<ReportRow, StoreError> {
    let due_ms = row.due_ms.map(UnixMs);
    Ok(ReportRow {
        case_id: CaseId(row.case_id),
        case_no: case_no(row.case_no, UnixMs(row.opened_ms)),
        desk_id: DeskId(row.desk_id),
        closed_at_ms: row.closed_ms.map(UnixMs),
        disposition: row.disposition.map(|word| serde_json::from_value(word.into())).transpose()?,
        state: serde_json::from_value(row.state.into())?,
        version: u32::try_from(row.version).unwrap_or_default(),
        required: serde_json::from_value(row.required.into())?,
        due_ms,
        overdue: due_ms.is_some_and(|due| due < now),
        open_measures: count(row.open_measures),
        overdue_measures: count(row.overdue_measures),
    })
}
