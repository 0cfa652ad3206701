//! Telephone numbers that were changed; the others are as the data files have them.

use sos_protocol::admin::NumberEntry;
use sqlx::PgConnection;

use super::{Store, StoreError, USE_WITHIN};

impl Store {
    /// All numbers that were changed, with their versions.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn changed_numbers(&self) -> Result<Vec<NumberEntry>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows =
                sqlx::query_scalar!("SELECT number FROM numbers LIMIT 10000").fetch_all(&self.pool).await?;
            Ok(rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// A number, if it was changed.
pub(crate) async fn number(db: &mut PgConnection, key: &str) -> Result<Option<NumberEntry>, StoreError> {
    let row =
        sqlx::query_scalar!("SELECT number FROM numbers WHERE key = $1", key).fetch_optional(db).await?;
    Ok(row.map(serde_json::from_value).transpose()?)
}

/// Writes a number as it is, with its new version.
pub(crate) async fn write_number(db: &mut PgConnection, entry: &NumberEntry) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO numbers (key, version, number) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET version = excluded.version, number = excluded.number",
        entry.key,
        i32::try_from(entry.version).unwrap_or(i32::MAX),
        serde_json::to_value(entry)?
    )
    .execute(db)
    .await?;
    Ok(())
}
