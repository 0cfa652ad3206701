//! Workers' PINs.

use sos_protocol::{AlertId, UnixMs, WorkerId};

use super::{Store, StoreError, USE_WITHIN};

/// What a cancellation has to be judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakingBack {
    /// Whose PIN it needs; none: nobody's.
    pub pins_of: Option<WorkerId>,
    /// The alert is known to be one of a drill.
    pub is_drill: bool,
}

/// A try of a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinTry {
    /// The worker has no PINs, or there is no such worker.
    NoPins,
    /// There were too many tries; no PIN is looked at now.
    Closed,
    /// It was counted: to be compared with the first and the second one.
    Counted([String; 2]),
}

impl Store {
    /// What taking `alert` back has to be judged by: the worker whose case it is in for sure, else the one who `asks`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn taking_back(
        &self,
        asks: Option<WorkerId>,
        alert: AlertId,
    ) -> Result<TakingBack, StoreError> {
        self.within(USE_WITHIN, async {
            let found = sqlx::query!(
                r#"WITH of_alert AS (
                       SELECT c.drill, c.worker_id, c.subject LIKE 'worker:%' AS sure
                       FROM alerts a JOIN cases c USING (case_id) WHERE a.alert_id = $2)
                   SELECT (SELECT worker_id FROM worker_pins WHERE worker_id
                               = coalesce((SELECT worker_id FROM of_alert WHERE sure), $1)) AS pins_of,
                          EXISTS (SELECT FROM of_alert WHERE drill) AS "is_drill!""#,
                asks.map(|worker| worker.0),
                alert.0
            )
            .fetch_one(&self.pool)
            .await?;
            Ok(TakingBack { pins_of: found.pins_of.map(WorkerId), is_drill: found.is_drill })
        })
        .await
    }

    /// Counts a try before it is looked at, so that no number of tries at the same moment gets past the bound. The one
    /// that reaches `tries_max` closes the worker's PINs until `closed_until`; [`Self::pin_was_right`] opens them again.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn count_pin_try(
        &self,
        worker: WorkerId,
        tries_max: i32,
        (now, closed_until): (UnixMs, UnixMs),
    ) -> Result<PinTry, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let row = sqlx::query!(
                "SELECT pin_hash, other_hash, tries, closed_until_ms FROM worker_pins WHERE worker_id = $1 FOR UPDATE",
                worker.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(row) = row else { return Ok(PinTry::NoPins) };
            if row.closed_until_ms > now.0 {
                return Ok(PinTry::Closed);
            }
            // The one that closes them begins a new count, for when they are open again.
            let (tries, closed_until) = if row.tries + 1 < tries_max {
                (row.tries + 1, row.closed_until_ms)
            } else {
                (0, closed_until.0)
            };
            sqlx::query!(
                "UPDATE worker_pins SET tries = $2, closed_until_ms = $3 WHERE worker_id = $1",
                worker.0,
                tries,
                closed_until
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(PinTry::Counted([row.pin_hash, row.other_hash]))
        })
        .await
    }

    /// The last try was right, with either PIN: the count begins anew.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn pin_was_right(&self, worker: WorkerId) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE worker_pins SET tries = 0, closed_until_ms = 0 WHERE worker_id = $1",
                worker.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Whether the worker has PINs.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn has_pins(&self, worker: WorkerId) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            Ok(sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT FROM worker_pins WHERE worker_id = $1) AS "has!""#,
                worker.0
            )
            .fetch_one(&self.pool)
            .await?)
        })
        .await
    }

    /// Keeps the first PINs of a worker. False if there are some already.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn set_first_pins(
        &self,
        worker: WorkerId,
        [pin, other]: &[String; 2],
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let done = sqlx::query!(
                "INSERT INTO worker_pins (worker_id, pin_hash, other_hash, set_ms) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
                worker.0,
                pin,
                other,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    /// Keeps others in their place; none: that one stays.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn change_pins(
        &self,
        worker: WorkerId,
        pin: Option<&str>,
        other: Option<&str>,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE worker_pins SET pin_hash = coalesce($2, pin_hash), other_hash = coalesce($3, other_hash),
                     set_ms = $4 WHERE worker_id = $1",
                worker.0,
                pin,
                other,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Forgets a worker's PINs. False if there are none.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn forget_pins(&self, worker: WorkerId) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let done = sqlx::query!("DELETE FROM worker_pins WHERE worker_id = $1", worker.0)
                .execute(&self.pool)
                .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }
}
