//! Workers, enrolment codes, devices.

use sos_core::recording::DeviceState;
use sos_protocol::case::WorkerProfile;
use sos_protocol::{CodeId, CountryCode, DeviceId, UnixMs, WorkerId};

use super::{Store, StoreError, USE_WITHIN};

/// What became of an enrolment code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeUse {
    /// It was good: the device, and its owner. Also for the repeat of the same request by the same key.
    Enrolled(DeviceId, WorkerProfile),
    /// There is no such code.
    Unknown,
    /// Another phone used it.
    Used,
    /// It is past its time.
    Expired,
}

/// A row of `workers`.
pub(super) struct WorkerRow {
    pub(super) worker_id: uuid::Uuid,
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) language: String,
    pub(super) contract_country: Option<String>,
    pub(super) employer: Option<String>,
    pub(super) address: Option<String>,
}

impl From<WorkerRow> for WorkerProfile {
    fn from(row: WorkerRow) -> Self {
        Self {
            worker_id: WorkerId(row.worker_id),
            name: row.name,
            phone: row.phone,
            language: row.language,
            contract_country: row.contract_country.as_deref().and_then(CountryCode::parse),
            employer: row.employer,
            address: row.address,
        }
    }
}

impl Store {
    /// Writes a new worker.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_worker(&self, worker: &WorkerProfile) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "INSERT INTO workers (worker_id, name, phone, language, contract_country, employer, address)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                worker.worker_id.0,
                worker.name,
                worker.phone,
                worker.language,
                worker.contract_country.map(|iso| iso.to_string()),
                worker.employer,
                worker.address
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// A worker with this name and telephone number, if there is one (imports are repeated).
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn find_worker(&self, name: &str, phone: Option<&str>) -> Result<Option<WorkerId>, StoreError> {
        self.within(USE_WITHIN, async {
            let id = sqlx::query_scalar!(
                "SELECT worker_id FROM workers WHERE name = $1 AND phone IS NOT DISTINCT FROM $2 LIMIT 1",
                name,
                phone
            )
            .fetch_optional(&self.pool)
            .await?;
            Ok(id.map(WorkerId))
        })
        .await
    }

    /// One worker.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn worker(&self, id: WorkerId) -> Result<Option<WorkerProfile>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query_as!(WorkerRow, "SELECT * FROM workers WHERE worker_id = $1", id.0)
                .fetch_optional(&self.pool)
                .await?;
            Ok(row.map(WorkerProfile::from))
        })
        .await
    }

    /// At most `limit` workers, in order of their making; those that have a phone left out if `without_device`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn workers(&self, without_device: bool, limit: i64) -> Result<Vec<WorkerProfile>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                WorkerRow,
                "SELECT * FROM workers w WHERE NOT $1 OR NOT EXISTS
                     (SELECT 1 FROM devices d WHERE d.worker_id = w.worker_id AND d.revoked_ms IS NULL
                      AND d.borrowed_until_ms IS NULL)
                 ORDER BY worker_id LIMIT $2",
                without_device,
                limit
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(WorkerProfile::from).collect())
        })
        .await
    }

    /// Keeps a new enrolment code.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_code(
        &self,
        code_id: CodeId,
        code_hash: [u8; 32],
        worker: WorkerId,
        ends: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "INSERT INTO enrolment_codes (code_hash, code_id, worker_id, ends_ms) VALUES ($1, $2, $3, $4)",
                &code_hash,
                code_id.0,
                worker.0,
                ends.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Uses a code for the phone with `public_key`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn use_code(
        &self,
        code_hash: [u8; 32],
        device: DeviceId,
        public_key: &[u8],
        model: Option<&str>,
        now: UnixMs,
    ) -> Result<CodeUse, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let code = sqlx::query!(
                r#"SELECT c.worker_id, c.ends_ms, c.device_id, d.public_key AS "public_key?"
                   FROM enrolment_codes c LEFT JOIN devices d USING (device_id)
                   WHERE code_hash = $1 FOR UPDATE OF c"#,
                &code_hash
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(code) = code else { return Ok(CodeUse::Unknown) };
            let device = match (code.device_id, code.public_key) {
                (Some(earlier), Some(key)) if key == public_key => DeviceId(earlier),
                (Some(_), _) => return Ok(CodeUse::Used),
                (None, _) if code.ends_ms <= now.0 => return Ok(CodeUse::Expired),
                (None, _) => {
                    sqlx::query!(
                        "INSERT INTO devices (device_id, worker_id, public_key, model, enrolled_ms)
                         VALUES ($1, $2, $3, $4, $5)",
                        device.0,
                        code.worker_id,
                        public_key,
                        model,
                        now.0
                    )
                    .execute(&mut *tx)
                    .await?;
                    sqlx::query!(
                        "UPDATE enrolment_codes SET used_ms = $2, device_id = $3 WHERE code_hash = $1",
                        &code_hash,
                        now.0,
                        device.0
                    )
                    .execute(&mut *tx)
                    .await?;
                    device
                }
            };
            let worker =
                sqlx::query_as!(WorkerRow, "SELECT * FROM workers WHERE worker_id = $1", code.worker_id)
                    .fetch_one(&mut *tx)
                    .await?;
            tx.commit().await?;
            Ok(CodeUse::Enrolled(device, worker.into()))
        })
        .await
    }

    /// Of these devices, the ones that exist, as they were at `at`: a borrowed one is as revoked after its end.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn devices(&self, ids: &[uuid::Uuid], at: UnixMs) -> Result<Vec<DeviceState>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT device_id, worker_id, duress,
                          (revoked_ms IS NOT NULL OR coalesce(borrowed_until_ms <= $2, false)) AS "revoked!"
                   FROM devices WHERE device_id = ANY($1)"#,
                ids,
                at.0
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows
                .into_iter()
                .map(|row| DeviceState {
                    device_id: DeviceId(row.device_id),
                    worker_id: WorkerId(row.worker_id),
                    revoked: row.revoked,
                    duress: row.duress,
                })
                .collect())
        })
        .await
    }

    /// Takes a device's right to speak for its owner, and to hear what is for them. False if there is no such device.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn revoke_device(&self, id: DeviceId, now: UnixMs) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let done = sqlx::query!(
                "WITH forgotten AS (DELETE FROM push_targets WHERE device_id = $1)
                 UPDATE devices SET revoked_ms = coalesce(revoked_ms, $2) WHERE device_id = $1",
                id.0,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }
}
