//! Safe check-ins.

use sos_protocol::case::CheckInView;
use sos_protocol::{CheckInId, DeviceId, Fix, UnixMs, WorkerId};

use super::{Store, StoreError, USE_WITHIN};

/// Check-ins of a worker in [`HOUR_MS`]; a person who taps the button again and again needs fewer.
const PER_HOUR_MAX: i64 = 60;
const HOUR_MS: i64 = 3600 * 1000;
/// How long a check-in is kept, in milliseconds: 90 days. Only the latest is shown; nobody's whereabouts are kept for
/// longer than it may take to look for them.
const KEPT_MS: i64 = 90 * 24 * HOUR_MS;

/// A check-in as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCheckIn {
    /// Made on the phone.
    pub check_in_id: CheckInId,
    /// Who says it.
    pub worker_id: WorkerId,
    /// With which phone.
    pub device_id: DeviceId,
    /// When it was said, …
    pub at: UnixMs,
    /// … and when it arrived.
    pub received_at: UnixMs,
    /// Where.
    pub position: Option<Fix>,
}

/// What became of a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckInTaken {
    /// It is on record, now or since before.
    Taken,
    /// The id is that of something else.
    IdReused,
    /// The worker has sent too many.
    TooMany,
}

impl Store {
    /// Keeps a check-in, once; what is older than it is kept for goes.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn save_check_in(&self, new: &NewCheckIn) -> Result<CheckInTaken, StoreError> {
        let position = new.position.as_ref().map(serde_json::to_value).transpose()?;
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let known = sqlx::query_scalar!(
                "SELECT worker_id FROM check_ins WHERE check_in_id = $1",
                new.check_in_id.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(worker) = known {
                let own = worker == new.worker_id.0;
                return Ok(if own { CheckInTaken::Taken } else { CheckInTaken::IdReused });
            }
            sqlx::query!(
                "DELETE FROM check_ins WHERE worker_id = $1 AND received_ms < $2",
                new.worker_id.0,
                new.received_at.0 - KEPT_MS
            )
            .execute(&mut *tx)
            .await?;
            let count = sqlx::query_scalar!(
                r#"SELECT count(*) AS "count!" FROM check_ins WHERE worker_id = $1 AND received_ms > $2"#,
                new.worker_id.0,
                new.received_at.0 - HOUR_MS
            )
            .fetch_one(&mut *tx)
            .await?;
            if count >= PER_HOUR_MAX {
                return Ok(CheckInTaken::TooMany);
            }
            // The same one may come over two connections at the same moment.
            sqlx::query!(
                "INSERT INTO check_ins (check_in_id, worker_id, device_id, at_ms, received_ms, position)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                new.check_in_id.0,
                new.worker_id.0,
                new.device_id.0,
                new.at.0,
                new.received_at.0,
                position
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(CheckInTaken::Taken)
        })
        .await
    }

    /// The latest check-in of a worker. Not of a phone that somebody was made to sign in with: what is said there says
    /// nothing about how the worker is.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn last_check_in(&self, worker: WorkerId) -> Result<Option<CheckInView>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "SELECT c.at_ms, c.received_ms, c.position FROM check_ins c JOIN devices d USING (device_id)
                 WHERE c.worker_id = $1 AND NOT d.duress ORDER BY c.at_ms DESC LIMIT 1",
                worker.0
            )
            .fetch_optional(&self.pool)
            .await?;
            let Some(row) = row else { return Ok(None) };
            Ok(Some(CheckInView {
                at_ms: UnixMs(row.at_ms),
                received_at_ms: UnixMs(row.received_ms),
                position: row.position.map(serde_json::from_value).transpose()?,
            }))
        })
        .await
    }
}
