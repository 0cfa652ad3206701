//! Desks, shifts.

use sos_protocol::feed::DutyOfficer;
use sos_protocol::figures::AnswerTarget;
use sos_protocol::http::DeskView;
use sos_protocol::limits::HEARTBEAT_INTERVAL_S;
use sos_protocol::{CountryCode, DeskId, StaffId, UnixMs};

use sqlx::PgConnection;

use super::cover::version;
use super::{Store, StoreError, USE_WITHIN};

/// An officer on shift whose console was not connected for this long is not there.
pub(super) const AWAY_AFTER_MS: i64 = 3 * 1000 * HEARTBEAT_INTERVAL_S as i64;

/// A desk, as routing needs it and an administrator gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskRow {
    /// Identity.
    pub desk_id: DeskId,
    /// Name to show.
    pub name: String,
    /// Country of the post; none for the ministry.
    pub home: Option<CountryCode>,
    /// It answers where no other desk does.
    pub is_ministry: bool,
    /// It takes its countries' cases where no district fits.
    pub is_principal: bool,
    /// Countries it answers for.
    pub countries: Vec<CountryCode>,
    /// Consular district, GeoJSON.
    pub district: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// City of the post, degrees.
    pub lat: Option<f64>,
    /// City of the post, degrees.
    pub lon: Option<f64>,
    /// By when a case should be claimed, in seconds after the press.
    pub claim_target_s: i32,
    /// What figures hold its answers against; empty: what holds for all.
    pub answer_targets: Vec<AnswerTarget>,
}

/// All desks with their versions.
pub(crate) async fn desks(db: &mut PgConnection) -> Result<Vec<(DeskRow, u32)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT desk_id, name, home_iso, is_ministry, is_principal, countries, district, time_zone, lat, lon,
                claim_target_s, answer_targets, version
         FROM desks ORDER BY desk_id"
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let targets = row.answer_targets.map(serde_json::from_value).transpose()?;
            let desk = DeskRow {
                desk_id: DeskId(row.desk_id),
                name: row.name,
                home: row.home_iso.as_deref().and_then(CountryCode::parse),
                is_ministry: row.is_ministry,
                is_principal: row.is_principal,
                countries: row.countries.iter().filter_map(|iso| CountryCode::parse(iso)).collect(),
                district: row.district.map(|json| json.to_string()),
                time_zone: row.time_zone,
                lat: row.lat,
                lon: row.lon,
                claim_target_s: row.claim_target_s,
                answer_targets: targets.unwrap_or_default(),
            };
            Ok((desk, version(row.version)))
        })
        .collect()
}

/// Which of these desks there are.
pub(crate) async fn known_desks(db: &mut PgConnection, ids: &[DeskId]) -> Result<Vec<DeskId>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.0.clone()).collect();
    let rows =
        sqlx::query_scalar!("SELECT desk_id FROM desks WHERE desk_id = ANY($1)", &ids).fetch_all(db).await?;
    Ok(rows.into_iter().map(DeskId).collect())
}

/// Writes a desk, new or changed, with everything that `desk` says.
pub(crate) async fn write_desk(db: &mut PgConnection, desk: &DeskRow) -> Result<(), StoreError> {
    let countries: Vec<String> = desk.countries.iter().map(ToString::to_string).collect();
    let district: Option<serde_json::Value> =
        desk.district.as_deref().map(serde_json::from_str).transpose()?;
    let has_targets = !desk.answer_targets.is_empty();
    let targets = has_targets.then(|| serde_json::to_value(&desk.answer_targets)).transpose()?;
    sqlx::query!(
        "INSERT INTO desks (desk_id, name, home_iso, is_ministry, is_principal, countries, district, time_zone,
                            lat, lon, claim_target_s, answer_targets)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (desk_id) DO UPDATE SET name = excluded.name, home_iso = excluded.home_iso,
             is_ministry = excluded.is_ministry, is_principal = excluded.is_principal,
             countries = excluded.countries, district = excluded.district, time_zone = excluded.time_zone,
             lat = excluded.lat, lon = excluded.lon, claim_target_s = excluded.claim_target_s,
             answer_targets = excluded.answer_targets,
             version = desks.version + 1",
        desk.desk_id.as_str(),
        desk.name,
        desk.home.map(|iso| iso.to_string()),
        desk.is_ministry,
        desk.is_principal,
        &countries,
        district,
        desk.time_zone,
        desk.lat,
        desk.lon,
        desk.claim_target_s,
        targets
    )
    .execute(db)
    .await?;
    Ok(())
}

impl Store {
    /// All desks.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn desks(&self) -> Result<Vec<DeskRow>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut db = self.pool.acquire().await?;
            Ok(desks(&mut db).await?.into_iter().map(|(row, _)| row).collect())
        })
        .await
    }

    /// All desks with their versions.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn desks_with_versions(&self) -> Result<Vec<(DeskRow, u32)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut db = self.pool.acquire().await?;
            desks(&mut db).await
        })
        .await
    }

    /// All desks as consoles see them, the ministry first, then by name.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn desk_views(&self, now: UnixMs) -> Result<Vec<DeskView>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT d.desk_id, d.name, d.home_iso, d.time_zone, d.lat, d.lon,
                          (SELECT count(*) FROM shifts s
                           WHERE s.desk_id = d.desk_id AND s.ended_ms IS NULL AND s.seen_ms > $1) AS "on_duty!"
                   FROM desks d ORDER BY d.is_ministry DESC, d.name"#,
                now.plus_ms(-AWAY_AFTER_MS).0
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows
                .into_iter()
                .map(|row| DeskView {
                    desk_id: DeskId(row.desk_id),
                    name: row.name,
                    country: row.home_iso.as_deref().and_then(CountryCode::parse),
                    time_zone: row.time_zone,
                    lat: row.lat,
                    lon: row.lon,
                    on_duty: u32::try_from(row.on_duty).unwrap_or(0),
                })
                .collect())
        })
        .await
    }

    /// Begins a shift; if one is running, that one goes on.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn start_shift(&self, staff: StaffId, desk: &DeskId, now: UnixMs) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "INSERT INTO shifts (staff_id, desk_id, started_ms, seen_ms) VALUES ($1, $2, $3, $3)
                 ON CONFLICT DO NOTHING",
                staff.0,
                desk.as_str(),
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Ends the running shift, if there is one.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn end_shift(&self, staff: StaffId, now: UnixMs) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE shifts SET ended_ms = $2 WHERE staff_id = $1 AND ended_ms IS NULL",
                staff.0,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// The console of an officer is connected: the running shift, if there is one, counts.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn seen_on_shift(&self, staff: StaffId, now: UnixMs) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE shifts SET seen_ms = $2 WHERE staff_id = $1 AND ended_ms IS NULL",
                staff.0,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Everybody on shift whose console is connected, by desk and name.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn on_duty(&self, now: UnixMs) -> Result<Vec<DutyOfficer>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                "SELECT s.staff_id, t.name, s.desk_id, s.started_ms
                 FROM shifts s JOIN staff t USING (staff_id)
                 WHERE s.ended_ms IS NULL AND s.seen_ms > $1 ORDER BY s.desk_id, t.name",
                now.plus_ms(-AWAY_AFTER_MS).0
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows
                .into_iter()
                .map(|row| DutyOfficer {
                    staff_id: StaffId(row.staff_id),
                    name: row.name,
                    desk_id: DeskId(row.desk_id),
                    since_ms: UnixMs(row.started_ms),
                })
                .collect())
        })
        .await
    }
}
