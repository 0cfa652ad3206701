//! The subjects' keys.

use std::collections::HashMap;

use sos_protocol::UnixMs;

use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::seal::SubjectKey;

/// Keys in the form in which they are stored, by subject.
pub(super) type Wrapped = HashMap<String, Vec<u8>>;

impl Store {
    /// The keys of `subjects` (distinct), made now where there is none. Most have one: theirs are only read.
    pub(super) async fn keys(&self, tx: &mut Tx, subjects: &[String]) -> Result<Wrapped, StoreError> {
        let mut keys = known(tx, subjects).await?;
        let missing = |keys: &Wrapped| {
            subjects.iter().filter(|subject| !keys.contains_key(*subject)).cloned().collect::<Vec<_>>()
        };
        let new = missing(&keys);
        if new.is_empty() {
            return Ok(keys);
        }
        let fresh: Vec<Vec<u8>> = new.iter().map(|subject| self.sealer.new_key(subject).1).collect();
        let made = sqlx::query!(
            "INSERT INTO subject_keys (subject, wrapped_key) SELECT * FROM unnest($1::text[], $2::bytea[])
             ON CONFLICT DO NOTHING RETURNING subject, wrapped_key",
            &new,
            &fresh
        )
        .fetch_all(&mut **tx)
        .await?;
        keys.extend(made.into_iter().map(|row| (row.subject, row.wrapped_key)));
        // Somebody else made them in the same moment.
        let theirs = missing(&keys);
        if !theirs.is_empty() {
            keys.extend(known(tx, &theirs).await?);
        }
        Ok(keys)
    }

    /// The key of `subject` out of `keys`.
    pub(super) fn key_in(&self, keys: &Wrapped, subject: &str) -> Result<SubjectKey, StoreError> {
        let wrapped = keys.get(subject).ok_or(StoreError::Sealed)?;
        self.sealer.unwrap_key(subject, wrapped).ok_or(StoreError::Sealed)
    }

    /// The key of `subject`, made now if there is none.
    pub(super) async fn key(&self, tx: &mut Tx, subject: &str) -> Result<SubjectKey, StoreError> {
        let keys = self.keys(tx, &[subject.to_owned()]).await?;
        self.key_in(&keys, subject)
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
            let key = self.key(&mut tx, &subject).await?;
            let sealed = self.sealer.seal(&key, subject.as_bytes(), value);
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

async fn known(tx: &mut Tx, subjects: &[String]) -> Result<Wrapped, StoreError> {
    let rows =
        sqlx::query!("SELECT subject, wrapped_key FROM subject_keys WHERE subject = ANY($1)", subjects)
            .fetch_all(&mut **tx)
            .await?;
    Ok(rows.into_iter().map(|row| (row.subject, row.wrapped_key)).collect())
}
