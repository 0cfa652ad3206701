//! Open statistics: months as they were published.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sos_protocol::open_data::{OpenMonth, OpenRow};
use sos_protocol::{Seq, UnixMs};

use super::{Store, StoreError, Tx, USE_WITHIN};

/// Most months that are read: forty years.
pub(crate) const MONTHS_MAX: i64 = 480;

/// A version of a month, to be kept.
pub(crate) struct NewMonth<'a> {
    /// `2026-01`
    pub(crate) month: &'a str,
    /// 1, or one more than the latest.
    pub(crate) version: u32,
    /// IANA name.
    pub(crate) time_zone: &'a str,
    /// When.
    pub(crate) at: UnixMs,
    /// The ledger was counted up to here.
    pub(crate) up_to: Seq,
    /// It is taken back.
    pub(crate) withdrawn: bool,
    /// Its rows.
    pub(crate) rows: &'a [OpenRow],
}

impl Store {
    /// The right to publish, until the transaction ends. None: another node has it.
    pub(crate) async fn lock_open_data(&self) -> Result<Option<Tx>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!("SELECT changes FROM open_data FOR UPDATE SKIP LOCKED")
            .fetch_optional(&mut *tx)
            .await?;
        Ok(row.map(|_| tx))
    }

    /// How often something was published.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn open_changes(&self) -> Result<i64, StoreError> {
        self.within(USE_WITHIN, async {
            Ok(sqlx::query_scalar!("SELECT changes FROM open_data").fetch_one(&self.pool).await?)
        })
        .await
    }

    /// The latest version of each month, the oldest month first, and how often something was published by then.
    ///
    /// # Errors
    /// When Postgres does not do it, or what it has cannot be read.
    pub(crate) async fn open_months(&self) -> Result<(i64, Vec<OpenMonth>), StoreError> {
        self.within(USE_WITHIN, async {
            // One moment for both.
            let mut tx = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let changes = sqlx::query_scalar!("SELECT changes FROM open_data").fetch_one(&mut *tx).await?;
            let rows = sqlx::query!(
                "SELECT DISTINCT ON (month) month, version, time_zone, published_ms, withdrawn, rows
                 FROM open_months ORDER BY month DESC, version DESC LIMIT $1",
                MONTHS_MAX
            )
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            let months = rows.into_iter().rev().map(|row| {
                Ok(OpenMonth {
                    month: row.month,
                    version: u32::try_from(row.version).unwrap_or(0),
                    published_on: day(&row.time_zone, UnixMs(row.published_ms)),
                    time_zone: row.time_zone,
                    withdrawn: row.withdrawn,
                    rows: serde_json::from_value(row.rows)?,
                })
            });
            Ok((changes, months.collect::<Result<_, StoreError>>()?))
        })
        .await
    }

    /// When the first case of all was opened; none: there is none, or it is not measured yet.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn first_case(&self) -> Result<Option<UnixMs>, StoreError> {
        self.within(USE_WITHIN, async {
            let first = sqlx::query_scalar!("SELECT opened_ms FROM measures WHERE place = 0");
            Ok(first.fetch_optional(&self.pool).await?.map(UnixMs))
        })
        .await
    }

    /// The time zone of the ministry's desk, where it has one.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn ministry_zone(&self) -> Result<Option<String>, StoreError> {
        self.within(USE_WITHIN, async {
            let zone = sqlx::query_scalar!("SELECT time_zone FROM desks WHERE is_ministry LIMIT 1");
            Ok(zone.fetch_optional(&self.pool).await?.flatten())
        })
        .await
    }
}

/// Keeps a version of a month, with the right of [`Store::lock_open_data`].
pub(crate) async fn keep_month(tx: &mut Tx, month: &NewMonth<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO open_months (month, version, time_zone, published_ms, up_to_seq, withdrawn, rows)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        month.month,
        i32::try_from(month.version).unwrap_or(i32::MAX),
        month.time_zone,
        month.at.0,
        month.up_to.0,
        month.withdrawn,
        serde_json::to_value(month.rows)?
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("UPDATE open_data SET changes = changes + 1").execute(&mut **tx).await?;
    Ok(())
}

fn day(zone: &str, at: UnixMs) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(Timestamp::from_millisecond(at.0).unwrap_or_default()).date().to_string()
}
