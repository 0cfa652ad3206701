//! Reading the tree: proofs, and whether the ledger is still the one that was signed.

use std::collections::HashMap;
use std::ops::Range;

use sos_core::ledger::Chain;
use sos_core::merkle::{self, Frontier, Hash, Node};
use sos_protocol::ledger::{Checkpoint, LedgerKey};
use sos_protocol::{CaseId, Seq};

use super::proof::{CaseProof, Growth, ProvedEntry};
use super::{CheckpointError, Fault, Part, key};
use crate::store::{Store, StoreError};

/// Subtrees of this level and above are kept; what is below is read from the rows.
pub(super) const BLOCK_LEVEL: u8 = 8;
/// Leaves under one of them.
pub(super) const BLOCK: u64 = 1 << BLOCK_LEVEL;
/// Blocks of leaves that are remembered while proofs are made: 8 MB.
const BLOCKS_MAX: usize = 1_024;
/// Kept subtrees that are remembered meanwhile: some 5 MB. The proofs of one case share most of them.
const NODES_MAX: usize = 65_536;
/// Rows read at a time.
const PAGE: u64 = 16 * BLOCK;
/// Entries of one case that a file takes; a case of weeks has some hundred.
const ENTRIES_MAX: usize = 20_000;

/// Reads the tree.
pub(super) struct Reader<'a> {
    store: &'a Store,
    blocks: HashMap<u64, Vec<Hash>>,
    kept: HashMap<Node, Hash>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, blocks: HashMap::new(), kept: HashMap::new() }
    }

    /// The edge of a tree whose size is a multiple of [`BLOCK`].
    pub(super) async fn frontier(&mut self, size: u64) -> Result<Frontier, CheckpointError> {
        let hashes = self.hashes(&merkle::complete(0..size)).await?;
        let edge = Frontier::of(size, hashes);
        Ok(edge.ok_or_else(|| Fault::broken(Part::Ledger, "subtrees of its tree are missing"))?)
    }

    /// The hash of a part of the tree.
    pub(super) async fn part(&mut self, leaves: Range<u64>) -> Result<Hash, CheckpointError> {
        Ok(merkle::join(&self.hashes(&merkle::complete(leaves)).await?))
    }

    async fn proof(&mut self, parts: Vec<Range<u64>>) -> Result<Vec<Hash>, CheckpointError> {
        let mut proof = Vec::with_capacity(parts.len());
        for part in parts {
            proof.push(self.part(part).await?);
        }
        Ok(proof)
    }

    async fn hashes(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, CheckpointError> {
        if self.kept.len() >= NODES_MAX {
            self.kept.clear();
        }
        let is_unknown = |node: &Node| node.level >= BLOCK_LEVEL && !self.kept.contains_key(node);
        let unknown: Vec<Node> = nodes.iter().copied().filter(is_unknown).collect();
        if !unknown.is_empty() {
            self.kept.extend(self.store.nodes(&unknown).await?);
        }
        let mut hashes = Vec::with_capacity(nodes.len());
        for node in nodes {
            hashes.push(match self.kept.get(node) {
                Some(hash) => *hash,
                None if node.level < BLOCK_LEVEL => self.below(*node).await?,
                None => Err(Fault::broken(Part::Ledger, "subtrees of its tree are missing"))?,
            });
        }
        Ok(hashes)
    }

    /// A subtree that is not kept.
    async fn below(&mut self, node: Node) -> Result<Hash, CheckpointError> {
        let (leaves, block) = (node.leaves(), node.leaves().start / BLOCK);
        if !self.blocks.contains_key(&block) {
            let rows = self.store.rows_after(block * BLOCK, BLOCK).await?;
            if self.blocks.len() >= BLOCKS_MAX {
                self.blocks.clear();
            }
            let hashes = rows.iter().map(|(row, _)| merkle::leaf(&row.entry())).collect();
            self.blocks.insert(block, hashes);
        }
        let at = |leaf: u64| usize::try_from(leaf - block * BLOCK).unwrap_or(usize::MAX);
        let found = self.blocks.get(&block).and_then(|hashes| hashes.get(at(leaves.start)..at(leaves.end)));
        let shorter = || Fault::broken(Part::Ledger, format!("it has no {} entries", leaves.end));
        Ok(merkle::root(found.ok_or_else(shorter)?))
    }
}

/// The proof that the ledger of an old checkpoint is the beginning of that of a newer one. It is checked before it is given.
///
/// # Errors
/// [`CheckpointError::Ledger`] where it is not.
pub async fn growth(store: &Store, old: Checkpoint, new: Checkpoint) -> Result<Growth, CheckpointError> {
    key::verify(&old, &[], Part::OldCheckpoint)?;
    if old.tree_size > new.tree_size {
        let what = format!("it is shorter than the old checkpoint, of {} entries", old.tree_size);
        return Err(Fault::broken(Part::Ledger, what).into());
    }
    let parts = merkle::consistency_parts(old.tree_size, new.tree_size);
    let proof = Reader::new(store).proof(parts).await?;
    let growth = Growth::new(old, new, &proof);
    growth.verify(&[])?;
    Ok(growth)
}

