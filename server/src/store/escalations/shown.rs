//! What officers see of an escalation, and what their consoles say they showed.

use sos_core::cover::Escalation;
use sos_protocol::cover::EscalationView;
use sos_protocol::limits::NOTIFICATIONS_MAX;
use sos_protocol::{CaseId, StaffId, UnixMs};

use crate::store::notifications::noted;
use crate::store::{Store, StoreError, USE_WITHIN};

/// Notifications given up in one statement; the rest comes with the next look.
const GIVEN_UP_MAX: i64 = 1_000;

impl Store {
    /// How far the telling has got for a case. The caller has checked that it may be seen.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn escalation_view(&self, case_id: CaseId) -> Result<EscalationView, StoreError> {
        self.within(USE_WITHIN, async {
            let state = sqlx::query_scalar!("SELECT state FROM escalations WHERE case_id = $1", case_id.0)
                .fetch_optional(&self.pool)
                .await?;
            let running = super::escalation(case_id.0, state.flatten());
            let rows = sqlx::query!(
                r#"SELECT to_jsonb(n) AS "noted!", coalesce(t.name, w.name, '') AS "to!"
                   FROM notifications n LEFT JOIN staff t USING (staff_id) LEFT JOIN webhooks w USING (webhook_id)
                   WHERE n.case_id = $1 ORDER BY n.made_ms DESC, n.notification_id LIMIT $2"#,
                case_id.0,
                i64::try_from(NOTIFICATIONS_MAX).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            let notifications = rows.into_iter().map(|row| noted(row.noted, &row.to));
            Ok(EscalationView {
                next_due_ms: running.as_ref().map(|running| running.due),
                is_watch: running.as_ref().is_some_and(is_watch),
                notifications: notifications.collect::<Result<_, _>>()?,
            })
        })
        .await
    }

    /// The officer's console showed what waited for it in this case.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn told_at_console(
        &self,
        case_id: CaseId,
        staff: StaffId,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE notifications SET state = 'sent', tries = tries + 1, settled_ms = $3
                 WHERE case_id = $1 AND staff_id = $2 AND channel = 'console' AND state = 'waiting'",
                case_id.0,
                staff.0,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Gives up what no console showed that was made until `until`. How many there were.
    pub(crate) async fn give_up_consoles(&self, until: UnixMs, now: UnixMs) -> Result<u64, StoreError> {
        self.within(USE_WITHIN, async {
            let given_up = sqlx::query!(
                "UPDATE notifications SET state = 'failed', tries = tries + 1, fault = 'no_answer', settled_ms = $2
                 WHERE notification_id IN (
                     SELECT notification_id FROM notifications
                     WHERE channel = 'console' AND state = 'waiting' AND due_ms <= $1
                     ORDER BY due_ms LIMIT $3 FOR UPDATE SKIP LOCKED)",
                until.0,
                now.0,
                GIVEN_UP_MAX
            )
            .execute(&self.pool)
            .await?;
            Ok(given_up.rows_affected())
        })
        .await
    }
}

/// It waits beside a claimed case and has told nobody yet.
const fn is_watch(running: &Escalation) -> bool {
    running.owner.is_some() && running.told_at.is_none()
}
