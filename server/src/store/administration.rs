//! Changes of what administrators keep: one at a time, each with its entry in the administration's ledger.

use sos_core::admin_ledger::{self, Row};
use sos_core::ledger::{Chain, Hash};
use sos_protocol::admin::AdminEntry;
use sos_protocol::limits::ADMIN_ENTRIES_MAX;
use sos_protocol::{Seq, StaffId, UnixMs};

use super::{Store, StoreError, Tx, USE_WITHIN};

/// Rows that are looked through at a time.
const PAGE: i64 = 1_000;

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// The officer; none: at the command line.
    pub staff: Option<StaffId>,
    /// Time.
    pub at: UnixMs,
}

/// A change under way. It holds the head of the administration's ledger, so that there is one at a time in the whole
/// service: what it has read of other things that are kept stays so until it is done.
pub(crate) struct Change {
    pub(crate) tx: Tx,
    pub(crate) by: By,
    seq: Seq,
    hash: Hash,
}

impl Change {
    /// Writes down that `subject` is now as `facts` say.
    pub(crate) async fn note(
        &mut self,
        kind: &str,
        subject: &str,
        facts: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let row = Row {
            seq: Seq(self.seq.0 + 1),
            at: self.by.at,
            staff: self.by.staff,
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            facts: facts.to_string(),
        };
        self.hash = admin_ledger::hash(&self.hash, &row);
        self.seq = row.seq;
        sqlx::query!(
            "INSERT INTO admin_ledger (seq, at_ms, staff_id, kind, subject, facts, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.seq.0,
            row.at.0,
            row.staff.map(|staff| staff.0),
            row.kind,
            row.subject,
            row.facts,
            self.hash.as_slice()
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps all of it.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        sqlx::query!("UPDATE admin_ledger_head SET seq = $1, hash = $2", self.seq.0, self.hash.as_slice())
            .execute(&mut *self.tx)
            .await?;
        Ok(self.tx.commit().await?)
    }
}

impl Store {
    /// Begins a change, once the one before it is done.
    pub(crate) async fn change(&self, by: By) -> Result<Change, StoreError> {
        let mut tx = self.begin().await?;
        let head =
            sqlx::query!("SELECT seq, hash FROM admin_ledger_head FOR UPDATE").fetch_one(&mut *tx).await?;
        let hash = head.hash.try_into().map_err(|_| StoreError::Sealed)?;
        Ok(Change { tx, by, seq: Seq(head.seq), hash })
    }

    /// The latest entries, the newest first.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn admin_entries(&self) -> Result<Vec<AdminEntry>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT l.seq, l.at_ms, s.name AS "name?", l.kind, l.subject, l.facts
                   FROM admin_ledger l LEFT JOIN staff s USING (staff_id) ORDER BY l.seq DESC LIMIT $1"#,
                i64::try_from(ADMIN_ENTRIES_MAX).unwrap_or(i64::MAX)
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows
                .into_iter()
                .map(|row| AdminEntry {
                    seq: Seq(row.seq),
                    at_ms: UnixMs(row.at_ms),
                    by: row.name,
                    kind: row.kind,
                    subject: row.subject,
                    facts: row.facts,
                })
                .collect())
        })
        .await
    }

    /// Follows the chain of the administration's ledger from its first row: how many there are, or the first that is
    /// not as it was written.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn verify_admin_ledger(&self) -> Result<Result<Seq, Seq>, StoreError> {
        let mut chain = Chain::START;
        loop {
            let (rows, head) = self.within(USE_WITHIN, self.admin_rows(chain.seq())).await?;
            if rows.is_empty() {
                return Ok(chain.ends_at(head.0, &head.1).map(|()| chain.seq()));
            }
            for (row, hash) in rows {
                if let Err(broken) = admin_ledger::follow(&mut chain, &row, &hash) {
                    return Ok(Err(broken));
                }
            }
        }
    }

    /// The next rows with their hashes, and the head at that moment.
    async fn admin_rows(&self, after: Seq) -> Result<(Vec<(Row, Vec<u8>)>, (Seq, Vec<u8>)), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *tx).await?;
        let head = sqlx::query!("SELECT seq, hash FROM admin_ledger_head").fetch_one(&mut *tx).await?;
        let rows = sqlx::query!(
            "SELECT seq, at_ms, staff_id, kind, subject, facts, hash FROM admin_ledger
             WHERE seq > $1 ORDER BY seq LIMIT $2",
            after.0,
            PAGE
        )
        .fetch_all(&mut *tx)
        .await?;
        let rows = rows.into_iter().map(|row| {
            let kept = Row {
                seq: Seq(row.seq),
                at: UnixMs(row.at_ms),
                staff: row.staff_id.map(StaffId),
                kind: row.kind,
                subject: row.subject,
                facts: row.facts,
            };
            (kept, row.hash)
        });
        Ok((rows.collect(), (Seq(head.seq), head.hash)))
    }
}
