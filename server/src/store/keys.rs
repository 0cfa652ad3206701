//! The subjects' keys.

use std::collections::HashMap;

use sos_protocol::UnixMs;

use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::seal::SubjectKey;

impl Store {
    /// The keys of `subjects` (distinct), made now where there is none.
    pub(super) async fn keys(
        &self,
        tx: &mut Tx,
        subjects: &[String],
    ) -> Result<HashMap<String, SubjectKey>, StoreError> {
        let fresh: Vec<Vec<u8>> = subjects.iter().map(|subject| self.sealer.new_key(subject).1).collect();
        sqlx::query!(
            "INSERT INTO subject_keys (subject, wrapped_key) SELECT * FROM unnest($1::text[], $2::bytea[])
             ON CONFLICT DO NOTHING",
            subjects,
            &fresh
        )
        .execute(&mut **tx)
        .await?;
        let rows =
            sqlx::query!("SELECT subject, wrapped_key FROM subject_keys WHERE subject = ANY($1)", subjects)
                .fetch_all(&mut **tx)
                .await?;
        rows.into_iter()
            .map(|row| {
                let key = self.sealer.unwrap_key(&row.subject, &row.wrapped_key).ok_or(StoreError::Sealed)?;
                Ok((row.subject, key))
            })
            .collect()
    }

    /// Keeps a stream entry that cannot be recorded, sealed, for a person to look at.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn put_aside(
        &self,
        entry: &str,
        reason: &str,
        value: &[u8],
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let subject = format!("entry:{entry}");
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let keys = self.keys(&mut tx, std::slice::from_ref(&subject)).await?;
            let key = keys.get(&subject).ok_or(StoreError::Sealed)?;
            let sealed = self.sealer.seal(key, subject.as_bytes(), value);
            sqlx::query!(
                "INSERT INTO quarantine VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                entry,
                now.0,
                reason,
                subject,
                sealed
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}
