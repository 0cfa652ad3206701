//! Making the tree grow, and signing it: one node at a time.

use std::time::Duration;

use sos_core::merkle::{self, Frontier};
use sos_protocol::UnixMs;
use sos_protocol::ledger::Checkpoint;
use tokio_util::sync::CancellationToken;

use super::proving::{BLOCK, BLOCK_LEVEL, Reader};
use super::{CheckpointError, Checkpoints, Fault, Part, is_due, key};
use crate::store::checkpoints::{Tree, keep_checkpoint, keep_nodes};
use crate::store::{Tx, USE_WITHIN};

/// Entries taken into the tree in one transaction: a part of a second, so that a ledger of millions that has no tree yet gets it
/// beside everything else.
const GROWN_MAX: u64 = 16 * BLOCK;
/// How often a command looks whether another node is done, and how long in between.
const TRIES_MAX: u32 = 20;
const TRY_EVERY: Duration = Duration::from_millis(250);

/// What one transaction came to.
enum Step {
    /// The tree was grown by a part; there is more.
    Grown,
    /// There is a new checkpoint.
    Made(Box<Checkpoint>),
    /// None is due: the ledger has not grown, or was signed at this time.
    NotDue(Option<UnixMs>),
    /// Another node is at it.
    Elsewhere,
}

impl Checkpoints {
    /// Makes one if it is time: when the ledger was last signed, if that is to be waited for.
    pub(super) async fn make_if_due(
        &self,
        stop: &CancellationToken,
    ) -> Result<Option<UnixMs>, CheckpointError> {
        while !stop.is_cancelled() {
            match self.step(false).await? {
                Step::Grown => {}
                Step::Made(checkpoint) => {
                    tracing::info!(tree_size = checkpoint.tree_size, root = checkpoint.root, "checkpoint");
                    return Ok(Some(checkpoint.at_ms));
                }
                Step::NotDue(last) => return Ok(last),
                Step::Elsewhere => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The newest checkpoint; with `now`, one of all entries there are.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub async fn latest(&self, now: bool) -> Result<Checkpoint, CheckpointError> {
        if now && let Some(made) = self.make().await? {
            return Ok(made);
        }
        let latest = self.store.latest_checkpoint().await?;
        latest.ok_or(if now { CheckpointError::Empty } else { CheckpointError::NoCheckpoint })
    }

    /// Makes one of all entries there are. None, if there is nothing new.
    async fn make(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        let mut tries = 0;
        loop {
            match self.step(true).await? {
                Step::Grown => {}
                Step::Made(checkpoint) => return Ok(Some(*checkpoint)),
                Step::NotDue(_) => return Ok(None),
                Step::Elsewhere if tries < TRIES_MAX => {
                    tries += 1;
                    tokio::time::sleep(TRY_EVERY).await;
                }
                Step::Elsewhere => return Err(CheckpointError::Elsewhere),
            }
        }
    }

    async fn step(&self, now: bool) -> Result<Step, CheckpointError> {
        let last = self.store.latest_checkpoint().await?;
        let is_soon = |last: &Checkpoint| !now && !is_due(last.at_ms, self.clock.now());
        if let Some(last) = last.as_ref().filter(|last| is_soon(last)) {
            return Ok(Step::NotDue(Some(last.at_ms)));
        }
        if last.as_ref().map_or(0, |last| last.tree_size) == self.head().await? {
            // There may be more at any time: whoever looks is to look again.
            return Ok(Step::NotDue(None));
        }
        let Some((tx, tree)) = self.store.within(USE_WITHIN, self.store.lock_tree()).await? else {
            return Ok(Step::Elsewhere);
        };
        // Read again: another node may have been done just before.
        let last = self.store.latest_checkpoint().await?;
        if let Some(last) = last.as_ref().filter(|last| is_soon(last)) {
            return Ok(Step::NotDue(Some(last.at_ms)));
        }
        if last.as_ref().map_or(0, |last| last.tree_size) == tree.head {
            return Ok(Step::NotDue(None));
        }
        if let Some(last) = &last {
            self.is_still(last, &tree).await?;
        }
        let left = tree.head.checked_sub(tree.size);
        let left = left.ok_or_else(|| Fault::broken(Part::Ledger, "it is shorter than its tree"))?;
        let frontier = Reader::new(&self.store).frontier(tree.size).await?;
        if left >= BLOCK {
            self.grow(tx, &tree, frontier).await?;
            return Ok(Step::Grown);
        }
        self.sign(tx, &tree, frontier).await
    }

    async fn head(&self) -> Result<u64, CheckpointError> {
        Ok(u64::try_from(self.store.head().await?.0).unwrap_or(0))
    }

    /// Takes further whole blocks into the tree.
    async fn grow(&self, mut tx: Tx, tree: &Tree, mut frontier: Frontier) -> Result<(), CheckpointError> {
        let count = ((tree.head - tree.size) / BLOCK * BLOCK).min(GROWN_MAX);
        let mut nodes = vec![];
        for (row, _) in self.store.rows_after(tree.size, count).await? {
            frontier.push(merkle::leaf(&row.entry()), |node, hash| {
                if node.level >= BLOCK_LEVEL {
                    nodes.push((node, *hash));
                }
            });
        }
        is_whole(&frontier, tree.size + count)?;
        self.store
            .within(USE_WITHIN, async {
                keep_nodes(&mut tx, &nodes, frontier.size()).await?;
                Ok(tx.commit().await?)
            })
            .await?;
        Ok(())
    }

    async fn sign(&self, mut tx: Tx, tree: &Tree, mut frontier: Frontier) -> Result<Step, CheckpointError> {
        for (row, _) in self.store.rows_after(tree.size, tree.head - tree.size).await? {
            frontier.push(merkle::leaf(&row.entry()), |_, _| ());
        }
        is_whole(&frontier, tree.head)?;
        let root = frontier.root();
        let checkpoint = key::sign(&self.signer, tree.log, tree.head, &root, self.clock.now());
        self.store
            .within(USE_WITHIN, async {
                keep_checkpoint(&mut tx, &checkpoint, &root).await?;
                Ok(tx.commit().await?)
            })
            .await?;
        Ok(Step::Made(Box::new(checkpoint)))
    }

    /// Nothing is signed behind a ledger that is not the one that was signed: two checkpoints that contradict each other would
    /// be worth nothing. Here the kept subtrees and the rows behind them are looked at, not every row.
    async fn is_still(&self, last: &Checkpoint, tree: &Tree) -> Result<(), CheckpointError> {
        let signed = key::verify(last, &[], Part::Checkpoint)?;
        if last.tree_size > tree.head {
            let what = format!("it is shorter than its latest checkpoint, of {} entries", last.tree_size);
            return Err(Fault::broken(Part::Ledger, what).into());
        }
        let found = Reader::new(&self.store).part(0..last.tree_size).await?;
        if found != signed {
            let what = format!("its first {} entries are not those that were signed", last.tree_size);
            return Err(Fault::broken(Part::Ledger, what).into());
        }
        Ok(())
    }
}

fn is_whole(frontier: &Frontier, wanted: u64) -> Result<(), Fault> {
    if frontier.size() == wanted {
        return Ok(());
    }
    Err(Fault::broken(Part::Ledger, format!("entries are missing up to {wanted}")))
}
