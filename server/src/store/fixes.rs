//! Location fixes: their own table, partitioned by day, outside the ledger.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sos_core::recording::{measured_at, newer};
use sos_protocol::case::FixView;
use sos_protocol::{AlertId, CaseId, DeskId, Fix, FixId, FixSource, UnixMs};

use super::{Store, StoreError, USE_WITHIN};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A fix on its way into the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewFix {
    /// The alert it belongs to.
    pub alert_id: AlertId,
    /// The fix.
    pub fix: FixView,
}

/// Fixes of one case that were new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseFixes {
    /// Which case.
    pub case_id: CaseId,
    /// Desks that see it.
    pub audience: Vec<DeskId>,
    /// The fixes, newest first.
    pub fixes: Vec<FixView>,
}

fn source_word(source: FixSource) -> &'static str {
    match source {
        FixSource::Gps => "gps",
        FixSource::Network => "network",
        FixSource::Manual => "manual",
    }
}

fn source(word: &str) -> Option<FixSource> {
    [FixSource::Gps, FixSource::Network, FixSource::Manual].into_iter().find(|s| source_word(*s) == word)
}

/// Of a case that is there more than once (several alerts), the newest stays.
async fn save_positions(tx: &mut super::Tx, moved: &[(uuid::Uuid, FixView)]) -> Result<(), StoreError> {
    let mut newest: HashMap<uuid::Uuid, FixView> = HashMap::new();
    for (case, position) in moved {
        let position = newer(newest.remove(case), position.clone());
        newest.insert(*case, position);
    }
    let (cases, positions): (Vec<_>, Vec<_>) = newest.into_iter().unzip();
    let battery: Vec<_> = positions.iter().map(|position| position.fix.battery_pct.map(i32::from)).collect();
    let positions: Vec<_> = positions.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    sqlx::query!(
        "UPDATE cases c SET position = m.position, battery_pct = coalesce(m.battery, c.battery_pct)
         FROM unnest($1::uuid[], $2::jsonb[], $3::int[]) AS m (case_id, position, battery)
         WHERE c.case_id = m.case_id",
        &cases,
        &positions,
        &battery as &[Option<i32>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

impl Store {
    /// Makes the table's partitions for the days from yesterday to a week ahead.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn make_fix_partitions(&self, now: UnixMs) -> Result<(), StoreError> {
        let today = now.0.div_euclid(DAY_MS);
        let mut result = Ok(());
        for day in today - 1..=today + 7 {
            // Names and bounds cannot be parameters; they are numbers made here.
            let sql = format!(
                "CREATE TABLE IF NOT EXISTS fixes_{day} PARTITION OF fixes FOR VALUES FROM ({}) TO ({})",
                day * DAY_MS,
                (day + 1) * DAY_MS
            );
            let made = self.within(USE_WITHIN, async {
                sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&self.pool).await?;
                Ok::<_, StoreError>(())
            });
            // A day that cannot be made (fixes of it came earlier and lie in the rest) does not stop the next ones.
            result = made.await.and(result);
        }
        result
    }

    /// Keeps fixes, each once, and moves the cases' positions on: what consoles are to be told. Fixes of alerts
    /// that are not recorded yet are kept as well and belong to the case once it is there.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn save_fixes(&self, fixes: &[NewFix]) -> Result<Vec<CaseFixes>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let view = |f: fn(&Fix) -> Option<f64>| fixes.iter().map(|n| f(&n.fix.fix)).collect::<Vec<_>>();
            sqlx::query!(
                "INSERT INTO fixes
                 SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::float8[], $5::float8[], $6::float8[],
                                      $7::bigint[], $8::text[], $9::float8[], $10::float8[], $11::int[])
                 ON CONFLICT DO NOTHING",
                &fixes.iter().map(|n| n.fix.server_time_ms.0).collect::<Vec<_>>(),
                &fixes.iter().map(|n| n.alert_id.0).collect::<Vec<_>>(),
                &fixes.iter().map(|n| n.fix.fix.fix_id.0).collect::<Vec<_>>(),
                &fixes.iter().map(|n| n.fix.fix.lat).collect::<Vec<_>>(),
                &fixes.iter().map(|n| n.fix.fix.lon).collect::<Vec<_>>(),
                &view(|f| f.accuracy_m) as &[Option<f64>],
                &fixes.iter().map(|n| n.fix.fix.fix_time_ms.map(|t| t.0)).collect::<Vec<_>>() as &[Option<i64>],
                &fixes.iter().map(|n| n.fix.fix.source.map(|s| source_word(s).to_owned())).collect::<Vec<_>>()
                    as &[Option<String>],
                &view(|f| f.speed_mps) as &[Option<f64>],
                &view(|f| f.heading_deg) as &[Option<f64>],
                &fixes.iter().map(|n| n.fix.fix.battery_pct.map(i32::from)).collect::<Vec<_>>()
                    as &[Option<i32>]
            )
            .execute(&mut *tx)
            .await?;
            let told = self.move_positions(&mut tx, fixes).await?;
            tx.commit().await?;
            Ok(told)
        })
        .await
    }

    async fn move_positions(
        &self,
        tx: &mut super::Tx,
        fixes: &[NewFix],
    ) -> Result<Vec<CaseFixes>, StoreError> {
        let mut alerts: Vec<_> = fixes.iter().map(|n| n.alert_id.0).collect();
        alerts.sort_unstable();
        alerts.dedup();
        let cases = sqlx::query!(
            "SELECT a.alert_id, c.case_id, c.desk_id, c.watchers, c.position
             FROM alerts a JOIN cases c USING (case_id) WHERE a.alert_id = ANY($1)
             ORDER BY c.case_id FOR UPDATE OF c",
            &alerts
        )
        .fetch_all(&mut **tx)
        .await?;
        let mut told: Vec<CaseFixes> = vec![];
        let mut moved: Vec<(uuid::Uuid, FixView)> = vec![];
        for case in cases {
            let mut new: Vec<FixView> =
                fixes.iter().filter(|n| n.alert_id.0 == case.alert_id).map(|n| n.fix.clone()).collect();
            new.sort_by_key(|f| std::cmp::Reverse((measured_at(f), f.server_time_ms)));
            let old: Option<FixView> = case.position.map(serde_json::from_value).transpose()?;
            let Some(position) = new.iter().cloned().fold(old, |old, fix| Some(newer(old, fix))) else {
                continue;
            };
            moved.push((case.case_id, position));
            let audience = std::iter::once(case.desk_id).chain(case.watchers).map(DeskId).collect();
            told.push(CaseFixes { case_id: CaseId(case.case_id), audience, fixes: new });
        }
        save_positions(tx, &moved).await?;
        Ok(told)
    }

    /// At most `limit` latest fixes of a case, newest first. The caller has checked that the case may be seen.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn fixes_of(&self, id: CaseId, limit: usize) -> Result<Vec<FixView>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                "SELECT DISTINCT ON (server_ms, fix_id) f.* FROM fixes f
                 WHERE alert_id IN (SELECT alert_id FROM alerts WHERE case_id = $1)
                 ORDER BY server_ms DESC, fix_id LIMIT $2",
                id.0,
                i64::try_from(limit).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            let mut seen = std::collections::HashSet::new();
            let mut fixes: Vec<FixView> = rows
                .into_iter()
                .filter(|row| seen.insert(row.fix_id))
                .map(|row| FixView {
                    server_time_ms: UnixMs(row.server_ms),
                    fix: Fix {
                        fix_id: FixId(row.fix_id),
                        lat: row.lat,
                        lon: row.lon,
                        accuracy_m: row.accuracy_m,
                        fix_time_ms: row.fix_ms.map(UnixMs),
                        source: row.source.as_deref().and_then(source),
                        speed_mps: row.speed_mps,
                        heading_deg: row.heading_deg,
                        battery_pct: row.battery_pct.and_then(|b| u8::try_from(b).ok()),
                    },
                })
                .collect();
            fixes.sort_by_key(|f| std::cmp::Reverse((measured_at(f), f.server_time_ms)));
            Ok(fixes)
        })
        .await
    }
}
