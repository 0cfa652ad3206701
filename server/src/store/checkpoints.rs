//! The tree over the ledger, and its checkpoints.

use std::collections::HashMap;

use sos_core::ledger::{Hash, Row};
use sos_core::merkle::Node;
use sos_protocol::ledger::Checkpoint;
use sos_protocol::{CaseId, Seq, UnixMs};
use uuid::Uuid;

use super::ledger::StoredRow;
use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::signing;
use crate::checkpoints::key;

/// How far the tree has grown.
pub(crate) struct Tree {
    /// Which ledger it is.
    pub(crate) log: Uuid,
    /// Leaves under the subtrees that are kept.
    pub(crate) size: u64,
    /// Entries of the ledger.
    pub(crate) head: u64,
}

/// A row with the hash that is kept with it.
pub(crate) type Hashed = (Row, Vec<u8>);

impl Store {
    /// The tree in this node's hands until the transaction ends. None: in another node's.
    pub(crate) async fn lock_tree(&self) -> Result<Option<(Tx, Tree)>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "SELECT t.log_id, t.size, h.seq AS head FROM ledger_tree t CROSS JOIN ledger_head h
             FOR UPDATE OF t SKIP LOCKED"
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(row.map(|row| {
            let tree = Tree { log: row.log_id, size: unsigned(row.size), head: unsigned(row.head) };
            (tx, tree)
        }))
    }

    /// The newest checkpoint, if there is one.
    ///
    /// # Errors
    /// When Postgres does not do it, or what it has is none.
    pub async fn latest_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "SELECT c.*, t.log_id FROM (SELECT * FROM checkpoints ORDER BY tree_size DESC LIMIT 1) c
                 CROSS JOIN ledger_tree t"
            )
            .fetch_optional(&self.pool)
            .await?;
            row.map(|row| {
                let key = signing::public_key(&row.public_key).ok_or(StoreError::Tree)?;
                let root: Hash = row.root.try_into().map_err(|_| StoreError::Tree)?;
                let size = unsigned(row.tree_size);
                Ok(key::kept((row.log_id, size, &root, UnixMs(row.at_ms)), key, &row.signature))
            })
            .transpose()
        })
        .await
    }

    /// At most `limit` rows after `after`, in order.
    pub(crate) async fn rows_after(&self, after: u64, limit: u64) -> Result<Vec<Hashed>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                StoredRow,
                "SELECT * FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2",
                signed(after),
                signed(limit)
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(StoredRow::into_parts).collect())
        })
        .await
    }

    /// At most `limit` rows of a case after `after` and up to `last`, in order.
    pub(crate) async fn rows_of_case(
        &self,
        case: CaseId,
        (after, last): (Seq, u64),
        limit: u64,
    ) -> Result<Vec<Hashed>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                StoredRow,
                "SELECT * FROM ledger WHERE case_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4",
                case.0,
                after.0,
                signed(last),
                signed(limit)
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(StoredRow::into_parts).collect())
        })
        .await
    }

    /// The case with this number, if there is one, and the place of its last entry.
    pub(crate) async fn case_of(
        &self,
        id: Option<CaseId>,
        number: Option<i64>,
    ) -> Result<Option<(CaseId, Seq)>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "SELECT case_id, last_seq FROM cases WHERE case_id = $1 OR case_no = $2 LIMIT 1",
                id.map(|id| id.0),
                number
            )
            .fetch_optional(&self.pool)
            .await?;
            Ok(row.map(|row| (CaseId(row.case_id), Seq(row.last_seq))))
        })
        .await
    }

    /// The hashes of these subtrees, as far as they are kept.
    pub(crate) async fn nodes(&self, of: &[Node]) -> Result<HashMap<Node, Hash>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                "SELECT n.level, n.place, n.hash FROM unnest($1::smallint[], $2::bigint[]) t(level, place)
                 JOIN ledger_nodes n ON n.level = t.level AND n.place = t.place",
                &of.iter().map(|node| i16::from(node.level)).collect::<Vec<_>>(),
                &of.iter().map(|node| signed(node.place)).collect::<Vec<_>>()
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    let level = u8::try_from(row.level).map_err(|_| StoreError::Tree)?;
                    let hash = row.hash.try_into().map_err(|_| StoreError::Tree)?;
                    Ok((Node { level, place: unsigned(row.place) }, hash))
                })
                .collect()
        })
        .await
    }
}

/// Keeps further subtrees, by which the tree is of this size.
pub(crate) async fn keep_nodes(tx: &mut Tx, nodes: &[(Node, Hash)], size: u64) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO ledger_nodes (level, place, hash)
         SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])",
        &nodes.iter().map(|(node, _)| i16::from(node.level)).collect::<Vec<_>>(),
        &nodes.iter().map(|(node, _)| signed(node.place)).collect::<Vec<_>>(),
        &nodes.iter().map(|(_, hash)| hash.to_vec()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("UPDATE ledger_tree SET size = $1", signed(size)).execute(&mut **tx).await?;
    Ok(())
}

/// Keeps a checkpoint.
pub(crate) async fn keep_checkpoint(
    tx: &mut Tx,
    checkpoint: &Checkpoint,
    root: &Hash,
) -> Result<(), StoreError> {
    let point = signing::point(&checkpoint.key).ok_or(StoreError::Tree)?;
    let signature = key::signature(checkpoint).ok_or(StoreError::Tree)?;
    sqlx::query!(
        "INSERT INTO checkpoints (tree_size, root, at_ms, public_key, signature) VALUES ($1, $2, $3, $4, $5)",
        signed(checkpoint.tree_size),
        root.as_slice(),
        checkpoint.at_ms.0,
        point,
        signature
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Places and sizes are never negative.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
