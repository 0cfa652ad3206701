//! Cases and alerts as rows.

use sos_core::access::Scope;
use sos_core::recording::{AlertRecord, CaseRecord, CaseView};
use sos_protocol::limits::SNAPSHOT_CLOSED_MAX;
use sos_protocol::{AlertId, CaseId, CaseSummary, Seq};

use super::{Store, StoreError, Tx, USE_WITHIN};

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
    pub async fn case_view(&self, scope: &Scope, id: CaseId) -> Result<Option<CaseView>, StoreError> {
        self.within(USE_WITHIN, async {
            let view = || {
                sqlx::query_scalar!(
                    r#"SELECT to_jsonb(v) AS "view!" FROM case_views v WHERE case_id = $1"#,
                    id.0
                )
            };
            let found = if *scope == Scope::All {
                view().fetch_optional(&self.pool).await?
            } else {
                let mut tx = self.begin_in(scope).await?;
                let found = view().fetch_optional(&mut *tx).await?;
                tx.commit().await?;
                found
            };
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
            let views: Result<Vec<CaseView>, _> = rows.into_iter().map(serde_json::from_value).collect();
            Ok((views?.into_iter().map(CaseView::summary).collect(), Seq(head)))
        })
        .await
    }

    /// Locks those of these cases for a change that `scope` covers.
    pub(crate) async fn lock_cases(
        &self,
        scope: &Scope,
        ids: &[CaseId],
    ) -> Result<(Tx, Vec<CaseRecord>), StoreError> {
        let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let found = sqlx::query_scalar!(
                r#"SELECT to_jsonb(c) AS "row!" FROM cases c WHERE case_id = ANY($1) ORDER BY case_id FOR UPDATE"#,
                &ids
            )
            .fetch_all(&mut *tx)
            .await?;
            // From here on the change is the service's own: an entry may leave the officer's scope (a transfer).
            set_scope(&mut tx, &Scope::All).await?;
            let rows = found.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
            Ok((tx, rows))
        })
        .await
    }

    /// Begins a change of the cases that these alerts or subjects have: (the transaction, the alerts that are known
    /// already, the locked cases).
    pub(crate) async fn lock_for_record(
        &self,
        alerts: &[uuid::Uuid],
        subjects: &[String],
    ) -> Result<(Tx, Vec<AlertRecord>, Vec<CaseRecord>), StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let known = sqlx::query_scalar!(
                r#"SELECT to_jsonb(a) AS "row!" FROM alerts a WHERE alert_id = ANY($1)"#,
                alerts
            )
            .fetch_all(&mut *tx)
            .await?;
            let known: Vec<AlertRecord> =
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

    pub(super) async fn save_cases(&self, tx: &mut Tx, rows: &[CaseRecord]) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO cases SELECT r.* FROM jsonb_populate_recordset(NULL::cases, $1) r
             ON CONFLICT (case_id) DO UPDATE SET
                version = excluded.version, last_seq = excluded.last_seq, state = excluded.state,
                priority = excluded.priority, unanswered_press = excluded.unanswered_press,
                desk_id = excluded.desk_id, watchers = excluded.watchers, kind = excluded.kind,
                pressed_ms = excluded.pressed_ms, waited_ms = excluded.waited_ms, presses = excluded.presses, rang_ms = excluded.rang_ms,
                seen_ms = excluded.seen_ms, cancelled_ms = excluded.cancelled_ms,
                duress_ms = excluded.duress_ms, drill = excluded.drill, unrung = excluded.unrung,
                unseen = excluded.unseen, unread = excluded.unread, battery_pct = excluded.battery_pct,
                position = excluded.position, owner_id = excluded.owner_id,
                owner_since_ms = excluded.owner_since_ms, assigned_id = excluded.assigned_id,
                assigned_ms = excluded.assigned_ms, offered_to = excluded.offered_to,
                offered_ms = excluded.offered_ms, helpers = excluded.helpers, tags = excluded.tags,
                links = excluded.links, escalated_ms = excluded.escalated_ms,
                nobody_told = excluded.nobody_told, fix_asked_ms = excluded.fix_asked_ms, closed_by = excluded.closed_by,
                closed_ms = excluded.closed_ms, disposition = excluded.disposition,
                summary = excluded.summary, last_did = excluded.last_did, last_by = excluded.last_by,
                last_at_ms = excluded.last_at_ms",
            serde_json::to_value(rows)?
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    pub(super) async fn save_alerts(&self, tx: &mut Tx, rows: &[AlertRecord]) -> Result<(), StoreError> {
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
    pub async fn alert(&self, id: AlertId) -> Result<Option<AlertRecord>, StoreError> {
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
