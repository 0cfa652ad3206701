//! Rotas, policies, and documents of which there is one each: holidays, texts. Who may change them, and into what, is
//! for `crate::admin` to say.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sos_protocol::cover::{Colleague, Policy, Rota};
use sos_protocol::{DeskId, RotaId, StaffId, UnixMs};
use sqlx::PgConnection;
use uuid::Uuid;

use super::desks::AWAY_AFTER_MS;
use super::staff::role_of_row;
use super::{Store, StoreError, USE_WITHIN};

/// A document of which there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The wire's list of holidays.
    Holidays,
    /// The wire's texts.
    Texts,
}

impl Document {
    /// In the store and in the ledger.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Holidays => "holidays",
            Self::Texts => "texts",
        }
    }
}

/// A version as the wire has it.
pub(crate) fn version(kept: i32) -> u32 {
    u32::try_from(kept).unwrap_or(0)
}

/// The version after `seen`.
fn next(seen: u32) -> i32 {
    i32::try_from(seen).unwrap_or(i32::MAX).saturating_add(1)
}

/// A rota that is not removed, with its version.
pub(crate) async fn rota(db: &mut PgConnection, id: RotaId) -> Result<Option<(Rota, u32)>, StoreError> {
    let row = sqlx::query!("SELECT rota, version FROM rotas WHERE rota_id = $1 AND removed_ms IS NULL", id.0)
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok((serde_json::from_value(row.rota)?, version(row.version)))).transpose()
}

/// Writes a rota after the version that was `seen`. False: the id belongs to one that was removed.
pub(crate) async fn write_rota(db: &mut PgConnection, rota: &Rota, seen: u32) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO rotas (rota_id, desk_id, version, rota) VALUES ($1, $2, $3, $4)
         ON CONFLICT (rota_id) DO UPDATE SET version = excluded.version, rota = excluded.rota
         WHERE rotas.removed_ms IS NULL",
        rota.id.0,
        rota.desk.as_str(),
        next(seen),
        serde_json::to_value(rota)?
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a rota out of use.
pub(crate) async fn remove_rota(db: &mut PgConnection, id: RotaId, now: UnixMs) -> Result<(), StoreError> {
    sqlx::query!("UPDATE rotas SET removed_ms = $2 WHERE rota_id = $1", id.0, now.0).execute(db).await?;
    Ok(())
}

/// The policy of a desk, where one is set.
pub(crate) async fn policy(db: &mut PgConnection, desk: &DeskId) -> Result<Option<Policy>, StoreError> {
    let row = sqlx::query_scalar!("SELECT policy FROM policies WHERE desk_id = $1", desk.as_str())
        .fetch_optional(db)
        .await?;
    Ok(row.map(serde_json::from_value).transpose()?)
}

/// All policies that are set.
pub(crate) async fn policies(db: &mut PgConnection) -> Result<Vec<Policy>, StoreError> {
    let rows =
        sqlx::query_scalar!("SELECT policy FROM policies ORDER BY desk_id LIMIT 10000").fetch_all(db).await?;
    Ok(rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?)
}

/// Writes a policy as it is, with its new version.
pub(crate) async fn write_policy(db: &mut PgConnection, policy: &Policy) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO policies (desk_id, version, policy) VALUES ($1, $2, $3)
         ON CONFLICT (desk_id) DO UPDATE SET version = excluded.version, policy = excluded.policy",
        policy.desk.as_str(),
        i32::try_from(policy.version).unwrap_or(i32::MAX),
        serde_json::to_value(policy)?
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A document with its version.
pub(crate) async fn document<T: DeserializeOwned>(
    db: &mut PgConnection,
    which: Document,
) -> Result<Option<(T, u32)>, StoreError> {
    let row = sqlx::query!("SELECT document, version FROM documents WHERE kind = $1", which.word())
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok((serde_json::from_value(row.document)?, version(row.version)))).transpose()
}

/// Writes a document after the version that was `seen`.
pub(crate) async fn write_document(
    db: &mut PgConnection,
    which: Document,
    document: &impl Serialize,
    seen: u32,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO documents (kind, version, document) VALUES ($1, $2, $3)
         ON CONFLICT (kind) DO UPDATE SET version = excluded.version, document = excluded.document",
        which.word(),
        next(seen),
        serde_json::to_value(document)?
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Of these officers, those who can be on call: enabled, and in a role that works cases.
pub(crate) async fn can_be_on_call(
    db: &mut PgConnection,
    staff: &[StaffId],
) -> Result<Vec<StaffId>, StoreError> {
    let ids: Vec<Uuid> = staff.iter().map(|id| id.0).collect();
    let rows = sqlx::query_scalar!(
        "SELECT staff_id FROM staff WHERE staff_id = ANY($1) AND NOT disabled
         AND role IN ('dispatcher', 'supervisor', 'duty_officer')",
        &ids
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(StaffId).collect())
}

/// Everything that is kept of cover, webhooks apart.
#[derive(Debug)]
pub struct KeptCover {
    /// Rotas with their versions, by desk and name.
    pub rotas: Vec<(Rota, u32)>,
    /// Policies that are set.
    pub policies: Vec<Policy>,
    /// Officers who can be on call, by desk and name.
    pub colleagues: Vec<Colleague>,
    /// Holidays with their version.
    pub holidays: (Vec<sos_protocol::cover::Holiday>, u32),
}

impl Store {
    /// Everything that is kept of cover, webhooks apart, as of one moment.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn cover(&self, now: UnixMs) -> Result<KeptCover, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *tx).await?;
            Ok(KeptCover {
                rotas: rotas(&mut tx).await?,
                policies: policies(&mut tx).await?,
                colleagues: colleagues(&mut tx, now).await?,
                holidays: document(&mut tx, Document::Holidays).await?.unwrap_or_default(),
            })
        })
        .await
    }

    /// A document with its version.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn document<T: DeserializeOwned>(
        &self,
        which: Document,
    ) -> Result<Option<(T, u32)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut db = self.pool.acquire().await?;
            document(&mut db, which).await
        })
        .await
    }
}

async fn rotas(db: &mut PgConnection) -> Result<Vec<(Rota, u32)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT rota, version FROM rotas WHERE removed_ms IS NULL
         ORDER BY desk_id, rota->>'name', rota_id LIMIT 10000"
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| Ok((serde_json::from_value(row.rota)?, version(row.version)))).collect()
}

async fn colleagues(db: &mut PgConnection, now: UnixMs) -> Result<Vec<Colleague>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT s.staff_id, s.name, s.role, s.desk_id,
                  EXISTS (SELECT 1 FROM shifts h WHERE h.staff_id = s.staff_id AND h.ended_ms IS NULL
                          AND h.seen_ms > $1) AS "on_shift!",
                  EXISTS (SELECT 1 FROM staff_channels c WHERE c.staff_id = s.staff_id) AS "has_channel!"
           FROM staff s WHERE NOT s.disabled AND s.role IN ('dispatcher', 'supervisor', 'duty_officer')
           ORDER BY s.desk_id NULLS FIRST, s.name, s.staff_id"#,
        now.plus_ms(-AWAY_AFTER_MS).0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Colleague {
                staff_id: StaffId(row.staff_id),
                name: row.name,
                role: role_of_row(&row.role)?,
                desk_id: row.desk_id.map(DeskId),
                on_shift: row.on_shift,
                has_channel: row.has_channel,
            })
        })
        .collect()
}
