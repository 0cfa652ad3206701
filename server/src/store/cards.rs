//! Workers' cards, and the phones that were signed in with them.

use sos_protocol::case::WorkerProfile;
use sos_protocol::{DeviceId, UnixMs, WorkerId};

use super::workers::WorkerRow;
use super::{Store, StoreError, USE_WITHIN};

/// A phone that was lent to a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borrowed {
    /// The phone's name.
    pub device_id: DeviceId,
    /// It speaks for the worker until then.
    pub until: UnixMs,
    /// The worker.
    pub worker: WorkerProfile,
}

impl Store {
    /// Keeps a new card.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_card(
        &self,
        card_hash: [u8; 32],
        worker: WorkerId,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "INSERT INTO worker_cards (card_hash, worker_id, issued_ms) VALUES ($1, $2, $3)",
                &card_hash,
                worker.0,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Whose card it is; none: there is no such card, or it was revoked.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn card(&self, card_hash: [u8; 32]) -> Result<Option<WorkerId>, StoreError> {
        self.within(USE_WITHIN, async {
            let worker = sqlx::query_scalar!(
                "SELECT worker_id FROM worker_cards WHERE card_hash = $1 AND revoked_ms IS NULL",
                &card_hash
            )
            .fetch_optional(&self.pool)
            .await?;
            Ok(worker.map(WorkerId))
        })
        .await
    }

    /// Revokes a worker's cards, and the borrowed phones that were signed in with them. How many cards it were.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn revoke_cards(&self, worker: WorkerId, now: UnixMs) -> Result<u64, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            sqlx::query!(
                "WITH ended AS (
                     UPDATE devices SET revoked_ms = $2
                     WHERE worker_id = $1 AND borrowed_until_ms IS NOT NULL AND revoked_ms IS NULL
                     RETURNING device_id)
                 DELETE FROM push_targets t USING ended e WHERE t.device_id = e.device_id",
                worker.0,
                now.0
            )
            .execute(&mut *tx)
            .await?;
            let revoked = sqlx::query!(
                "UPDATE worker_cards SET revoked_ms = $2 WHERE worker_id = $1 AND revoked_ms IS NULL",
                worker.0,
                now.0
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(revoked.rows_affected())
        })
        .await
    }

    /// Lends the phone with `public_key` to the worker until `until`, as the new `device`. Within its time the same phone
    /// is the same device, with its first end; which PIN counts is the one that came last.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn borrow_device(
        &self,
        worker: WorkerId,
        device: DeviceId,
        public_key: &[u8],
        duress: bool,
        (now, until): (UnixMs, UnixMs),
    ) -> Result<Borrowed, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            // One sign-in of a worker at a time: the repeat of a request finds the device of the first. With a lock that
            // the recording of the worker's SOS does not wait for.
            let owner = sqlx::query_as!(
                WorkerRow,
                "SELECT * FROM workers WHERE worker_id = $1 FOR NO KEY UPDATE",
                worker.0
            )
            .fetch_one(&mut *tx)
            .await?;
            let there = sqlx::query!(
                r#"UPDATE devices SET duress = $3
                   WHERE worker_id = $1 AND public_key = $2 AND borrowed_until_ms > $4 AND revoked_ms IS NULL
                   RETURNING device_id, borrowed_until_ms AS "until!""#,
                worker.0,
                public_key,
                duress,
                now.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            let (device_id, until) = match there {
                Some(row) => (DeviceId(row.device_id), UnixMs(row.until)),
                None => {
                    sqlx::query!(
                        "INSERT INTO devices (device_id, worker_id, public_key, enrolled_ms, borrowed_until_ms, duress)
                         VALUES ($1, $2, $3, $4, $5, $6)",
                        device.0,
                        worker.0,
                        public_key,
                        now.0,
                        until.0,
                        duress
                    )
                    .execute(&mut *tx)
                    .await?;
                    (device, until)
                }
            };
            tx.commit().await?;
            Ok(Borrowed { device_id, until, worker: owner.into() })
        })
        .await
    }
}
