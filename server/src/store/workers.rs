//! Workers, enrolment codes, devices.

use std::collections::HashMap;

use sos_core::recording::DeviceState;
use sos_protocol::admin::{WorkerFound, WorkersFound};
use sos_protocol::case::WorkerProfile;
use sos_protocol::limits::SEARCH_CASES_MAX;
use sos_protocol::{CodeId, CountryCode, DeviceId, UnixMs, WorkerId};
use sqlx::PgConnection;
use uuid::Uuid;

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

/// An enrolment code as it is kept.
pub(crate) struct KeptCode {
    pub(crate) code_id: CodeId,
    pub(crate) hash: [u8; 32],
    pub(crate) worker_id: WorkerId,
    pub(crate) ends: UnixMs,
}

/// Writes new workers.
pub(crate) async fn insert_workers(db: &mut PgConnection, new: &[WorkerProfile]) -> Result<(), StoreError> {
    let texts = |f: fn(&WorkerProfile) -> Option<String>| new.iter().map(f).collect::<Vec<_>>();
    sqlx::query!(
        "INSERT INTO workers (worker_id, name, phone, language, contract_country, employer, address)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])",
        &new.iter().map(|worker| worker.worker_id.0).collect::<Vec<_>>(),
        &texts(|worker| Some(worker.name.clone())) as &[Option<String>],
        &texts(|worker| worker.phone.clone()) as &[Option<String>],
        &texts(|worker| Some(worker.language.clone())) as &[Option<String>],
        &texts(|worker| worker.contract_country.map(|iso| iso.to_string())) as &[Option<String>],
        &texts(|worker| worker.employer.clone()) as &[Option<String>],
        &texts(|worker| worker.address.clone()) as &[Option<String>]
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Of these (name, telephone number), the workers that there are; of two that are the same, the first.
pub(crate) async fn known_workers(
    db: &mut PgConnection,
    names: &[String],
    phones: &[Option<String>],
) -> Result<HashMap<(String, Option<String>), WorkerProfile>, StoreError> {
    let rows = sqlx::query_as!(
        WorkerRow,
        "SELECT w.worker_id, w.name, w.phone, w.language, w.contract_country, w.employer, w.address
         FROM unnest($1::text[], $2::text[]) t(name, phone)
         JOIN workers w ON w.name = t.name AND w.phone IS NOT DISTINCT FROM t.phone
         ORDER BY w.worker_id DESC",
        names,
        phones as &[Option<String>]
    )
    .fetch_all(db)
    .await?;
    let profiles = rows.into_iter().map(WorkerProfile::from);
    Ok(profiles.map(|worker| ((worker.name.clone(), worker.phone.clone()), worker)).collect())
}

/// One worker.
pub(crate) async fn worker_by_id(
    db: &mut PgConnection,
    id: WorkerId,
) -> Result<Option<WorkerProfile>, StoreError> {
    let row = sqlx::query_as!(
        WorkerRow,
        "SELECT worker_id, name, phone, language, contract_country, employer, address FROM workers
         WHERE worker_id = $1",
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(WorkerProfile::from))
}

/// At most `limit` workers, in order of their making; those that have a phone left out if `without_device`.
pub(crate) async fn workers(
    db: &mut PgConnection,
    without_device: bool,
    limit: i64,
) -> Result<Vec<WorkerProfile>, StoreError> {
    let rows = sqlx::query_as!(
        WorkerRow,
        "SELECT worker_id, name, phone, language, contract_country, employer, address FROM workers w
         WHERE NOT $1 OR NOT EXISTS
             (SELECT 1 FROM devices d WHERE d.worker_id = w.worker_id AND d.revoked_ms IS NULL
              AND d.borrowed_until_ms IS NULL)
         ORDER BY worker_id LIMIT $2",
        without_device,
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(WorkerProfile::from).collect())
}

/// Keeps new enrolment codes.
pub(crate) async fn insert_codes(db: &mut PgConnection, codes: &[KeptCode]) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO enrolment_codes (code_hash, code_id, worker_id, ends_ms)
         SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::bigint[])",
        &codes.iter().map(|code| code.hash.to_vec()).collect::<Vec<_>>(),
        &codes.iter().map(|code| code.code_id.0).collect::<Vec<Uuid>>(),
        &codes.iter().map(|code| code.worker_id.0).collect::<Vec<Uuid>>(),
        &codes.iter().map(|code| code.ends.0).collect::<Vec<_>>()
    )
    .execute(db)
    .await?;
    Ok(())
}

impl Store {
    /// Writes a new worker.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_worker(&self, worker: &WorkerProfile) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            let mut db = self.pool.acquire().await?;
            insert_workers(&mut db, std::slice::from_ref(worker)).await
        })
        .await
    }

    /// One worker.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn worker(&self, id: WorkerId) -> Result<Option<WorkerProfile>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut db = self.pool.acquire().await?;
            worker_by_id(&mut db, id).await
        })
        .await
    }

    /// Workers whose name, employer or telephone number has `text` in it, whatever the case and the marks; and how many
    /// have no phone.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn search_workers(&self, text: &str) -> Result<WorkersFound, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"WITH wanted AS (SELECT sos_folded($1) AS text)
                   SELECT w.worker_id, w.name, w.contract_country, w.employer,
                          (SELECT count(*) FROM devices d WHERE d.worker_id = w.worker_id
                           AND d.revoked_ms IS NULL AND d.borrowed_until_ms IS NULL) AS "devices!"
                   FROM workers w, wanted
                   WHERE strpos(sos_folded(concat_ws(chr(10), w.name, w.employer, w.phone)), wanted.text) > 0
                   ORDER BY w.name, w.worker_id LIMIT $2"#,
                text,
                i64::try_from(SEARCH_CASES_MAX).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            let without = sqlx::query_scalar!(
                r#"SELECT count(*) AS "count!" FROM workers w WHERE NOT EXISTS
                     (SELECT 1 FROM devices d WHERE d.worker_id = w.worker_id AND d.revoked_ms IS NULL
                      AND d.borrowed_until_ms IS NULL)"#
            )
            .fetch_one(&self.pool)
            .await?;
            let workers = rows.into_iter().map(|row| WorkerFound {
                worker_id: WorkerId(row.worker_id),
                name: row.name,
                contract_country: row.contract_country.as_deref().and_then(CountryCode::parse),
                employer: row.employer,
                devices: u32::try_from(row.devices).unwrap_or(u32::MAX),
            });
            Ok(WorkersFound {
                workers: workers.collect(),
                without_device: u32::try_from(without).unwrap_or(u32::MAX),
            })
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
            let mut db = self.pool.acquire().await?;
            insert_codes(&mut db, &[KeptCode { code_id, hash: code_hash, worker_id: worker, ends }]).await
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