/// The proof that a case's entries are in a checkpoint, and how many newer ones are not. It is checked before it is given.
///
/// # Errors
/// [`CheckpointError::Ledger`] where they are not those that were signed.
pub async fn case(
    store: &Store,
    (id, number): (Option<CaseId>, Option<i64>),
    checkpoint: Checkpoint,
) -> Result<(CaseProof, bool), CheckpointError> {
    let (case_id, last) = store.case_of(id, number).await?.ok_or(CheckpointError::NoCase)?;
    let size = checkpoint.tree_size;
    let (mut reader, mut entries) = (Reader::new(store), vec![]);
    loop {
        let after = entries.last().map_or(Seq(0), |entry: &ProvedEntry| entry.seq);
        let rows = store.rows_of_case(case_id, (after, size), PAGE).await?;
        if rows.is_empty() {
            break;
        }
        if entries.len() + rows.len() > ENTRIES_MAX {
            return Err(CheckpointError::TooLong(ENTRIES_MAX));
        }
        for (row, _) in rows {
            let place = u64::try_from(row.seq.0 - 1).unwrap_or(u64::MAX);
            let proof = reader.proof(merkle::inclusion_parts(place, size)).await?;
            entries.push(ProvedEntry::new(&row, &proof));
        }
    }
    let is_all = entries.last().is_some_and(|entry| entry.seq >= last);
    if entries.is_empty() {
        return Err(CheckpointError::CaseIsNewer);
    }
    let file = CaseProof { format: super::proof::CASE.to_owned(), case_id, checkpoint, entries };
    file.verify(&[])?;
    Ok((file, is_all))
}

/// Whether the ledger is the one of `checkpoint`, with whatever entries came behind it. Every row is read and the tree made
/// anew from them; `told` hears after how many entries it is.
///
/// # Errors
/// [`CheckpointError::Ledger`] with what is wrong, and where, if that can be known.
pub async fn verify_ledger(
    store: &Store,
    checkpoint: &Checkpoint,
    known: &[LedgerKey],
    mut told: impl FnMut(u64),
) -> Result<(), CheckpointError> {
    let signed = key::verify(checkpoint, known, Part::Checkpoint)?;
    let mut anew = Anew::new(checkpoint.tree_size);
    while !anew.is_done() {
        let rows = anew.read(store).await?;
        if rows == 0 {
            let what = format!("it has {} entries, the checkpoint {}", anew.size(), checkpoint.tree_size);
            return Err(Fault::broken(Part::Ledger, what).into());
        }
        told(anew.size());
    }
    if anew.frontier.root() == signed {
        return Ok(());
    }
    Err(anew.fault(store).await?.into())
}

/// The tree made anew from the rows, and what does not fit on the way.
struct Anew {
    wanted: u64,
    frontier: Frontier,
    chain: Chain,
    /// The first row that does not fit the one before it, or its own hash.
    unchained: Option<Seq>,
    /// Subtrees of the lowest level that is kept, as the rows give them.
    blocks: Vec<(Node, Hash)>,
    /// The first of them that is kept otherwise.
    differs: Option<Node>,
}

impl Anew {
    fn new(wanted: u64) -> Self {
        let (frontier, chain) = (Frontier::default(), Chain::START);
        Self { wanted, frontier, chain, unchained: None, blocks: vec![], differs: None }
    }

    const fn size(&self) -> u64 {
        self.frontier.size()
    }

    const fn is_done(&self) -> bool {
        self.size() >= self.wanted
    }

    /// Goes on with a page of rows: how many there were.
    async fn read(&mut self, store: &Store) -> Result<usize, StoreError> {
        let rows = store.rows_after(self.size(), PAGE.min(self.wanted - self.size())).await?;
        for (row, hash) in &rows {
            if self.unchained.is_none() {
                self.unchained = self.chain.follow(row, hash).err();
            }
            self.frontier.push(merkle::leaf(&row.entry()), |node, hash| {
                if node.level == BLOCK_LEVEL {
                    self.blocks.push((node, *hash));
                }
            });
        }
        if self.differs.is_none() {
            let nodes: Vec<Node> = self.blocks.iter().map(|(node, _)| *node).collect();
            let kept = store.nodes(&nodes).await?;
            let differs = |(node, hash): &&(Node, Hash)| kept.get(node).is_some_and(|kept| kept != hash);
            self.differs = self.blocks.iter().find(differs).map(|(node, _)| *node);
        }
        self.blocks.clear();
        Ok(rows.len())
    }

    /// What is known of a ledger whose root is another one.
    async fn fault(&self, store: &Store) -> Result<Fault, StoreError> {
        let mut what = format!("root: its first {} entries are not those that were signed", self.wanted);
        match (self.unchained, self.differs) {
            (Some(seq), _) => what += &format!("; entry {} does not fit its hash", seq.0),
            (None, Some(node)) => {
                let entries = node.leaves();
                what += &format!("; all hashes fit, but entries {} to {}", entries.start + 1, entries.end);
                what += " are not those of the tree that is kept";
            }
            (None, None) => {
                let head = store.head().await?.0;
                what += &format!("; all hashes up to entry {} fit", self.chain.seq().0);
                what += &format!(" (of {head}): it was written anew as a whole");
            }
        }
        Ok(Fault::broken(Part::Ledger, what))
    }
}
